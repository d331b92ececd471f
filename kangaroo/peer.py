"""A second look at who stands at the other end, after a connection failed: what it speaks, what its certificate says,
and why that was refused. For clients of registries, databases and clusters alike.

TLS libraries do not show a certificate they refuse. So it is fetched again without a check, to be named in the
message; nothing is sent over that connection.
"""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from kangaroo.base.addresses import AddressInfo, AddressPolicy
from kangaroo.base.reasons import InstanceFailure, Reason

_SECONDS = 1.0

# OpenSSL's X509_V_ERR_*
_EXPIRED = {9, 10}
_UNKNOWN_CA = {2, 18, 19, 20, 21}
_WRONG_NAME = {62, 64}


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
    name: str = ""
    """To ask for in TLS, where it is not the host's."""

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
            name = self.name or self.host if tls else None
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


def certificate_refused(
    error: ssl.SSLCertVerificationError, shown: Certificate | None, facts: dict[str, Any]
) -> InstanceFailure:
    """Why a certificate was not accepted. `shown` is what it says, if it could be seen; `facts` name its host.

    The names it is for are always told: clients written in Go look at them first, OpenSSL looks at the issuer.
    """
    facts = {**facts, "names": ", ".join(shown.names if shown else ()) or "-"}
    if error.verify_code in _EXPIRED:
        dates = (shown.not_before, shown.not_after) if shown else ("?", "?")
        return InstanceFailure(Reason.TLS_EXPIRED, not_before=dates[0], not_after=dates[1], **facts)
    if error.verify_code in _UNKNOWN_CA:
        return InstanceFailure(Reason.TLS_UNKNOWN_CA, issuer=shown.issuer if shown else "?", **facts)
    if error.verify_code in _WRONG_NAME:
        return InstanceFailure(Reason.TLS_NAME_MISMATCH, **facts)
    return InstanceFailure(Reason.TLS_OTHER, detail=error.verify_message, **facts)


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        held = certificate.extensions.get_extension_for_oid(ExtensionOID.SUBJECT_ALTERNATIVE_NAME).value
    except x509.ExtensionNotFound:
        return ()
    assert isinstance(held, x509.SubjectAlternativeName)
    addresses = map(str, held.get_values_for_type(x509.IPAddress))
    return (*held.get_values_for_type(x509.DNSName), *addresses)
