"""The way to a Kangaroo, remote or in this process: the same HTTP APIs, the same failures, the same calls.

    with connect(place, open_local) as connection:
        connection.platform.get("/registries/kangaroo/health")
        connection.harbor.every("/users", sort="username")

Whatever goes wrong is a Problem, with its exit code. Commands wait for one answer at a time, so that nothing here but
the transport is asynchronous.
"""

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import (
    AbstractAsyncContextManager,
    AbstractContextManager,
    AsyncExitStack,
    contextmanager,
)
from dataclasses import dataclass, field
from typing import Any, BinaryIO, TypeVar
from urllib.parse import quote, urlencode

import httpx
import msgspec

from kangaroo import __version__
from kangaroo.base.errors import Failure
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.cli import answers
from kangaroo.entrypoints.cli.contexts import Context
from kangaroo.entrypoints.cli.inprocess import InProcess
from kangaroo.entrypoints.cli.options import settings_of
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.target import Local, Remote
from kangaroo.entrypoints.cli.texts import language, say
from kangaroo.entrypoints.http.asgi import Application

T = TypeVar("T")
PAGE = 100
PIECE = 1 << 20  # bytes
_PATIENCE = httpx.Timeout(60, connect=10, pool=None)  # seconds; of silence, not of the whole
_LONG_PATIENCE = httpx.Timeout(
    600, connect=10, pool=None
)  # a large archive is looked at before it is answered
Told = Callable[[int], None]
"""Is told of bytes."""
Heard = Callable[[dict[str, Any]], None]


@dataclass(frozen=True, slots=True)
class Inside:
    """A data folder, opened: its application, the URL its server would have, and an API token to act with."""

    application: Application
    url: str
    token: str = field(repr=False)


OpenLocal = Callable[[Settings], AbstractAsyncContextManager[Inside]]


def place(*segments: str | int) -> str:
    """A path of these names; the slashes inside one are encoded twice, as our dialects and proxies expect."""
    return "".join(f"/{_segment(str(segment))}" for segment in segments)


def _segment(text: str) -> str:
    once = quote(text, safe="@:")
    return quote(once, safe="@:") if "/" in text else once


