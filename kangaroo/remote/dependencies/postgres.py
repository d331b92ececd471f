"""Whether a PostgreSQL can be used: name, port, TLS, login, the database, the right to make tables in it.

Nothing stays there: the table is made in a transaction that is rolled back.
"""

import ssl
import struct
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg

from kangaroo.base.addresses import AddressPolicy
from kangaroo.base.reasons import Reason
from kangaroo.remote.dependencies.contract import PostgresTarget, Row, SslMode, Step
from kangaroo.remote.dependencies.reaching import Place, handshake, offers, reach
from kangaroo.remote.dependencies.walk import Walk, walked

# https://www.postgresql.org/docs/current/protocol-message-formats.html: SSLRequest
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_TLS_WANTED = frozenset({SslMode.REQUIRE, SslMode.VERIFY_CA, SslMode.VERIFY_FULL})
_CHECKED = frozenset({SslMode.VERIFY_CA, SslMode.VERIFY_FULL})
_READ_ONLY, _NO_DATABASE, _NO_RIGHT = "25006", "3D000", "42501"
_LOGIN_REFUSED = {"28P01", "28000"}


class PostgresProber:
    """Implements `contract.Prober`. `seconds` is for each step."""

    def __init__(self, addresses: AddressPolicy, seconds: float = 4.0) -> None:
        self._addresses = addresses
        self._seconds = seconds

    async def probe(self, target: PostgresTarget) -> list[Row]:
        async def way(walk: Walk) -> None:
            place = await reach(walk, "postgresql", target.address, self._addresses, self._seconds)
            context = await _tls(walk, place, target)
            await _used(walk, place, target, context)

        return await walked(way)


async def _tls(walk: Walk, place: Place, target: PostgresTarget) -> ssl.SSLContext | None:
    """The step TLS, if it is wanted; what to connect with after it. The modes allow and prefer take it when offered."""
    if target.ssl_mode is SslMode.DISABLE:
        return None
    with walk.at(Step.TLS) as sight:
        if target.ssl_mode not in _TLS_WANTED and not await offers(place, _SSL_REQUEST):
            sight.seen = "-"
            return None
        try:
            context = _context(target)
        except ssl.SSLError as error:
            raise place.failure(
                Reason.TLS_OTHER, detail=f"of the authorities given: {error.reason}"
            ) from error
        sight.seen = await handshake(place, context, _SSL_REQUEST)
        return context


async def _used(walk: Walk, place: Place, target: PostgresTarget, context: ssl.SSLContext | None) -> None:
    connection = await _logged_in(walk, place, target, context)
    try:
        with walk.at(Step.PERMISSION) as sight, _border(place, target):
            async with place.limit():
                sight.seen = await _made_a_table(connection)
    finally:
        connection.terminate()


async def _logged_in(walk: Walk, place: Place, target: PostgresTarget, context: ssl.SSLContext | None) -> Any:
    """The steps LOGIN and DATABASE: a server looks at the password before it looks for the database."""
    with walk.at(Step.LOGIN) as sight, _border(place, target):
        try:
            async with place.limit():
                connection = await _connect(place, target, context)
        except asyncpg.InvalidCatalogNameError:
            connection = None
        sight.seen = target.username
    with walk.at(Step.DATABASE) as sight:
        if connection is None:
            raise place.failure(Reason.DATABASE_MISSING, database=target.database)
        version = connection.get_server_version()
        sight.seen = f"{target.database} (PostgreSQL {version.major}.{version.minor})"
    return connection


async def _connect(place: Place, target: PostgresTarget, context: ssl.SSLContext | None) -> Any:
    return await asyncpg.connect(
        host=place.ip,
        port=place.address.port,
        user=target.username,
        password=target.password,
        database=target.database,
        ssl=context or False,
        timeout=place.seconds,
        statement_cache_size=0,
    )


async def _made_a_table(connection: Any) -> str:
    name = f"kangaroo_probe_{uuid.uuid4().hex}"
    transaction = connection.transaction()
    await transaction.start()
    try:
        await connection.execute(f"CREATE TABLE {name} (id integer PRIMARY KEY)")
    finally:
        await transaction.rollback()
    return "CREATE TABLE"


@contextmanager
def _border(place: Place, target: PostgresTarget) -> Iterator[None]:
    """What a server says of us, in our words (SQLSTATE: PostgreSQL's appendix A)."""
    try:
        yield
    except asyncpg.PostgresError as error:
        state, said = str(error.sqlstate), str(error)[:300]
        user = target.username
        if state in _LOGIN_REFUSED and "no encryption" in said:
            raise place.failure(Reason.TLS_REQUIRED) from error
        if state == "28000" and "pg_hba" in said:
            raise place.failure(Reason.FORBIDDEN, user=user, detail=said) from error
        if state in _LOGIN_REFUSED:
            raise place.failure(Reason.UNAUTHORIZED, user=user) from error
        if state == _READ_ONLY:
            raise place.failure(Reason.READ_ONLY) from error
        if state == _NO_RIGHT:
            raise place.failure(Reason.FORBIDDEN, user=user, detail=said) from error
        raise place.failure(Reason.SERVER_ERROR, status=state, detail=said) from error
    except asyncpg.InterfaceError as error:
        raise place.failure(Reason.WRONG_SERVICE, kind="PostgreSQL", detail=str(error)[:200]) from error


class _Named(ssl.SSLContext):
    """Asks for this name, though the driver connects to the address that was checked."""

    name = ""

    def wrap_bio(
        self,
        incoming: ssl.MemoryBIO,
        outgoing: ssl.MemoryBIO,
        server_side: bool = False,
        server_hostname: str | bytes | None = None,  # noqa: ARG002
        session: ssl.SSLSession | None = None,
    ) -> ssl.SSLObject:
        return super().wrap_bio(incoming, outgoing, server_side, self.name, session)


def _context(target: PostgresTarget) -> ssl.SSLContext:
    context = _Named(ssl.PROTOCOL_TLS_CLIENT)
    context.name = target.address.host
    context.check_hostname = target.ssl_mode is SslMode.VERIFY_FULL
    context.verify_mode = ssl.CERT_REQUIRED if target.ssl_mode in _CHECKED else ssl.CERT_NONE
    if target.ssl_mode in _CHECKED:
        context.load_default_certs()
    if target.authorities:
        context.load_verify_locations(cadata=target.authorities)
    return context
