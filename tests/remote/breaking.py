"""A network that breaks: passes bytes on to a real server, and cuts a connection after so many of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Literal
from urllib.parse import urlsplit

Way = Literal["up", "down"]


class Breaking:
    """`down` and `up`: after how many bytes connections are cut, one after the other; then they stay whole."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self._transports: set[asyncio.WriteTransport] = set()
        self.url = ""
        self.down: list[int] = []
        self.up: list[int] = []
        self.cuts = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        target_reader, target = await asyncio.open_connection(self._target.hostname, self._target.port)
        both = {writer.transport, target.transport}
        self._transports |= both
        up, down = self._pass("up", reader, target), self._pass("down", target_reader, writer)
        ways = [asyncio.ensure_future(way) for way in (up, down)]
        await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for transport in both:
            transport.abort()
        await asyncio.wait(ways)
        self._transports -= both

    def end(self) -> None:
        for transport in self._transports:
            transport.abort()

    async def _pass(self, way: Way, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        with suppress(OSError):
            while chunk := await reader.read(64 << 10):
                passed += len(chunk)
                cuts: list[int] = getattr(self, way)
                if cuts and passed > cuts[0]:
                    cuts.pop(0)
                    self.cuts += 1
                    return
                writer.write(chunk)
                await writer.drain()


@asynccontextmanager
async def breaking(url: str) -> AsyncIterator[Breaking]:
    made = Breaking(url)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
        made.end()
        await asyncio.sleep(0.05)
