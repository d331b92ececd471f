"""An application in the same process: answers are read while they are made, and nothing is left when nobody reads."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from kangaroo.entrypoints.cli.inprocess import InProcess

PIECE = b"x" * 1000


class Echo:
    """Answers with what it is sent, piece by piece; or in the way the path says."""

    def __init__(self) -> None:
        self.sent = 0
        self.ended = asyncio.Event()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await self._answer(scope, receive, send)
        finally:
            self.ended.set()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:
        match scope["path"]:
            case "/silent":
                return
            case "/broken":
                raise ValueError("broken")
        await send(
            {"type": "http.response.start", "status": 200, "headers": [(b"x-path", scope["raw_path"])]}
        )
        if scope["path"] == "/endless":
            while True:
                await send({"type": "http.response.body", "body": PIECE, "more_body": True})
                self.sent += 1
        more = True
        while more:
            message = await receive()
            more = message["more_body"]
            await send({"type": "http.response.body", "body": message["body"], "more_body": more})
        if scope["path"] == "/waits":
            assert (await receive())["type"] == "http.disconnect"


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture
async def client(echo: Echo) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=InProcess(echo), base_url="http://here.test") as made:
        yield made


async def test_bodies_go_both_ways(client: httpx.AsyncClient) -> None:
    async def pieces() -> AsyncIterator[bytes]:
        for number in range(50):
            yield bytes([number]) * 1000

    answer = await client.post("/a%252Fb?c=d", content=pieces())
    assert answer.content == b"".join([piece async for piece in pieces()])
    assert answer.headers["x-path"] == "/a%252Fb"
    assert (await client.get("/")).content == b""


async def test_an_application_may_wait_for_the_end(client: httpx.AsyncClient, echo: Echo) -> None:
    assert (await client.post("/waits", content=b"abc")).content == b"abc"
    await asyncio.wait_for(echo.ended.wait(), 5)


async def test_nobody_reads_the_rest(client: httpx.AsyncClient, echo: Echo) -> None:
    async with client.stream("GET", "/endless") as answer:
        async for piece in answer.aiter_raw():
            assert piece == PIECE
            break
        assert echo.sent < 100  # it waits for its reader
    await asyncio.wait_for(echo.ended.wait(), 5)


async def test_what_an_application_raises_comes_out(client: httpx.AsyncClient) -> None:
    with pytest.raises(ValueError, match="broken"):
        await client.get("/broken")
    with pytest.raises(httpx.RemoteProtocolError):
        await client.get("/silent")
