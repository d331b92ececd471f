"""The quota of a project: booked by whoever links content, in the same transaction, so it never drifts."""

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Configuration
from kangaroo.store.meta import projects as rows
from kangaroo.store.meta.database import Transaction

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")


class Ledger:
    """It always counts; it refuses only while quotas are switched on (`quota_per_project_enable`), as they are
    without a configuration.
    """

    def __init__(self, configuration: Configuration | None = None) -> None:
        self._configuration = configuration

    async def book(self, transaction: Transaction, project_id: int, digest: Digest, size: int) -> None:
        """Raises QUOTA_EXCEEDED, in Harbor's words, when content new to the project does not fit."""
        enforced = await self._enforced(transaction)
        if not await rows.book(transaction, project_id, digest, size, enforced=enforced):
            quota = await rows.quota(transaction, project_id)
            raise Failure(
                Code.QUOTA_EXCEEDED,
                adding=binary_units(size),
                used=binary_units(quota.used),
                hard=binary_units(quota.hard),
            )

    async def unbook(self, transaction: Transaction, project_id: int, *digests: Digest) -> None:
        await rows.unbook(transaction, project_id, digests)

    async def _enforced(self, transaction: Transaction) -> bool:
        if self._configuration is None:
            return True
        return (await self._configuration.values(transaction)).quota_per_project_enable


def binary_units(size: int) -> str:
    """Bytes as people read them, one decimal: 1536 → 1.5 KiB."""
    amount = float(size)
    for unit in _UNITS:
        if amount < 1024 or unit == _UNITS[-1]:
            break
        amount /= 1024
    return f"{amount:.1f} {unit}"
