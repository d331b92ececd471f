"""How many projects and repositories there are, and how much content."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import func, or_, select, true

from kangaroo.store.meta.audit import blob_totals
from kangaroo.store.meta.database import Selects
from kangaroo.store.meta.schema.access import projects
from kangaroo.store.meta.schema.registry import repositories
from kangaroo.store.meta.statements import Query

_repositories = (
    select(func.count())
    .where(repositories.c.project_id == projects.c.id, repositories.c.listed.is_(True))
    .scalar_subquery()
)
_COUNTS = select(
    projects.c.public, func.count().label("projects"), func.sum(_repositories).label("repositories")
).group_by(projects.c.public)


@dataclass(frozen=True, slots=True)
class Counts:
    projects: int = 0
    repositories: int = 0


async def counts(selects: Selects, seen: Collection[int] | None) -> tuple[Counts, Counts]:
    """Of the public projects, and of the private ones: these, or all (None)."""
    where = true() if seen is None else or_(projects.c.public.is_(True), projects.c.id.in_(list(seen)))
    found = {
        bool(row["public"]): Counts(row["projects"], int(row["repositories"]))
        for row in await selects.all(Query(_COUNTS.where(where)))
    }
    return found.get(True, Counts()), found.get(False, Counts())


async def stored_bytes(selects: Selects) -> int:
    """Of all blobs kept, each once, whether or not something still uses it."""
    return (await blob_totals(selects))[1]
