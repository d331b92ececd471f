"""`doctor self`: this installation. Its links do not hang on each other: each is looked at, whatever the others say."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlsplit

from kangaroo.base.actors import SYSTEM
from kangaroo.base.clock import SECOND, Clock, Micros, now
from kangaroo.base.errors import Failure
from kangaroo.base.paging import Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.doctor.chain import Check, Skip, walk
from kangaroo.core.doctor.links import Link
from kangaroo.core.doctor.readiness import Readiness
from kangaroo.core.doctor.rows import Row
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.core.instances import Instances, Wish
from kangaroo.remote.values import Kind
from kangaroo.store.meta.instances import Connection

_LEAST_FREE = 0.05  # of the disk
_LEAST_BYTES = 1 << 30
_ENDS_SOON: Micros = 14 * 86_400 * SECOND
_GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class ServerCertificate:
    """`until` is when it ends; `authority` the PEM of our own CA, if it was issued by that."""

    names: tuple[str, ...]
    until: Micros
    authority: str = ""


@dataclass(frozen=True, slots=True)
class Disk:
    """Bytes."""

    path: str
    free: int
    total: int


async def _nowhere() -> Disk | None:
    return None


@dataclass(frozen=True, slots=True)
class Ourselves:
    """What wiring knows of this installation. `certificate` is None without TLS of our own; `disk` None with S3."""

    external_url: str = ""
    certificate: Callable[[], ServerCertificate | None] = lambda: None
    disk: Callable[[], Awaitable[Disk | None]] = _nowhere
    clock: Clock = now


class OurExamination:
    def __init__(self, readiness: Readiness, instances: Instances, ourselves: Ourselves) -> None:
        self._readiness = readiness
        self._instances = instances
        self._ourselves = ourselves

    async def rows(self) -> AsyncIterator[Row]:
        for check in self._checks():
            async for row in walk([check]):
                yield row

    def _checks(self) -> list[Check]:
        return [
            Check(Link.OUR_DATABASE, self._database),
            Check(Link.OUR_STORAGE, self._storage),
            Check(Link.DISK, self._disk),
            Check(Link.KEYS, self._keys),
            Check(Link.JOBS, self._jobs),
            Check(Link.CERTIFICATE, self._certificate),
            Check(Link.EXTERNAL_URL, self._external_url),
        ]

    async def _database(self) -> str:
        await self._readiness.database()
        return ""

    async def _storage(self) -> str:
        await self._readiness.storage()
        return ""

    async def _disk(self) -> str | Skip:
        disk = await self._ourselves.disk()
        if disk is None:
            return Skip("S3")
        free, total = f"{disk.free / _GIB:.1f}", f"{disk.total / _GIB:.1f}"
        if disk.free < _LEAST_BYTES or disk.free < disk.total * _LEAST_FREE:
            raise Ailment(Trouble.DISK_LOW, free=free, total=total, path=disk.path)
        return f"{free} / {total} GiB"

    async def _keys(self) -> str:
        """Whatever was encrypted with the present key can be read with it."""
        known = await self._instances.page(SYSTEM, Wish(), Window(1, 0))
        for instance in known.items:
            try:
                self._instances.opener.credential(instance.connection)
            except Failure as failure:
                raise Ailment(Trouble.KEY_CHANGED, instance=instance.name) from failure
        return str(sum(bool(one.connection.credential) for one in known.items))

    async def _jobs(self) -> str:
        try:
            return str(await self._readiness.worker())
        except Failure as failure:
            raise Ailment(Trouble.NO_WORKER) from failure

    async def _certificate(self) -> str | Skip:
        certificate = self._ourselves.certificate()
        if certificate is None:
            return Skip()
        host = urlsplit(self._ourselves.external_url).hostname
        if host and host not in certificate.names and not _by_wildcard(host, certificate.names):
            names = ", ".join(certificate.names) or "-"
            raise Ailment(Trouble.OUR_NAME_MISSING, host=host, names=names)
        if certificate.until - self._ourselves.clock() < _ENDS_SOON:
            raise Ailment(Trouble.OUR_CERTIFICATE_ENDS, until=_date(certificate.until))
        return f"{', '.join(certificate.names)} ({_date(certificate.until)})"

    async def _external_url(self) -> str | Skip:
        url = self._ourselves.external_url
        if not url:
            return Skip()
        certificate = self._ourselves.certificate()
        authority = "" if certificate is None else certificate.authority
        client = self._instances.opener.connect(Kind.DOCKER_REGISTRY, Connection(url=url, ca=authority))
        try:
            await client.identify()
        except InstanceFailure as failure:
            if failure.reason not in (Reason.UNAUTHORIZED, Reason.FORBIDDEN):  # it answers, as it should
                raise
        finally:
            await client.close()
        return url


def _by_wildcard(host: str, names: tuple[str, ...]) -> bool:
    return f"*.{host.partition('.')[2]}" in names


def _date(moment: Micros) -> str:
    return datetime.fromtimestamp(moment / SECOND, UTC).date().isoformat()
