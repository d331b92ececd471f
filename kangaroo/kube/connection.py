"""HTTPS with one API server: its authority, our credential, allowed addresses, and its errors in our words."""

import errno
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from typing import Any

import aiohttp
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from kangaroo.base.addresses import AddressForbidden, AddressPolicy
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.kube.kubeconfig import Kubeconfig
from kangaroo.peer import Peer, certificate_refused

FOREIGN = (aiohttp.ClientError, OSError, TimeoutError, ValueError)
_HEADERS = {"User-Agent": "kangaroo", "Accept": "application/json", "Accept-Encoding": "identity"}


class Connection:
    """Opened with the first request, in the loop that makes it. Redirects are not followed, proxies not used."""

    def __init__(self, kubeconfig: Kubeconfig, addresses: AddressPolicy) -> None:
        self._kubeconfig = kubeconfig
        self._addresses = addresses
        self._session: aiohttp.ClientSession | None = None
        self._url = URL(kubeconfig.server)

    @property
    def server(self) -> str:
        return self._kubeconfig.server

    @property
    def user(self) -> str:
        return self._kubeconfig.user

    def request(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str],
        body: bytes | None,
        form: str,
        limit: aiohttp.ClientTimeout,
    ) -> "aiohttp.client._RequestContextManager":
        """`path` is encoded already; `form` is the content type of the body."""
        return self._opened().request(
            method,
            URL(self.server + path, encoded=True).with_query(params),
            data=body,
            headers={"Content-Type": form} if body is not None else None,
            timeout=limit,
            allow_redirects=False,
            server_hostname=self._kubeconfig.tls_name or None,
        )

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()

    async def failure(self, error: BaseException, seconds: float) -> InstanceFailure:
        """What one of FOREIGN means; `seconds` is how long it was allowed to take."""
        chain = [one for one in _chain(error) if not isinstance(one, aiohttp.ClientSSLError)]
        forbidden = next((one for one in chain if isinstance(one, AddressForbidden)), None)
        if forbidden is not None:
            return self.failed(Reason.ADDRESS_FORBIDDEN, address=forbidden.address)
        if isinstance(error, aiohttp.ClientConnectorDNSError):
            return self.failed(Reason.DNS_NOT_FOUND)
        if isinstance(error, TimeoutError):
            return self.failed(Reason.TIMEOUT, seconds=f"{seconds:g}")
        refused = next((one for one in chain if isinstance(one, ssl.SSLCertVerificationError)), None)
        if refused is not None:
            return await self._untrusted(refused)
        broken = next((one for one in chain if isinstance(one, ssl.SSLError)), None)
        if broken is not None:
            return self._no_tls(broken)
        if isinstance(error, aiohttp.ClientConnectorError):
            return self._unconnected(error.os_error, seconds)
        return self.failed(Reason.CONNECTION_LOST, detail=_said(error))

    def failed(self, reason: Reason, *, retry_after: int | None = None, **facts: Any) -> InstanceFailure:
        return InstanceFailure(reason, retry_after=retry_after, **self._facts(), **facts)

    def _facts(self) -> dict[str, Any]:
        return {"url": self.server, "host": self._url.host, "port": self._url.port}

    async def _untrusted(self, error: ssl.SSLCertVerificationError) -> InstanceFailure:
        """The kubeconfig may ask for a certificate of another name than the host's."""
        host, name = self._url.host or "", self._kubeconfig.tls_name
        shown = await Peer(host, self._url.port or 0, self._addresses, name).certificate()
        return certificate_refused(error, shown, {**self._facts(), "host": name or host})

    def _no_tls(self, error: ssl.SSLError) -> InstanceFailure:
        if error.reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST"):
            return self.failed(Reason.PROTOCOL, asked="https", spoken="http")
        return self.failed(Reason.TLS_OTHER, detail=error.reason or str(error))

    def _unconnected(self, error: OSError, seconds: float) -> InstanceFailure:
        if error.errno == errno.ECONNREFUSED:
            return self.failed(Reason.CONNECTION_REFUSED)
        if error.errno == errno.ETIMEDOUT:
            return self.failed(Reason.TIMEOUT, seconds=f"{seconds:g}")
        if isinstance(error, ConnectionError):
            return self.failed(Reason.CONNECTION_LOST, detail=_said(error))
        return self.failed(Reason.UNREACHABLE, detail=_said(error))

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0,
                ssl=_trust(self._kubeconfig),
                resolver=ThreadedResolver(),
                socket_factory=self._addresses.socket,
            )
            token = self._kubeconfig.token
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers={**_HEADERS, **({"Authorization": f"Bearer {token}"} if token else {})},
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                trust_env=False,
            )
        return self._session


def _trust(kubeconfig: Kubeconfig) -> ssl.SSLContext:
    """Raises INVALID_FIELD."""
    try:
        context = ssl.create_default_context(cadata=kubeconfig.authority or None)
        # Kubernetes' own authorities lack what RFC 5280 asks of newer ones.
        context.verify_flags &= ~ssl.VERIFY_X509_STRICT
        if kubeconfig.certificate:
            # OpenSSL takes a client certificate from a file alone; this one is ours (0600), and gone at once.
            with tempfile.NamedTemporaryFile("w") as pair:
                pair.write(f"{kubeconfig.certificate}\n{kubeconfig.key}\n")
                pair.flush()
                context.load_cert_chain(pair.name)
    except (ssl.SSLError, ValueError) as error:
        raise Failure(Code.INVALID_FIELD, field="kubeconfig", reason=str(error)) from error
    return context


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        wrapped = getattr(error, "os_error", None) or getattr(error, "certificate_error", None)
        error = wrapped or error.__cause__ or error.__context__


def _said(error: BaseException) -> str:
    return (str(error) or type(error).__name__)[:200]
