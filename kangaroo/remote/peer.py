"""A second look at who stands at the other end, after a connection failed: what it speaks, what its certificate says.

TLS libraries do not show a certificate they refuse. So it is fetched again without a check, to be named in the
message; nothing is sent over that connection.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kangaroo.base.addresses import AddressInfo, AddressPolicy

_SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Certificate:
    issuer: str
    names: tuple[str, ...]
    not_before: str
    not_after: str


@dataclass(frozen=True, slots=True)
class Peer:
    host: str
    port: int
    addresses: AddressPolicy

    async def certificate(self) -> Certificate | None:
        """None: it shows none within a second."""
        with suppress(OSError, TimeoutError, ValueError):
            async with self._connected(unchecked()) as (_, writer):
                shown = writer.get_extra_info("ssl_object").getpeercert(True)
                return read_certificate(shown) if shown else None
        return None

    async def speaks_tls(self) -> bool:
        return await self.certificate() is not None

    async def speaks_http(self) -> bool:
        """Without TLS. A TLS server may say in plain HTTP that it is one: that is not meant."""
        with suppress(OSError, TimeoutError):
            async with self._connected(None) as (reader, writer):
                writer.write(f"GET / HTTP/1.0\r\nHost: {self.host}\r\n\r\n".encode())
                answer = await reader.read(4096)
                return answer.startswith(b"HTTP/") and b"HTTPS" not in answer
        return False

    @asynccontextmanager
    async def _connected(
        self, tls: ssl.SSLContext | None
    ) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        async with asyncio.timeout(_SECONDS):
            joined = await self._socket()
            name = self.host if tls else None
            reader, writer = await asyncio.open_connection(sock=joined, ssl=tls, server_hostname=name)
            try:
                yield reader, writer
            finally:
                writer.transport.abort()

    async def _socket(self) -> socket.socket:
        """Connected to the first address that lets us."""
        loop = asyncio.get_running_loop()
        refused = OSError("no address")
        for info in await loop.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM):
            try:
                return await self._connect(info)
            except OSError as error:
                refused = error
        raise refused

    async def _connect(self, info: AddressInfo) -> socket.socket:
        made = self.addresses.socket(info)
        try:
            made.setblocking(False)
            await asyncio.get_running_loop().sock_connect(made, info[4])
        except BaseException:
            made.close()
            raise
        return made


def unchecked() -> ssl.SSLContext:
    """For looking only: whoever answers is listened to."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def read_certificate(encoded: bytes) -> Certificate:
    """From DER."""
    found = x509.load_der_x509_certificate(encoded)
    return Certificate(
        issuer=found.issuer.rfc4514_string() or "(no name)",
        names=_names(found),
        not_before=found.not_valid_before_utc.isoformat(),
        not_after=found.not_valid_after_utc.isoformat(),
    )


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        held = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return ()
    assert isinstance(held, x509.SubjectAlternativeName)
    addresses = map(str, held.get_values_for_type(x509.IPAddress))
    return (*held.get_values_for_type(x509.DNSName), *addresses)
