"""Whether a Redis can be used by a Harbor: reachable (by way of sentinels, if so), no Redis Cluster, enough databases.

Without TLS: harbor-operator writes addresses that begin with redis:// or redis+sentinel:// and no others.
"""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import redis.asyncio
from redis import exceptions
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.peer import Peer
from kangaroo.remote.dependencies.contract import Address, RedisTarget, Row, Step
from kangaroo.remote.dependencies.reaching import Place, reach
from kangaroo.remote.dependencies.walk import Stopped, Walk, walked


class RedisProber:
    """Implements `contract.Prober`. `seconds` is for each step. A key of ours is written and removed again."""

    def __init__(self, addresses: AddressPolicy, seconds: float = 4.0) -> None:
        self._addresses = addresses
        self._seconds = seconds

    async def probe(self, target: RedisTarget) -> list[Row]:
        async def way(walk: Walk) -> None:
            place = await self._first(walk, target.addresses)
            if target.sentinel_master:
                master = await _master(walk, place, target.sentinel_master)
                place = await self._reach(walk, master)
            await _used(walk, place, target)

        return await walked(way)

    async def _first(self, walk: Walk, addresses: tuple[Address, ...]) -> Place:
        """The first that can be reached: one sentinel is enough."""
        for address in addresses[:-1]:
            attempt = Walk()
            try:
                place = await self._reach(attempt, address)
            except Stopped:
                continue
            walk.rows += attempt.rows
            return place
        return await self._reach(walk, addresses[-1])

    async def _reach(self, walk: Walk, address: Address) -> Place:
        return await reach(walk, "redis", address, self._addresses, self._seconds)


async def _master(walk: Walk, sentinel: Place, name: str) -> Address:
    with walk.at(Step.SENTINEL) as sight:
        async with _client(sentinel, RedisTarget(addresses=(sentinel.address,))) as client:
            found = await _asked(sentinel, "", lambda: client.sentinel_get_master_addr_by_name(name))
        if not found:
            raise sentinel.failure(Reason.NO_MASTER, name=name, detail="no such name")
        master = Address(str(found[0]), int(found[1]))
        sight.seen = f"{name} = {master}"
    return master


async def _used(walk: Walk, place: Place, target: RedisTarget) -> None:
    user = target.username or "default"
    async with _client(place, target) as client:
        with walk.at(Step.LOGIN) as sight:
            await _asked(place, user, client.ping)
            sight.seen = user
        with walk.at(Step.MODE) as sight:
            sight.seen = await _mode(place, user, client)
        with walk.at(Step.DATABASE) as sight:
            try:
                await _asked(place, user, lambda: client.execute_command("SELECT", target.database))
            except InstanceFailure as failure:
                raise _too_few(place, target, failure) from failure
            sight.seen = f"0-{target.database}"
        with walk.at(Step.PERMISSION) as sight:
            key = f"kangaroo:probe:{uuid.uuid4().hex}"
            await _asked(place, user, lambda: client.setex(key, 10, "1"))
            await _asked(place, user, lambda: client.delete(key))
            sight.seen = "SETEX, DEL"


async def _mode(place: Place, user: str, client: Any) -> str:
    """Neither a Redis Cluster nor a replica; what it says it is."""
    info = await _asked(place, user, lambda: client.info("cluster"))
    if info.get("cluster_enabled"):
        raise place.failure(Reason.REDIS_CLUSTER)
    info = await _asked(place, user, lambda: client.info("replication"))
    if info.get("role") == "slave":
        raise place.failure(Reason.READ_ONLY)
    info = await _asked(place, user, lambda: client.info("server"))
    return f"{info.get('redis_mode', 'standalone')} (Redis {info.get('redis_version', '?')})"


def _too_few(place: Place, target: RedisTarget, failure: InstanceFailure) -> InstanceFailure:
    if failure.reason is not Reason.SERVER_ERROR:
        return failure
    return place.failure(Reason.DATABASES_TOO_FEW, database=target.database)


@asynccontextmanager
async def _client(place: Place, target: RedisTarget) -> AsyncIterator[Any]:
    """One connection, nothing repeated, no greeting that older servers do not know."""
    client = redis.asyncio.Redis(
        host=place.ip,
        port=place.address.port,
        username=target.username or None,
        password=target.password or None,
        socket_timeout=place.seconds,
        socket_connect_timeout=place.seconds,
        single_connection_client=True,
        decode_responses=True,
        protocol=2,
        driver_info=None,
        retry=Retry(NoBackoff(), 0),
    )
    try:
        yield client
    finally:
        await client.aclose()


async def _asked(place: Place, user: str, question: Callable[[], Awaitable[Any]]) -> Any:
    """Its answer. Raises InstanceFailure: SERVER_ERROR is any refusal that has no reason of its own."""
    try:
        with _border(place, user):
            return await question()
    except exceptions.ConnectionError as error:
        peer = Peer(place.address.host, place.address.port, place.addresses)
        if await peer.speaks_tls():
            raise place.failure(Reason.TLS_REQUIRED) from error
        raise place.failure(Reason.CONNECTION_LOST, detail=str(error)[:200]) from error


@contextmanager
def _border(place: Place, user: str) -> Iterator[None]:
    try:
        yield
    except (exceptions.AuthenticationError, exceptions.AuthenticationWrongNumberOfArgsError) as error:
        raise place.failure(Reason.UNAUTHORIZED, user=user) from error
    except (exceptions.NoPermissionError, exceptions.AuthorizationError) as error:
        raise place.failure(Reason.FORBIDDEN, user=user, detail=str(error)[:200]) from error
    except exceptions.TimeoutError as error:
        raise place.failure(Reason.TIMEOUT, seconds=f"{place.seconds:g}") from error
    except (exceptions.ReadOnlyError, exceptions.MasterDownError) as error:
        raise place.failure(Reason.READ_ONLY) from error
    except exceptions.BusyLoadingError as error:
        raise place.failure(Reason.SERVER_ERROR, status="LOADING", detail=str(error)[:200]) from error
    except exceptions.InvalidResponse as error:
        raise place.failure(Reason.WRONG_SERVICE, kind="Redis", detail=str(error)[:200]) from error
    except exceptions.ResponseError as error:
        raise place.failure(Reason.SERVER_ERROR, status=_word(error), detail=str(error)[:200]) from error


def _word(error: Exception) -> str:
    """The first word of a refusal, as in `MISCONF Redis is configured to …`; the client leaves out `ERR`."""
    first = str(error).split(" ", 1)[0]
    return first if first.isupper() else "ERR"
