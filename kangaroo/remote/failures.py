"""What went wrong, in our words: every error of the network, of TLS and of HTTP becomes a `Failure` here."""

import errno
import ssl
from collections.abc import Iterator
from typing import Any

import aiohttp
import msgspec
from yarl import URL

from kangaroo.base.addresses import AddressForbidden, AddressPolicy
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.peer import Peer, certificate_refused
from kangaroo.remote.answers import Answer

FOREIGN = (aiohttp.ClientError, OSError, TimeoutError)


class Diagnosis:
    """Of one failed request to `url`; `seconds` is how long it was allowed to take."""

    def __init__(self, url: URL, addresses: AddressPolicy, seconds: float, *, look: bool) -> None:
        self._url = url
        self._host = url.host or ""
        self._port = url.port or 0
        self._seconds = seconds
        self._look = look
        self._peer = Peer(self._host, self._port, addresses)

    async def of(self, error: BaseException) -> InstanceFailure:
        chain = [one for one in _chain(error) if not isinstance(one, aiohttp.ClientSSLError)]
        forbidden = next((one for one in chain if isinstance(one, AddressForbidden)), None)
        if forbidden is not None:
            return self._failure(Reason.ADDRESS_FORBIDDEN, address=forbidden.address)
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return self._failure(Reason.DNS_NOT_FOUND)
        if isinstance(error, aiohttp.InvalidURL):
            return self._failure(Reason.BAD_ANSWER, detail=_said(error))
        if isinstance(error, TimeoutError):
            return self._failure(Reason.TIMEOUT, seconds=f"{self._seconds:g}")
        if (
            refused := next((e for e in chain if isinstance(e, ssl.SSLCertVerificationError)), None)
        ) is not None:
            return await self._certificate(refused)
        if (broken := next((e for e in chain if isinstance(e, ssl.SSLError)), None)) is not None:
            return await self.mixed() or self._failure(Reason.TLS_OTHER, detail=broken.reason or str(broken))
        if isinstance(error, aiohttp.ClientConnectorError):
            return await self._connecting(error.os_error)
        if isinstance(error, aiohttp.ClientResponseError):
            found = f"it does not speak HTTP: {_said(error)}"
            return await self.mixed() or self._failure(Reason.NOT_A_REGISTRY, kind="registry", found=found)
        return await self.mixed() or self._failure(Reason.CONNECTION_LOST, detail=_said(error))

    async def _connecting(self, error: OSError) -> InstanceFailure:
        if error.errno == errno.ECONNREFUSED:
            return self._failure(Reason.CONNECTION_REFUSED)
        if error.errno == errno.ETIMEDOUT:
            return self._failure(Reason.TIMEOUT, seconds=f"{self._seconds:g}")
        if isinstance(error, ConnectionError):
            return await self.mixed() or self._failure(Reason.CONNECTION_LOST, detail=_said(error))
        return self._failure(Reason.UNREACHABLE, detail=_said(error))

    async def _certificate(self, error: ssl.SSLCertVerificationError) -> InstanceFailure:
        shown = await self._peer.certificate() if self._look else None
        return certificate_refused(error, shown, self._facts())

    async def mixed(self) -> InstanceFailure | None:
        """Whether https was asked of an http server, or the reverse."""
        asked = self._url.scheme
        if not self._look:
            return None
        if asked == "https" and await self._peer.speaks_http():
            return self._failure(Reason.PROTOCOL, asked=asked, spoken="http")
        if asked == "http" and await self._peer.speaks_tls():
            return self._failure(Reason.PROTOCOL, asked=asked, spoken="https")
        return None

    def _failure(self, reason: Reason, **facts: Any) -> InstanceFailure:
        return InstanceFailure(reason, **self._facts(), **facts)

    def _facts(self) -> dict[str, Any]:
        return {"url": str(self._url.origin()), "host": self._host, "port": self._port}


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        wrapped = getattr(error, "os_error", None) or getattr(error, "certificate_error", None)
        error = wrapped or error.__cause__ or error.__context__


def _said(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]


class _One(msgspec.Struct):
    code: str = ""
    message: str = ""


class _Errors(msgspec.Struct):
    """Harbor's and the OCI's form."""

    errors: list[_One]


def said(answer: Answer) -> str:
    """What an answer of refusal gives as its reason, cut short."""
    try:
        one = msgspec.json.decode(answer.body, type=_Errors).errors[0]
    except (msgspec.MsgspecError, UnicodeDecodeError, IndexError):
        return answer.body[:200].decode(errors="replace").strip() or f"status {answer.status}"
    return (one.message or one.code)[:300]


def refusal(answer: Answer, what: str, user: str) -> Failure:
    """The failure that an answer with an unexpected status below 500 means. `what` was asked for, by `user`."""
    status, url, detail = answer.status, answer.origin, said(answer)
    if status == 401:
        return InstanceFailure(Reason.UNAUTHORIZED, url=url, user=user)
    if status == 403:
        return InstanceFailure(Reason.FORBIDDEN, url=url, user=user, detail=detail)
    if status in _MEANING:
        code, fact = _MEANING[status]
        facts: dict[str, Any] = {fact: what if fact == "what" else detail}
        return Failure(code, **facts)
    where = answer.headers.get("Location")
    return InstanceFailure(
        Reason.BAD_ANSWER,
        url=url,
        detail=f"it redirects to {where}" if where else f"status {status}: {detail}",
    )


_MEANING: dict[int, tuple[Code, str]] = {
    400: (Code.BAD_REQUEST, "reason"),
    404: (Code.NOT_FOUND, "what"),
    405: (Code.UNSUPPORTED, "reason"),
    409: (Code.CONFLICT, "what"),
    412: (Code.PRECONDITION, "reason"),
    422: (Code.BAD_REQUEST, "reason"),
}
