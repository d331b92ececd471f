"""Which artifacts show in lists by themselves, kept with each row so that no list has to find out.

An accessory never shows, an untagged child of an index only with its index. Whatever adds or takes away an artifact,
a tag or a child says here which artifacts it may have changed, in the same transaction, holding the repository.
"""

from collections.abc import Sequence

from sqlalchemy import and_, bindparam, exists, not_, or_, update

from kangaroo.base.digests import Digest
from kangaroo.store.meta.database import Transaction
from kangaroo.store.meta.schema.registry import artifact_children, artifacts, tags
from kangaroo.store.meta.statements import Query, parameter

_AT_ONCE = 10_000  # both databases limit how many parameters a statement has
_tagged = exists().where(tags.c.artifact_id == artifacts.c.id)
_child = exists().where(
    artifact_children.c.repository_id == artifacts.c.repository_id,
    artifact_children.c.digest == artifacts.c.digest,
)
_listed = and_(artifacts.c.accessory.is_(None), or_(_tagged, not_(_child)))
_REFRESH = (
    update(artifacts)
    .where(or_(artifacts.c.tagged != _tagged, artifacts.c.listed != _listed))
    .values(tagged=_tagged, listed=_listed)
)
_REFRESH_DIGESTS = Query(
    _REFRESH.where(
        artifacts.c.repository_id == parameter("the_repository"),
        artifacts.c.digest.in_(bindparam("digests", expanding=True)),
    )
)
_REFRESH_ARTIFACT = Query(_REFRESH.where(artifacts.c.id == parameter("artifact")))


async def refresh_digests(transaction: Transaction, repository_id: int, digests: Sequence[Digest]) -> None:
    """Those of the digests that are artifacts of the repository."""
    for start in range(0, len(digests), _AT_ONCE):
        await transaction.run(
            _REFRESH_DIGESTS, the_repository=repository_id, digests=list(digests[start : start + _AT_ONCE])
        )


async def refresh(transaction: Transaction, artifact_id: int) -> None:
    await transaction.run(_REFRESH_ARTIFACT, artifact=artifact_id)
