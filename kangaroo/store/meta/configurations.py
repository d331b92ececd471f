"""What administrators have set, key by key; what nobody set has no row."""

from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert as upsert

from kangaroo.store.meta.database import ACCESS, Selects, Transaction
from kangaroo.store.meta.schema.access import users
from kangaroo.store.meta.schema.tenancy import configurations
from kangaroo.store.meta.statements import Query, parameter

_FIRST_USER = 1  # the administrator every installation has
_ALL = Query(select(configurations.c.key, configurations.c.value))
_PUT = Query(
    upsert(configurations)
    .values(key=parameter("key"), value=parameter("value"))
    .on_conflict_do_update(index_elements=[configurations.c.key], set_={"value": parameter("value")})
)
_OTHERS = Query(select(users.c.id).where(users.c.id > _FIRST_USER).limit(1))


async def everything(selects: Selects) -> dict[str, str]:
    """JSON by key."""
    return {row["key"]: row["value"] for row in await selects.all(_ALL)}


async def put(transaction: Transaction, values: Mapping[str, str]) -> None:
    await transaction.many(_PUT, [{"key": key, "value": value} for key, value in values.items()])
    await transaction.changed(ACCESS)


async def has_users(selects: Selects) -> bool:
    """Besides the first administrator."""
    return await selects.one(_OTHERS) is not None
