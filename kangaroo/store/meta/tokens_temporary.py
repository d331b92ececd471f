"""Robots handed out in the name of a workspace: to a person until they expire (login), kept for it to push with
(standing), or kept for its namespaces to pull with (pull)."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import and_, bindparam, delete, insert, select, update

from kangaroo.base.clock import Micros
from kangaroo.store.meta.database import Row, Selects, Transaction
from kangaroo.store.meta.schema.platform import instances, temporary_credentials
from kangaroo.store.meta.statements import Query, parameter

LOGIN, STANDING, PULL = "login", "standing", "pull"
_ROWS = temporary_credentials
_ID = _ROWS.c.id == parameter("id")
_SOURCE = select(*_ROWS.c, instances.c.kind, instances.c.workspace_id.label("owner")).join(
    instances, instances.c.id == _ROWS.c.instance_id
)
_PLACE = and_(_ROWS.c.instance_id == parameter("instance"), _ROWS.c.workspace_id == parameter("workspace"))
_OF_PLACE = Query(_SOURCE.where(_PLACE).order_by(_ROWS.c.id))
_STANDING = Query(_SOURCE.where(_PLACE, _ROWS.c.purpose == STANDING, _ROWS.c.expires_at.is_(None)))
_PULLING = Query(
    _SOURCE.where(_ROWS.c.workspace_id == parameter("workspace"), _ROWS.c.purpose == PULL).order_by(
        _ROWS.c.id
    )
)
_OF_WORKSPACE = Query(_SOURCE.where(_ROWS.c.workspace_id == parameter("workspace")).order_by(_ROWS.c.id))
_OF_INSTANCE = Query(_SOURCE.where(_ROWS.c.instance_id == parameter("instance")).order_by(_ROWS.c.id))
_LOGINS = Query(_SOURCE.where(_ROWS.c.purpose == LOGIN).order_by(_ROWS.c.id))
_EXPIRED = Query(_SOURCE.where(_ROWS.c.expires_at <= parameter("now")).order_by(_ROWS.c.id))
_BUILT_IN = Query(_SOURCE.where(instances.c.kind == parameter("kind")).order_by(_ROWS.c.id))
_ADD = Query(
    insert(_ROWS)
    .values(
        instance_id=parameter("instance"),
        workspace_id=parameter("workspace"),
        user_id=parameter("user"),
        robot=parameter("robot"),
        purpose=parameter("purpose"),
        secret=parameter("secret"),
        expires_at=parameter("expires_at"),
        created_at=parameter("now"),
    )
    .returning(_ROWS.c.id)
)
_FILL = Query(update(_ROWS).where(_ID).values(robot=parameter("robot"), secret=parameter("secret")))
_END = Query(
    update(_ROWS).where(_ROWS.c.id.in_(bindparam("ids", expanding=True))).values(expires_at=parameter("now"))
)
_REMOVE = Query(delete(_ROWS).where(_ID))


@dataclass(frozen=True, slots=True, kw_only=True)
class Credential:
    """`robot` is what the instance calls it, empty while it is being made; `kind` and `owner` are the instance's.

    `secret` is encrypted, and only of standing ones.
    """

    id: int
    instance: int
    kind: str
    owner: int
    workspace: int
    user: int
    robot: str
    purpose: str
    secret: str = field(repr=False)
    expires_at: Micros | None
    created_at: Micros


@dataclass(frozen=True, slots=True, kw_only=True)
class NewCredential:
    instance: int
    workspace: int
    user: int
    purpose: str
    expires_at: Micros | None = None
    robot: str = ""
    secret: str = field(default="", repr=False)


async def of_place(selects: Selects, instance: int, workspace: int) -> list[Credential]:
    return _all(await selects.all(_OF_PLACE, instance=instance, workspace=workspace))


async def standing(selects: Selects, instance: int, workspace: int) -> Credential | None:
    row = await selects.one(_STANDING, instance=instance, workspace=workspace)
    return None if row is None else _credential(row)


async def pulling(selects: Selects, workspace: int) -> list[Credential]:
    """Those its namespaces pull with, the newest of an instance last; those without an end are in force."""
    return _all(await selects.all(_PULLING, workspace=workspace))


async def of_workspace(selects: Selects, workspace: int) -> list[Credential]:
    return _all(await selects.all(_OF_WORKSPACE, workspace=workspace))


async def of_instance(selects: Selects, instance: int) -> list[Credential]:
    return _all(await selects.all(_OF_INSTANCE, instance=instance))


async def logins(selects: Selects) -> list[Credential]:
    return _all(await selects.all(_LOGINS))


async def expired(selects: Selects, now: Micros) -> list[Credential]:
    return _all(await selects.all(_EXPIRED, now=now))


async def of_kind(selects: Selects, kind: str) -> list[Credential]:
    """Of instances of this kind."""
    return _all(await selects.all(_BUILT_IN, kind=kind))


async def add(transaction: Transaction, new: NewCredential, now: Micros) -> int:
    """Raises Duplicate for a second standing one of a place, Dangling when the instance is gone."""
    identity: int = await transaction.scalar(
        _ADD,
        instance=new.instance,
        workspace=new.workspace,
        user=new.user,
        robot=new.robot,
        purpose=new.purpose,
        secret=new.secret,
        expires_at=new.expires_at,
        now=now,
    )
    return identity


async def fill(transaction: Transaction, identity: int, robot: str, secret: str) -> bool:
    """Once it has been made at the instance. False when it was revoked meanwhile."""
    return await transaction.run(_FILL, id=identity, robot=robot, secret=secret) == 1


async def end(transaction: Transaction, ids: Sequence[int], now: Micros) -> None:
    """They are over; a job takes them away where they live."""
    if ids:
        await transaction.run(_END, ids=list(ids), now=now)


async def remove(transaction: Transaction, identity: int) -> None:
    await transaction.run(_REMOVE, id=identity)


def _all(rows: Sequence[Row]) -> list[Credential]:
    return [_credential(row) for row in rows]


def _credential(row: Row) -> Credential:
    return Credential(
        id=row["id"],
        instance=row["instance_id"],
        kind=row["kind"],
        owner=row["owner"],
        workspace=row["workspace_id"],
        user=row["user_id"],
        robot=row["robot"],
        purpose=row["purpose"],
        secret=row["secret"],
        expires_at=row["expires_at"],
        created_at=row["created_at"],
    )