class Api:
    """One dialect; paths begin after its prefix. Query parameters that are None or empty are left out, and `auth` is
    none of them: a name and a password in place of the token."""

    def __init__(self, connection: "Connection", prefix: str) -> None:
        self._connection = connection
        self._prefix = prefix

    def get(self, path: str, **query: Any) -> Any:
        return self.call("GET", path, None, **query)

    def post(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.call("POST", path, body, **query)

    def put(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.call("PUT", path, body, **query)

    def patch(self, path: str, body: Any = None, **query: Any) -> Any:
        return self.call("PATCH", path, body, **query)

    def delete(self, path: str, **query: Any) -> Any:
        return self.call("DELETE", path, None, **query)

    def call(self, method: str, path: str, body: Any, **query: Any) -> Any:
        """The JSON of the answer, or None when it is empty. Raises Problem."""
        return answers.content(self.response(method, path, body, **query))

    def path(self, path: str, **query: Any) -> str:
        """Whole, for `Connection.download` and `upload`."""
        wanted = urlencode(_given(query))
        return f"{self._prefix}{path}?{wanted}" if wanted else self._prefix + path

    def response(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """Whatever it is, read. Raises Problem only when there is none."""
        sent: dict[str, Any] = {} if body is None else {"json": body}
        if (auth := query.pop("auth", None)) is not None:
            sent["auth"] = auth
        return self._connection.request(method, self._prefix + path, params=_given(query), **sent)


class PlatformApi(Api):
    def every(self, path: str, limit: int = 0, **query: Any) -> list[Any]:
        """All items of a list, page after page; `limit` 0 is no limit."""
        items: list[Any] = []
        page = 1
        while True:
            answer = self.get(path, page=page, pageSize=_size(limit), **query)
            items += answer["items"]
            if page >= answer["pagination"]["pages"] or 0 < limit <= len(items):
                return items[: limit or None]
            page += 1


class HarborApi(Api):
    def every(self, path: str, limit: int = 0, **query: Any) -> list[Any]:
        """All items of a list, page after page; `limit` 0 is no limit."""
        items: list[Any] = []
        page = 1
        while True:
            answer = self.response("GET", path, page=page, page_size=_size(limit), **query)
            more = answers.content(answer)
            items += more or []
            last = not more or len(items) >= int(answer.headers.get("x-total-count", 0))
            if last or 0 < limit <= len(items):
                return items[: limit or None]
            page += 1


class Connection:
    """`url` is where the server is for clients. `platform` and `harbor` are its APIs."""

    def __init__(self, client: httpx.AsyncClient, runner: asyncio.Runner, url: str, token: str) -> None:
        self._client = client
        self._runner = runner
        self.url = url
        self.token = token
        self.platform = PlatformApi(self, "/apis/kangaroo.io/v1alpha1")
        self.harbor = HarborApi(self, "/api/v2.0")

    def request(self, method: str, path: str, **more: Any) -> httpx.Response:
        """`more` is that of httpx's `request`. Raises Problem when there is no answer."""
        return self._run(self._client.request(method, path, **more))

    def download(self, path: str, sink: BinaryIO, *, begin: Told, told: Told) -> None:
        """Into a file; `begin` learns how many bytes there are, 0 when nobody says. Raises Problem."""
        self._run(self._download(path, sink, begin, told))

    def upload(self, path: str, source: BinaryIO, total: int, heard: tuple[Told, Heard]) -> None:
        """From a file of so many bytes, 0 when nobody knows. `heard`: who is told of each piece that went, and of
        each line the server says of its own progress. Raises Problem.
        """
        self._run(self._upload(path, source, total, heard))

    async def _download(self, path: str, sink: BinaryIO, begin: Told, told: Told) -> None:
        async with self._client.stream("GET", path, timeout=_LONG_PATIENCE, follow_redirects=True) as answer:
            await _good(answer)
            begin(int(answer.headers.get("content-length", 0)))
            async for piece in answer.aiter_raw(PIECE):
                await asyncio.to_thread(sink.write, piece)
                told(len(piece))

    async def _upload(self, path: str, source: BinaryIO, total: int, heard: tuple[Told, Heard]) -> None:
        told, hear = heard
        headers = {"accept": "application/x-ndjson", "content-type": "application/octet-stream"}
        if total:
            headers["content-length"] = str(total)
        body = _pieces(source, told)
        sending = self._client.stream("POST", path, content=body, headers=headers, timeout=_LONG_PATIENCE)
        async with sending as answer:
            await _good(answer)
            async for line in answer.aiter_lines():
                hear(msgspec.json.decode(line))

    def _run(self, work: Coroutine[Any, Any, T]) -> T:
        with _as_problems(self.url):
            return self._runner.run(work)


@contextmanager
def connect(goal: Remote | Local, open_local: OpenLocal | None = None) -> Iterator[Connection]:
    """Raises Problem when what is there cannot be opened; a server is not asked anything yet."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()
        try:
            if isinstance(goal, Local):
                assert open_local is not None, "only servers are connected to without it"
                with _as_problems(str(goal.data)):
                    settings = settings_of({"data": goal.data})
                    inside = runner.run(stack.enter_async_context(open_local(settings)))
                url, token = inside.url, inside.token
                client = httpx.AsyncClient(transport=InProcess(inside.application), **_manners(url, token))
            else:
                url, token = goal.context.url, goal.context.token
                client = httpx.AsyncClient(verify=_trust(goal.context), **_manners(url, token))
            runner.run(stack.enter_async_context(client))
            yield Connection(client, runner, url, token)
        finally:
            runner.run(stack.aclose())


def connect_to(context: Context) -> AbstractContextManager[Connection]:
    """A server, before it is one of the contexts."""
    return connect(Remote(context))


def _manners(url: str, token: str) -> dict[str, Any]:
    headers = {
        "user-agent": f"kangaroo/{__version__}",
        "accept": "application/json, */*;q=0.1",
        "accept-language": language(),
    }
    if token:
        headers["authorization"] = f"Bearer {token}"
    return {"base_url": url, "headers": headers, "timeout": _PATIENCE}


def _trust(context: Context) -> ssl.SSLContext:
    """Authorities of the system, and the one that was given; nothing is checked only if that was said."""
    trust = ssl.create_default_context()
    if context.insecure:
        trust.check_hostname = False
        trust.verify_mode = ssl.CERT_NONE
    elif context.ca:
        try:
            trust.load_verify_locations(context.ca)
        except (OSError, ssl.SSLError) as error:
            problem = say("no_ca_file", path=context.ca, reason=error)
            raise Problem(Exit.USAGE, problem) from error
    return trust


def _given(query: dict[str, Any]) -> dict[str, Any]:
    words = {True: "true", False: "false"}
    return {
        name: words[value] if isinstance(value, bool) else value
        for name, value in query.items()
        if value is not None and value != ""
    }


def _size(limit: int) -> int:
    return min(limit, PAGE) if limit else PAGE


async def _good(answer: httpx.Response) -> None:
    """Raises Problem for every other answer."""
    if not answer.is_success:
        await answer.aread()
        answers.content(answer)


async def _pieces(source: BinaryIO, told: Told) -> AsyncIterator[bytes]:
    while piece := await asyncio.to_thread(source.read, PIECE):
        yield piece
        told(len(piece))


@contextmanager
def _as_problems(url: str) -> Iterator[None]:
    """Foreign exceptions stop here."""
    try:
        yield
    except Failure as failure:
        raise answers.of_failure(failure) from failure
    except httpx.ConnectError as error:
        if isinstance(reason := _root(error), ssl.SSLCertVerificationError):
            text = say("untrusted", url=url, reason=reason.verify_message)
            raise Problem(Exit.UNREACHABLE, text, say("trust_it")) from error
        text = say("unreachable", url=url, reason=_reason(reason))
        raise Problem(Exit.UNREACHABLE, text, say("check_server")) from error
    except httpx.TimeoutException as error:
        raise Problem(Exit.UNREACHABLE, say("slow", url=url), say("check_server")) from error
    except httpx.TransportError as error:
        text = say("broken", url=url, reason=_reason(_root(error)))
        raise Problem(Exit.UNREACHABLE, text, say("check_server")) from error
    except httpx.InvalidURL as error:
        raise Problem(Exit.USAGE, say("bad_url", url=url), str(error)) from error


def _root(error: BaseException) -> BaseException:
    while (deeper := error.__cause__ or error.__context__) is not None:
        error = deeper
    return error


def _reason(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno:
        return os.strerror(error.errno) if error.errno > 0 else str(error.strerror)
    return str(error) or type(error).__name__
