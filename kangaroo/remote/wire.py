"""The connection to one instance: its URL, whom it trusts, where it may lead, and how many use it at once."""

import asyncio
import re
import ssl
from functools import lru_cache
from ipaddress import ip_address

import aiohttp
from aiohttp.resolver import ThreadedResolver
from yarl import URL

from kangaroo.base.errors import Code, Failure
from kangaroo.remote.options import Options

_NUMBERS = re.compile(r"[0-9.]+")
_HEADERS = {"User-Agent": "kangaroo", "Accept-Encoding": "identity"}


def parse_base(text: str) -> URL:
    """The URL of an instance. Raises INVALID_FIELD."""
    try:
        url = URL(text.strip())
        port = url.port
        if _NUMBERS.fullmatch(url.host or ""):
            ip_address(url.host or "")  # there are other ways to write an address: none is meant
    except ValueError as error:
        raise Failure(Code.INVALID_FIELD, field="url", reason=str(error)) from error
    if url.scheme not in ("http", "https") or not url.host or not port or url.user or url.password:
        raise Failure(Code.INVALID_FIELD, field="url", reason="use http://host:port or https://host:port")
    return url.with_query(None).with_fragment(None)


class Wire:
    """What all who talk with the instance share; opened with the first request, in the loop that makes it."""

    def __init__(self, options: Options) -> None:
        self._options = options
        self._session: aiohttp.ClientSession | None = None
        self.calls = asyncio.Semaphore(options.limits.concurrency)
        self.uploads = asyncio.Semaphore(options.limits.concurrency)

    @property
    def session(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(
                limit=0,
                ssl=_trust(self._options.authorities, self._options.insecure),
                resolver=ThreadedResolver(),
                socket_factory=self._options.addresses.socket,
            )
            self._session = aiohttp.ClientSession(
                connector=connector,
                headers=_HEADERS,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                proxy=self._options.proxy or None,
                trust_env=False,
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()


@lru_cache(maxsize=64)
def _trust(authorities: str, insecure: bool) -> ssl.SSLContext:
    """Reading the authorities of the system takes long enough to do it once. Raises INVALID_FIELD."""
    context = ssl.create_default_context()
    if authorities:
        try:
            context.load_verify_locations(cadata=authorities)
        except (ssl.SSLError, ValueError) as error:
            raise Failure(Code.INVALID_FIELD, field="CA certificate", reason=str(error)) from error
    if insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
