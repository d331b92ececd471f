"""A server like the real one, with a small application: what the tests of the supervisor start.

    python -m tests.app.standin FOLDER '{"port": 0, ...}'

FOLDER holds what the test controls it by: `release` lets requests to /hold end, `broken` keeps workers from
starting, and so on.
"""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec

from kangaroo.app import metrics
from kangaroo.app.frame import Frame, Routes, operator_routes
from kangaroo.app.serve import Program, serve
from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.http.asgi import Application, Receive, Scope, Send, respond

FOLDER = Path(sys.argv[1]) if len(sys.argv) > 2 else Path()


class Parts:
    async def readiness(self) -> Mapping[str, str]:
        return {"database": "", "storage": "disk gone" if _has("no-storage") else ""}

    async def observations(self) -> list[tuple[str, Mapping[str, str], float]]:
        return [("jobs", {"kind": "gc", "state": "pending"}, 2.0)]


def application(_: Settings) -> Application:
    if _has("broken"):
        raise RuntimeError("broken")
    lookups = metrics.cell("cache_lookups", cache="tags", outcome="hit")

    async def pid(_scope: Scope, _receive: Receive, send: Send) -> None:
        lookups.add()
        await _text(send, str(os.getpid()))

    @asynccontextmanager
    async def opened() -> AsyncIterator[Routes]:
        yield {"pid": pid, "hold": _hold, "echo": _echo, "fail": _fail, **operator_routes(Parts(), Parts())}
        (FOLDER / f"closed-{os.getpid()}").touch()

    return Frame(opened)


async def work(_: Settings, ready: Any) -> None:
    (FOLDER / "job-pid").write_text(str(os.getpid()))
    ready()
    try:
        await asyncio.Event().wait()
    finally:
        (FOLDER / "job-closed").touch()


def prepare(_: Settings) -> str | None:
    if _has("unprepared"):
        raise Failure(Code.UNAVAILABLE, what="database", reason="it sleeps")
    if _has("crash"):
        raise RuntimeError("crash")
    if _has("started"):
        return None
    (FOLDER / "started").touch()
    return "the-first-password"


async def _hold(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b"begun ", "more_body": True})
    while not _has("release"):
        await asyncio.sleep(0.01)
    await send({"type": "http.response.body", "body": b"done"})


async def _echo(_scope: Scope, receive: Receive, send: Send) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    await _text(send, body.decode())


async def _fail(_scope: Scope, _receive: Receive, _send: Send) -> None:
    raise RuntimeError("with the password swordfish")


async def _text(send: Send, text: str) -> None:
    await respond(send, 200, [(b"content-length", str(len(text)).encode())], text.encode())


def _has(name: str) -> bool:
    return (FOLDER / name).exists()


def main() -> int:
    given = msgspec.json.decode(sys.argv[2])
    settings = Settings(**{**given, "data": Path(given["data"])})
    try:
        return serve(settings, Program(prepare, application, work))
    except Failure as failure:
        sys.stderr.write(f"kangaroo: {failure}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
