"""The first steps to any dependency: its name, its port, its certificate.

What was found is used in the steps after: a driver is given the address that was checked and connected to, not the
name, which could lead somewhere else by then.
"""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from kangaroo.base.addresses import AddressForbidden, AddressInfo, AddressPolicy
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.peer import Certificate, certificate_refused, read_certificate, unchecked
from kangaroo.remote.dependencies.contract import Address, Step
from kangaroo.remote.dependencies.walk import Walk

_UNKNOWN_NAME = {socket.EAI_NONAME, socket.EAI_NODATA, socket.EAI_AGAIN, socket.EAI_FAIL}
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(frozen=True, slots=True)
class Place:
    """An address by name, and the one of the name's addresses that let us in. `scheme` is for messages."""

    scheme: str
    address: Address
    info: AddressInfo
    addresses: AddressPolicy
    seconds: float

    @property
    def ip(self) -> str:
        found: str = self.info[4][0]
        return found

    def facts(self) -> dict[str, Any]:
        return facts_of(self.scheme, self.address)

    def failure(self, reason: Reason, **facts: Any) -> InstanceFailure:
        return InstanceFailure(reason, **self.facts(), **facts)

    @contextmanager
    def border(self) -> Iterator[None]:
        """Time limit and errors of the network, in our words. Use around what awaits: `async with place.limit()`."""
        try:
            yield
        except (OSError, TimeoutError, asyncio.IncompleteReadError, EOFError) as error:
            raise unreached(error, self.facts(), self.seconds) from error

    @asynccontextmanager
    async def limit(self) -> AsyncIterator[None]:
        with self.border():
            async with asyncio.timeout(self.seconds):
                yield

    @asynccontextmanager
    async def streams(self) -> AsyncIterator[Streams]:
        joined = await _connected(self.info, self.addresses)
        reader, writer = await asyncio.open_connection(sock=joined)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()


def facts_of(scheme: str, address: Address) -> dict[str, Any]:
    return {"url": f"{scheme}://{address}", "host": address.host, "port": address.port}


async def reach(walk: Walk, scheme: str, address: Address, addresses: AddressPolicy, seconds: float) -> Place:
    """The steps DNS and TCP."""
    facts = facts_of(scheme, address)
    with walk.at(Step.DNS) as sight:
        infos = await _resolved(address, facts, seconds)
        sight.seen = ", ".join(dict.fromkeys(info[4][0] for info in infos))
    with walk.at(Step.TCP) as sight:
        info = await _first(infos, addresses, facts, seconds)
        sight.seen = str(Address(info[4][0], address.port))
    return Place(scheme, address, info, addresses, seconds)


async def _resolved(address: Address, facts: dict[str, Any], seconds: float) -> list[AddressInfo]:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout(seconds):
            found = await loop.getaddrinfo(address.host, address.port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        if isinstance(error, socket.gaierror) and error.errno not in _UNKNOWN_NAME:
            raise InstanceFailure(Reason.UNREACHABLE, detail=str(error), **facts) from error
        raise InstanceFailure(Reason.DNS_NOT_FOUND, **facts) from error
    except TimeoutError as error:
        raise InstanceFailure(Reason.DNS_NOT_FOUND, **facts) from error
    return [(int(info[0]), int(info[1]), info[2], info[3], info[4]) for info in found]


async def _first(
    infos: list[AddressInfo], addresses: AddressPolicy, facts: dict[str, Any], seconds: float
) -> AddressInfo:
    """The first address that lets us in; else why the last did not."""
    refused: OSError = OSError("no address")
    for info in infos:
        try:
            async with asyncio.timeout(seconds):
                (await _connected(info, addresses)).close()
            return info
        except OSError as error:  # a TimeoutError is one
            refused = error
    raise unreached(refused, facts, seconds)


async def _connected(info: AddressInfo, addresses: AddressPolicy) -> socket.socket:
    made = addresses.socket(info)
    try:
        made.setblocking(False)
        await asyncio.get_running_loop().sock_connect(made, info[4])
    except BaseException:
        made.close()
        raise
    return made


def unreached(error: BaseException, facts: dict[str, Any], seconds: float) -> InstanceFailure:
    """What an error of the network means."""
    if isinstance(error, AddressForbidden):
        return InstanceFailure(Reason.ADDRESS_FORBIDDEN, address=error.address, **facts)
    if isinstance(error, TimeoutError):
        return InstanceFailure(Reason.TIMEOUT, seconds=f"{seconds:g}", **facts)
    if isinstance(error, ConnectionRefusedError):
        return InstanceFailure(Reason.CONNECTION_REFUSED, **facts)
    said = str(error)[:200] or type(error).__name__
    if isinstance(error, OSError) and error.errno in (errno.EHOSTUNREACH, errno.ENETUNREACH, errno.EACCES):
        return InstanceFailure(Reason.UNREACHABLE, detail=said, **facts)
    return InstanceFailure(Reason.CONNECTION_LOST, detail=said, **facts)


async def handshake(place: Place, context: ssl.SSLContext, preamble: bytes = b"") -> str:
    """TLS with the name that was asked for; the protocol's version.

    A `preamble` is sent before, and answered by `S` when TLS may begin (PostgreSQL's SSLRequest). Raises
    InstanceFailure: TLS_NOT_OFFERED, a reason of certificates, TLS_OTHER, and those of the network.
    """
    async with place.limit():
        try:
            return await _version(place, context, preamble)
        except ssl.SSLCertVerificationError as error:
            shown = await _shown(place, preamble)
            raise certificate_refused(error, shown, place.facts()) from error
        except ssl.SSLError as error:
            raise place.failure(Reason.TLS_OTHER, detail=error.reason or str(error)) from error


async def offers(place: Place, preamble: bytes) -> bool:
    """Whether it answers the preamble with yes."""
    async with place.limit(), place.streams() as (reader, writer):
        writer.write(preamble)
        answer = await reader.readexactly(1)
        if answer not in (b"S", b"N"):
            raise place.failure(Reason.WRONG_SERVICE, kind="PostgreSQL", detail=repr(answer)[1:])
        return answer == b"S"


async def _version(place: Place, context: ssl.SSLContext, preamble: bytes) -> str:
    async with place.streams() as streams:
        writer = await _upgraded(place, streams, context, preamble)
        version: str = writer.get_extra_info("ssl_object").version()
        return version


async def _shown(place: Place, preamble: bytes) -> Certificate | None:
    """The certificate it shows, whoever signed it: TLS libraries do not show one they refuse."""
    with suppress(OSError, EOFError, ValueError, InstanceFailure):
        async with place.streams() as streams:
            writer = await _upgraded(place, streams, unchecked(), preamble)
            encoded = writer.get_extra_info("ssl_object").getpeercert(True)
            return read_certificate(encoded) if encoded else None
    return None


async def _upgraded(
    place: Place, streams: Streams, context: ssl.SSLContext, preamble: bytes
) -> asyncio.StreamWriter:
    reader, writer = streams
    if preamble:
        writer.write(preamble)
        if await reader.readexactly(1) != b"S":
            raise place.failure(Reason.TLS_NOT_OFFERED)
    await writer.start_tls(context, server_hostname=place.address.host)
    return writer
