"""Registering what cannot be used: each cause, provoked for real, has its own reason, within five seconds."""

import asyncio
import ssl
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from tests.remote import harbor_stand_in as harbor
from tests.remote.authority import Authority
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import USER, docker_registry, free_port, served


@asynccontextmanager
async def silent() -> AsyncIterator[str]:
    """It takes connections, and never says a word."""

    async def hold(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await asyncio.sleep(60)
        finally:
            writer.close()

    server = await asyncio.start_server(hold, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


async def page(_request: web.Request) -> web.Response:
    return web.Response(text="<html>Welcome</html>", content_type="text/html")


def website() -> web.Application:
    app = web.Application()
    app.router.add_get("/{rest:.*}", page)
    return app


class Scene:
    """Servers with something wrong, by the reason that is to be told."""

    def __init__(self, folder: Path, stack: AsyncExitStack) -> None:
        self.folder = folder
        self.stack = stack
        self.authority = Authority(folder)

    async def dns_not_found(self):
        return {"url": "http://no-such-name.invalid"}

    async def connection_refused(self):
        return {"url": f"http://127.0.0.1:{free_port()}"}

    async def timeout(self):
        return {"url": await self.stack.enter_async_context(silent())}

    async def address_forbidden(self):
        return {"url": "http://169.254.169.254"}

    async def tls_unknown_ca(self):
        return {"url": await self._secured(self.authority.issue("127.0.0.1").context())}

    async def tls_name_mismatch(self):
        """A certificate without the IP."""
        url = await self._secured(self.authority.issue("registry.test").context())
        return {"url": url, "ca": self.authority.pem}

    async def tls_expired(self):
        url = await self._secured(self.authority.issue("127.0.0.1", days=-1).context())
        return {"url": url, "ca": self.authority.pem}

    async def protocol(self):
        url = await self.stack.enter_async_context(served(website()))
        return {"url": url.replace("http:", "https:")}

    async def not_a_registry(self):
        return {"url": await self.stack.enter_async_context(served(website()))}

    async def unauthorized(self):
        url = self.stack.enter_context(docker_registry(self.folder, users=True))
        return {"url": url, "credential": {"username": USER, "password": "wrong"}}

    async def not_admin(self):
        return await self._harbor(HarborStandIn(), harbor.PLAIN, harbor.PLAIN_PASSWORD)

    async def version_too_old(self):
        return await self._harbor(HarborStandIn("v2.3.1-9e9ad1e2"), harbor.ADMIN, harbor.ADMIN_PASSWORD)

    async def _secured(self, context: ssl.SSLContext) -> str:
        return await self.stack.enter_async_context(served(website(), context))

    async def _harbor(self, stand_in, username, password):
        url = await self.stack.enter_async_context(served(stand_in.app()))
        credential = {"username": username, "password": password}
        return {"type": "HARBOR", "url": url, "credential": credential}


CAUSES = [name for name in vars(Scene) if not name.startswith("_")]
MAY_HEAL = {"dns_not_found", "connection_refused", "timeout"}


@pytest.mark.parametrize("cause", CAUSES)
async def test_a_cause(cause, admin, tmp_path):
    async with AsyncExitStack() as stack:
        wrong = await getattr(Scene(tmp_path, stack), cause)()
        began = time.monotonic()
        answer = await admin("POST", "registries", {"name": "x", "type": "DOCKER_REGISTRY"} | wrong)
        assert time.monotonic() - began < 5
    info, remedy = answer.json()["details"]
    assert info["reason"] == cause.upper(), answer.body
    assert answer.status == (503 if cause in MAY_HEAL else 400)
    assert remedy["links"][0]["description"]
    assert "wrong" not in answer.body.decode()
    assert (await admin.get("registries?fuzzyName=x"))["items"] == []  # nothing was kept
