"""A network that breaks: passes bytes on to a real server, and cuts a connection after so many of them."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from urllib.parse import urlsplit


class Breaking:
    """`down` and `up`: after how many bytes the next connections are cut, in order; then they stay whole."""

    def __init__(self, url: str) -> None:
        self._target = urlsplit(url)
        self.url = ""
        self.down: list[int] = []
        self.up: list[int] = []
        self.cuts = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, port = self._target.hostname, self._target.port
        there_reader, there_writer = await asyncio.open_connection(host, port)
        whole = (writer.transport, there_writer.transport)
        passing = [
            asyncio.create_task(self._pass(reader, there_writer, self.up, whole)),
            asyncio.create_task(self._pass(there_reader, writer, self.down, whole)),
        ]
        await asyncio.wait(passing)

    async def _pass(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        cuts: list[int],
        both: tuple[asyncio.WriteTransport, ...],
    ) -> None:
        """Answers and requests are small: only what is large is cut."""
        passed = 0
        with suppress(OSError):
            while chunk := await reader.read(64 << 10):
                passed += len(chunk)
                if cuts and passed > cuts[0]:
                    cuts.pop(0)
                    self.cuts += 1
                    for transport in both:
                        transport.abort()
                    return
                writer.write(chunk)
                await writer.drain()
            writer.close()


@asynccontextmanager
async def breaking(url: str) -> AsyncIterator[Breaking]:
    made = Breaking(url)
    server = await asyncio.start_server(made.serve, "127.0.0.1", 0)
    made.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield made
    finally:
        server.close()
