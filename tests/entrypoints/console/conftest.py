"""The console over all of core, on an SQLite file and content in memory."""

from collections.abc import Awaitable, Callable

import pytest

from kangaroo.app.measured import Measured
from kangaroo.entrypoints.console import Surroundings, application
from tests.entrypoints.console.client import ConsoleClient
from tests.entrypoints.platform.conftest import PASSWORD, Site, site, site_database, site_template

__all__ = ["site", "site_database", "site_template"]

SignedIn = Callable[[str], Awaitable[ConsoleClient]]


class Console:
    """The application as the server has it: with a name for every request."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._application = application(site.services, Surroundings(version="1.2.3"))
        self._measured = Measured()

    async def __call__(self, scope, receive, send) -> None:
        scope["kangaroo.route"] = "console"
        await self._measured.answer(self._application, scope, receive, send)


@pytest.fixture
def console(site: Site) -> Console:
    return Console(site)


@pytest.fixture
def nobody(console: Console) -> ConsoleClient:
    return ConsoleClient(console)


@pytest.fixture
async def admin(console: Console) -> ConsoleClient:
    return await ConsoleClient(console).sign_in("admin", PASSWORD)


@pytest.fixture
async def signed_in(site: Site, console: Console) -> SignedIn:
    """Somebody by name; he is made if there is none yet."""
    known: set[str] = set()

    async def sign_in(name: str) -> ConsoleClient:
        if name not in known:
            await site.user(name)
            known.add(name)
        return await ConsoleClient(console).sign_in(name, PASSWORD)

    return sign_in
