"""Robots, as people manage them. Names are kept without the prefix; a project robot's is `project+name`."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
from sqlalchemy import and_, bindparam, delete, insert, or_, select, update

from kangaroo.base.actors import Grant
from kangaroo.base.clock import Micros
from kangaroo.base.paging import Page
from kangaroo.base.query import ListQuery
from kangaroo.store.meta.access import grants_of
from kangaroo.store.meta.database import ACCESS, Row, Selects, Transaction
from kangaroo.store.meta.listing import FlagKey, Listing, MomentKey, NumberKey, TextKey
from kangaroo.store.meta.schema.access import projects, robots
from kangaroo.store.meta.schema.base import Id
from kangaroo.store.meta.statements import Query

_ID = robots.c.id == bindparam("id")
_COLUMNS = (
    robots.c.id,
    robots.c.name,
    robots.c.level,
    robots.c.project_id,
    projects.c.name.label("project"),
    robots.c.description,
    robots.c.permissions,
    robots.c.disabled,
    robots.c.duration,
    robots.c.expires_at,
    robots.c.created_at,
    robots.c.updated_at,
)
_SELECT = select(*_COLUMNS).select_from(robots.outerjoin(projects, projects.c.id == robots.c.project_id))
_HOME = bindparam("project", type_=Id)
_GET = Query(_SELECT.where(_ID))
_HOLDING = Query(_SELECT.where(_ID, robots.c.secret_hash == bindparam("secret")))
_LISTING = Listing(
    _SELECT.where(
        or_(and_(_HOME.is_(None), robots.c.project_id.is_(None)), robots.c.project_id == _HOME),
    ),
    {
        "id": NumberKey(robots.c.id),
        "name": TextKey(robots.c.name),
        "description": TextKey(robots.c.description),
        "disabled": FlagKey(robots.c.disabled),
        "duration": NumberKey(robots.c.duration),
        "creation_time": MomentKey(robots.c.created_at),
        "update_time": MomentKey(robots.c.updated_at),
    },
    order=(robots.c.name.asc(),),
    identity=robots.c.id,
)
_EXISTING = Query(select(projects.c.id).where(projects.c.id.in_(bindparam("ids", expanding=True))))
_CHANGEABLE: dict[str, Any] = {
    "description": bindparam("description"),
    "permissions": bindparam("permissions"),
    "disabled": bindparam("disabled"),
    "duration": bindparam("duration"),
    "expires_at": bindparam("expires_at"),
    "updated_at": bindparam("now"),
}
_ADD = Query(
    insert(robots)
    .values(
        name=bindparam("name"),
        level=bindparam("level"),
        project_id=bindparam("project"),
        secret_hash=bindparam("secret"),
        created_at=bindparam("now"),
        **_CHANGEABLE,
    )
    .returning(robots.c.id)
)
_UPDATE = Query(update(robots).where(_ID).values(**_CHANGEABLE))
_SET_SECRET = Query(
    update(robots).where(_ID).values(secret_hash=bindparam("secret"), updated_at=bindparam("now"))
)
_DELETE = Query(delete(robots).where(_ID))


@dataclass(frozen=True, slots=True)
class Changeable:
    """What may change in a robot's life. `duration` is in days as it was asked for, -1 for ever."""

    description: str
    grants: tuple[Grant, ...]
    disabled: bool
    duration: int
    expires_at: Micros | None


@dataclass(frozen=True, slots=True)
class Robot:
    """`name` is what it signs in with; `project_id` and `project` are None for a robot of the system."""

    id: int
    name: str
    level: str
    project_id: int | None
    project: str | None
    state: Changeable
    created_at: Micros
    updated_at: Micros


def _robot(row: Row) -> Robot:
    state = Changeable(
        row["description"],
        grants_of(row["permissions"]),
        bool(row["disabled"]),
        row["duration"],
        row["expires_at"],
    )
    home = (row["project_id"], row["project"])
    return Robot(row["id"], row["name"], row["level"], *home, state, row["created_at"], row["updated_at"])


def _values(state: Changeable, now: Micros) -> dict[str, str | int | None]:
    return {
        "description": state.description,
        "permissions": msgspec.json.encode(state.grants, enc_hook=str).decode(),
        "disabled": state.disabled,
        "duration": state.duration,
        "expires_at": state.expires_at,
        "now": now,
    }


async def get(selects: Selects, robot: int) -> Robot | None:
    row = await selects.one(_GET, id=robot)
    return None if row is None else _robot(row)


async def holding(selects: Selects, robot: int, secret: str) -> Robot | None:
    """If it still has the secret of this hash."""
    row = await selects.one(_HOLDING, id=robot, secret=secret)
    return None if row is None else _robot(row)


async def page(selects: Selects, query: ListQuery, *, project: int | None) -> Page[Robot]:
    """By name, unless `query` says otherwise; those of one project, or of the system."""
    rows, total = await _LISTING.page(selects, query, project=project)
    return Page([_robot(row) for row in rows], total)


async def existing_projects(selects: Selects, ids: Sequence[int]) -> frozenset[int]:
    if not ids:
        return frozenset()
    return frozenset(row["id"] for row in await selects.all(_EXISTING, ids=ids))


async def add(
    transaction: Transaction, name: str, project: int | None, state: Changeable, *, secret: str, now: Micros
) -> int:
    """`secret` is a hash. Raises Duplicate when the name is taken, Dangling when the project is gone."""
    level = "system" if project is None else "project"
    identity: int = await transaction.scalar(
        _ADD, name=name, level=level, project=project, secret=secret, **_values(state, now)
    )
    await transaction.changed(ACCESS)
    return identity


async def change(transaction: Transaction, robot: int, state: Changeable, now: Micros) -> bool:
    """False without such a robot."""
    done = await transaction.run(_UPDATE, id=robot, **_values(state, now))
    await transaction.changed(ACCESS)
    return done == 1


async def set_secret(transaction: Transaction, robot: int, secret: str, now: Micros) -> bool:
    done = await transaction.run(_SET_SECRET, id=robot, secret=secret, now=now)
    await transaction.changed(ACCESS)
    return done == 1


async def remove(transaction: Transaction, robot: int) -> bool:
    done = await transaction.run(_DELETE, id=robot)
    await transaction.changed(ACCESS)
    return done == 1
