"""What is set about a project: key and value, both text. `public` is a column of the project itself, since every
permission decision reads it."""

from collections.abc import Mapping

from sqlalchemy import delete, insert, update
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import ACCESS, Transaction
from kangaroo.store.meta.schema.access import project_metadata, projects
from kangaroo.store.meta.statements import Query, parameter

_ROW = {"project_id": parameter("project"), "key": parameter("key"), "value": parameter("value")}
_ADD = Query(insert(project_metadata).values(_ROW))
_SET = Query(
    upsert(project_metadata)
    .values(_ROW)
    .on_conflict_do_update(
        index_elements=[project_metadata.c.project_id, project_metadata.c.key],
        set_={"value": parameter("value")},
    )
)
_REMOVE = Query(
    delete(project_metadata).where(
        project_metadata.c.project_id == parameter("project"), project_metadata.c.key == parameter("key")
    )
)
_MINE = projects.c.id == parameter("project")
_TOUCH = Query(update(projects).where(_MINE).values(updated_at=parameter("now")))
_PUBLISH = Query(update(projects).where(_MINE).values(public=parameter("public")))


async def add(transaction: Transaction, project: int, key: str, value: str) -> None:
    """Raises Duplicate when the key is set already, Dangling when the project is gone."""
    await transaction.run(_ADD, project=project, key=key, value=value)


async def put(transaction: Transaction, project: int, values: Mapping[str, str]) -> None:
    """Raises Dangling when the project is gone."""
    await transaction.many(
        _SET, [{"project": project, "key": key, "value": value} for key, value in values.items()]
    )


async def remove(transaction: Transaction, project: int, key: str) -> None:
    await transaction.run(_REMOVE, project=project, key=key)


async def publish(transaction: Transaction, project: int, public: bool) -> None:
    await transaction.run(_PUBLISH, project=project, public=public)


async def touched(transaction: Transaction, project: int, now: Micros) -> bool:
    """What is known of the project changed; False when it is gone."""
    await transaction.changed(ACCESS)
    return await transaction.run(_TOUCH, project=project, now=now) == 1
