"""Projects and the quota ledger. The ledger is exact because whoever links or unlinks content books it in the same
transaction, and because its rows, not a sum, decide what counts: one row per project and digest, with the number of
links behind it."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import and_, bindparam, delete, insert, or_, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.names import ProjectName
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.schema.access import projects, quotas
from kangaroo.store.meta.schema.registry import project_blobs
from kangaroo.store.meta.statements import Query, parameter

_PROJECT, _DIGEST, _SIZE = parameter("project"), parameter("digest"), parameter("size")

_named = select(projects.c.id, projects.c.name, projects.c.public).where(projects.c.name == parameter("name"))
_FIND = Query(_named)
_HOLD = Query(_named, pg=_named.with_for_update(read=True, key_share=True))
_NAME_OF = Query(select(projects.c.name).where(projects.c.id == _PROJECT))
_ADD = Query(
    insert(projects)
    .values(
        name=parameter("name"),
        owner_id=parameter("owner"),
        public=parameter("public"),
        created_at=parameter("now"),
        updated_at=parameter("now"),
    )
    .returning(projects.c.id)
)
_ADD_QUOTA = Query(
    insert(quotas).values(project_id=_PROJECT, hard=parameter("hard"), used=0, updated_at=parameter("now"))
)
_QUOTA = Query(select(quotas.c.hard, quotas.c.used).where(quotas.c.project_id == _PROJECT))
_SET_HARD = Query(
    update(quotas)
    .where(quotas.c.project_id == _PROJECT)
    .values(hard=parameter("hard"), updated_at=parameter("now"))
)
_BOOK = Query(
    update(quotas)
    .where(
        and_(quotas.c.project_id == _PROJECT, or_(quotas.c.hard < 0, quotas.c.used + _SIZE <= quotas.c.hard)),
    )
    .values(used=quotas.c.used + _SIZE)
)
_BOOK_ANYWAY = Query(update(quotas).where(quotas.c.project_id == _PROJECT).values(used=quotas.c.used + _SIZE))
_UNBOOK = Query(update(quotas).where(quotas.c.project_id == _PROJECT).values(used=quotas.c.used - _SIZE))
_LINK = Query(
    upsert(project_blobs)
    .values(project_id=_PROJECT, digest=_DIGEST, links=1, size=_SIZE)
    .on_conflict_do_update(
        index_elements=[project_blobs.c.project_id, project_blobs.c.digest],
        set_={"links": project_blobs.c.links + 1},
    )
    .returning(project_blobs.c.links)
)
_AT_ONCE = 10_000  # both databases limit how many parameters a statement has
_CONTENT = (
    project_blobs.c.project_id == _PROJECT,
    project_blobs.c.digest.in_(bindparam("digests", expanding=True)),
)
_UNLINK = Query(
    update(project_blobs)
    .where(*_CONTENT)
    .values(links=project_blobs.c.links - 1)
    .returning(project_blobs.c.links, project_blobs.c.size)
)
_FORGET = Query(delete(project_blobs).where(*_CONTENT, project_blobs.c.links <= 0))


@dataclass(frozen=True, slots=True)
class Project:
    id: int
    name: ProjectName
    public: bool


@dataclass(frozen=True, slots=True)
class Quota:
    """Bytes; `hard` -1 is unlimited."""

    hard: int
    used: int


async def find(selects: Selects, name: ProjectName) -> Project | None:
    return _project(await selects.one(_FIND, name=name))


async def hold(transaction: Transaction, name: ProjectName) -> Project | None:
    """`find`, and the project stays until the end of the transaction. For who puts content into it: before
    anything else of it, since its removal locks in this order, too.
    """
    return _project(await transaction.one(_HOLD, name=name))


async def name_of(selects: Selects, project: int) -> ProjectName | None:
    """For what names a project by its id."""
    name = await selects.scalar(_NAME_OF, project=project)
    return None if name is None else ProjectName(name)


def _project(row: Row | None) -> Project | None:
    return None if row is None else Project(row["id"], ProjectName(row["name"]), bool(row["public"]))


async def add(
    transaction: Transaction, name: ProjectName, *, owner: int, public: bool, hard: int, now: Micros
) -> int:
    """Raises Duplicate when the name is taken."""
    identity: int = await transaction.scalar(_ADD, name=name, owner=owner, public=public, now=now)
    await transaction.run(_ADD_QUOTA, project=identity, hard=hard, now=now)
    await transaction.changed(ACCESS)
    return identity


async def quota(selects: Selects, project: int) -> Quota:
    row = await selects.one(_QUOTA, project=project)
    return Quota(-1, 0) if row is None else Quota(row["hard"], row["used"])


async def set_hard(transaction: Transaction, project: int, hard: int, now: Micros) -> bool:
    """False without such a project."""
    return await transaction.run(_SET_HARD, project=project, hard=hard, now=now) == 1


async def book(
    transaction: Transaction, project: int, digest: Digest, size: int, *, enforced: bool = True
) -> bool:
    """One more link to this content; False when it is new to the project and does not fit the quota.

    It always fits while quotas are not `enforced`.
    """
    links: int = await transaction.scalar(_LINK, project=project, digest=digest, size=size)
    query = _BOOK if enforced else _BOOK_ANYWAY
    return links > 1 or await transaction.run(query, project=project, size=size) == 1


async def unbook(transaction: Transaction, project: int, digests: Sequence[Digest]) -> None:
    """One link less for each; with the last one its bytes are free."""
    for start in range(0, len(digests), _AT_ONCE):
        some = digests[start : start + _AT_ONCE]
        rows = await transaction.all(_UNLINK, project=project, digests=some)
        freed = [row["size"] for row in rows if row["links"] <= 0]
        if freed:
            await transaction.run(_FORGET, project=project, digests=some)
            await transaction.run(_UNBOOK, project=project, size=sum(freed))
