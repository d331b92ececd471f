"""The end of a project: all rows that hang on it, in one transaction.

It waits for pushes under way, since they hold the project (`projects.hold`); who comes later finds none. Content goes
by itself: a blob no repository links any more is collected.
"""

from sqlalchemy import delete, select

from kangaroo.store.meta.database import ACCESS, CONTENT, Transaction
from kangaroo.store.meta.schema.access import projects
from kangaroo.store.meta.schema.registry import project_blobs, repositories, repository_blobs
from kangaroo.store.meta.schema.tenancy import cve_allowlists, labels
from kangaroo.store.meta.statements import Query, parameter

_PROJECT = parameter("project")
_LISTED = Query(
    select(repositories.c.id)
    .where(repositories.c.project_id == _PROJECT, repositories.c.listed.is_(True))
    .limit(1)
)
_project = select(projects.c.id).where(projects.c.id == _PROJECT)
_LOCK_PROJECT = Query(_project, pg=_project.with_for_update())
_ids = select(repositories.c.id).where(repositories.c.project_id == _PROJECT)
# Metadata, quota, members, robots and immutability rules go with the project's own row.
_REMOVE = tuple(
    Query(statement)
    for statement in (
        delete(repository_blobs).where(repository_blobs.c.repository_id.in_(_ids)),
        delete(repositories).where(repositories.c.project_id == _PROJECT),
        delete(project_blobs).where(project_blobs.c.project_id == _PROJECT),
        delete(labels).where(labels.c.project_id == _PROJECT, labels.c.scope == "p"),
        delete(cve_allowlists).where(cve_allowlists.c.project_id == _PROJECT),
        delete(projects).where(projects.c.id == _PROJECT),
    )
)


async def lock_if_empty(transaction: Transaction, project: int) -> bool:
    """Nothing is pushed to the project until the end of the transaction; False when repositories show in it."""
    await transaction.all(_LOCK_PROJECT, project=project)
    return await transaction.one(_LISTED, project=project) is None


async def remove(transaction: Transaction, project: int) -> bool:
    """With the project locked. False without such a project."""
    gone = 0
    for query in _REMOVE:
        gone = await transaction.run(query, project=project)
    for domain in (ACCESS, CONTENT):
        await transaction.changed(domain)
    return gone == 1  # the last one is the project's own row
