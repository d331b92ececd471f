"""HTTP with one instance: within limits of time, size and number, to allowed addresses only, again where that is safe.

Calls (small answers) and opened streams hold a place among the instance's calls until their answer begins; uploads
have places of their own, so that an upload fed by a download from the same instance cannot wait for itself.
"""

import asyncio
from collections.abc import AsyncIterator, Coroutine, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

import aiohttp
from yarl import URL

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.answers import Answer, Stream
from kangaroo.remote.failures import FOREIGN, Diagnosis, said
from kangaroo.remote.feed import Feed
from kangaroo.remote.options import Limits, Options
from kangaroo.remote.redirects import next_hop
from kangaroo.remote.retries import CALLS, Retries
from kangaroo.remote.wire import Wire

# The client itself repeats what is idempotent, DELETE too, once, where a kept connection turns out to be dead.
_REPEATABLE = frozenset({"GET", "HEAD", "PUT"})
_HOPS = 5
_OPENED = frozenset({200, 206})
Headers = Mapping[str, str]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Transport:
    """Targets are paths, already encoded, below the base URL, or absolute URLs that the instance gave."""

    base: URL
    options: Options
    limits: Limits
    wire: Wire

    @classmethod
    def to(cls, base: URL, options: Options) -> "Transport":
        return cls(base, options, options.limits, Wire(options))

    @property
    def origin(self) -> str:
        return str(self.base).rstrip("/")

    def hurried(self) -> "Transport":
        """The same wire for somebody who waits: one attempt, a short one."""
        hurry = min(self.limits.hurry_seconds, self.limits.answer_seconds)
        return replace(self, limits=replace(self.limits, answer_seconds=hurry, attempts=1))

    async def promptly(self, work: Coroutine[Any, Any, T]) -> T:
        """Its result, or TIMEOUT: for questions of several requests, of which each may take long."""
        seconds = self.limits.hurry_seconds
        try:
            async with asyncio.timeout(seconds):
                return await work
        except TimeoutError as error:
            raise await self._diagnosis(self.base, seconds).of(error) from error

    def url(self, target: str) -> URL:
        whole = target if target.startswith(("http://", "https://")) else self.origin + target
        try:
            return URL(whole, encoded=True)
        except ValueError as error:
            raise self._bad(f"the URL {whole[:200]!r}") from error

    def is_ours(self, target: str) -> bool:
        """Whether a credential of the instance may go there."""
        return self.url(target).origin() == self.base.origin()

    async def close(self) -> None:
        await self.wire.close()

    async def call(
        self, method: str, target: str, *, headers: Headers | None = None, body: bytes | None = None
    ) -> Answer:
        """Whatever status below 500 came back, but never 429."""
        retries = Retries(self.limits, CALLS)
        while True:
            try:
                return await self._once(method, self.url(target), headers or {}, body)
            except InstanceFailure as failure:
                safe = method in _REPEATABLE or failure.reason is Reason.RATE_LIMITED
                pause = retries.pause(failure) if safe else None
                if pause is None:
                    raise
            await asyncio.sleep(pause)

    async def send(
        self, method: str, target: str, *, headers: Headers, body: AsyncIterator[bytes], size: int
    ) -> Answer:
        """A large body, once. What `body` raises passes through."""
        url = self.url(target)
        all_headers = {**headers, "Content-Length": str(size)}
        limit = aiohttp.ClientTimeout(
            connect=self.limits.connect_seconds, sock_read=self.limits.commit_seconds
        )
        feed = Feed(body, size, self.limits.idle_seconds)
        async with self.wire.uploads:
            try:
                async with feed:
                    response = await self._request(method, url, all_headers, feed.chunks, limit)
                    return self._healthy(await self._read(response))
            except FOREIGN as error:
                if feed.error is not None:
                    raise feed.error from None
                raise await self._told(error, url, limit) from error

    @asynccontextmanager
    async def open(self, target: str, *, headers: Headers) -> AsyncIterator[Stream]:
        """A large answer, once. With another status than 200 or 206 its body is in `head`."""
        url = self.url(target)
        limit = aiohttp.ClientTimeout(connect=self.limits.connect_seconds, sock_read=self.limits.idle_seconds)
        async with self.wire.calls:
            try:
                response = await self._request("GET", url, headers, None, limit)
            except FOREIGN as error:
                raise await self._told(error, url, limit) from error
        try:
            if response.status in _OPENED:
                yield Stream(self._answer(response, b""), self._chunks(response, limit))
            else:
                yield Stream(self._healthy(await self._read(response)), _nothing())
        finally:
            response.close()

    async def _once(self, method: str, url: URL, headers: Headers, body: bytes | None) -> Answer:
        limit = aiohttp.ClientTimeout(
            total=self.limits.answer_seconds,
            connect=min(self.limits.connect_seconds, self.limits.answer_seconds),
        )
        async with self.wire.calls:
            try:
                response = await self._request(method, url, headers, body, limit)
                answer = self._healthy(await self._read(response))
            except FOREIGN as error:
                raise await self._told(error, url, limit) from error
        if answer.status == 400 and url.scheme == "http" and not _is_json(answer):
            await self._look_for_tls(url)
        return answer

    async def _look_for_tls(self, url: URL) -> None:
        """Some servers of https answer who speaks http to them, with 400 and a sentence."""
        mixed = await self._diagnosis(url, 0).mixed()
        if mixed is not None:
            raise mixed

    async def _request(
        self,
        method: str,
        url: URL,
        headers: Headers,
        body: bytes | AsyncIterator[bytes] | None,
        limit: aiohttp.ClientTimeout,
    ) -> aiohttp.ClientResponse:
        """Follows redirects of what only reads; credentials stay with the instance."""
        for _ in range(_HOPS):
            response = await self.wire.session.request(
                method, url, headers=headers, data=body, timeout=limit, allow_redirects=False
            )
            hop = next_hop(method, response.status, url, response.headers.get("Location"))
            if hop is None:
                return response
            response.close()
            if hop.origin() != url.origin():
                headers = {name: value for name, value in headers.items() if name.lower() != "authorization"}
            url = hop
        raise self._bad(f"more than {_HOPS} redirects")

    async def _read(self, response: aiohttp.ClientResponse) -> Answer:
        held = bytearray()
        async for chunk in response.content.iter_any():
            held += chunk
            if len(held) > self.limits.answer_bytes:
                response.close()
                raise self._bad(f"more than {self.limits.answer_bytes} bytes")
        return self._answer(response, bytes(held))

    async def _chunks(
        self, response: aiohttp.ClientResponse, limit: aiohttp.ClientTimeout
    ) -> AsyncIterator[bytes]:
        parts = response.content.iter_any()
        while True:
            try:
                chunk = await anext(parts, b"")
            except FOREIGN as error:
                raise await self._told(error, response.url, limit) from error
            if not chunk:
                return
            yield chunk

    def _answer(self, response: aiohttp.ClientResponse, body: bytes) -> Answer:
        return Answer(response.status, response.headers, body, str(response.url), self.origin)

    def _healthy(self, answer: Answer) -> Answer:
        if answer.status == 429:
            seconds = _retry_after(answer.headers.get("Retry-After", ""))
            raise InstanceFailure(Reason.RATE_LIMITED, retry_after=seconds, url=self.origin, seconds=seconds)
        if answer.status >= 500:
            status, detail = answer.status, said(answer)
            raise InstanceFailure(Reason.SERVER_ERROR, url=self.origin, status=status, detail=detail)
        return answer

    async def _told(self, error: Exception, url: URL, limit: aiohttp.ClientTimeout) -> InstanceFailure:
        connecting = isinstance(error, aiohttp.ConnectionTimeoutError)
        allowed = limit.connect if connecting else limit.total or self.limits.idle_seconds
        return await self._diagnosis(url, allowed or 0).of(error)

    def _diagnosis(self, url: URL, seconds: float) -> Diagnosis:
        return Diagnosis(url, self.options.addresses, seconds, look=not self.options.proxy)

    def _bad(self, detail: str) -> InstanceFailure:
        return InstanceFailure(Reason.BAD_ANSWER, url=self.origin, detail=detail)


def _is_json(answer: Answer) -> bool:
    return answer.headers.get("Content-Type", "").startswith("application/json")


async def _nothing() -> AsyncIterator[bytes]:
    nothing: tuple[bytes, ...] = ()
    for chunk in nothing:
        yield chunk


def _retry_after(text: str) -> int:
    """Seconds, or a date."""
    if text.isdecimal():
        return int(text)
    try:
        wait = parsedate_to_datetime(text) - datetime.now(UTC)
    except (TypeError, ValueError):
        return 1
    return max(0, round(wait.total_seconds()))
