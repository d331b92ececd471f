"""The platform dialect over all of core, on an SQLite file and content in memory."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from kangaroo.app.measured import Measured
from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.actors import Actor
from kangaroo.base.settings import Settings
from kangaroo.core.access import Profile
from kangaroo.core.services import Services
from kangaroo.entrypoints.platform import Surroundings, application
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.sqlite import SqliteDatabase
from tests.conftest import apart
from tests.entrypoints.platform.client import PlatformClient

PASSWORD = "Harbor12345"


@dataclass
class Site:
    """What a test starts from; an ASGI application."""

    wired: Wired
    scope: dict[str, object] = field(default_factory=dict)  # of the last request

    def __post_init__(self) -> None:
        self._dialect = application(self.wired.services, Surroundings())
        self._measured = Measured()

    async def __call__(self, scope, receive, send) -> None:
        self.scope = scope
        await self._measured.answer(self._dialect, scope, receive, send)

    @property
    def services(self) -> Services:
        return self.wired.services

    async def admin(self) -> Actor:
        return await self.services.access.authenticate_basic("admin", PASSWORD, "test")

    async def user(self, name: str) -> Actor:
        made = await self.services.access.users.create(
            await self.admin(), name, PASSWORD, Profile(f"{name}@example.com")
        )
        return await self.services.access.user_actor(made)


@pytest.fixture(scope="session")
def site_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """The data folder of a first start: a password takes a while to make."""
    data = tmp_path_factory.mktemp("platform")
    path = data / "template.db"
    path.write_bytes(sqlite_template.read_bytes())

    async def begin() -> None:
        database = SqliteDatabase(path)
        await database.open()
        services = assemble(Settings(data=data), database, MemoryStore()).services
        await services.access.bootstrap(PASSWORD)
        await services.projects.bootstrap()
        await services.instances.bootstrap()
        await database.close()

    apart(lambda: asyncio.run(begin()))
    return path


@pytest.fixture
async def site_database(tmp_path: Path, site_template: Path) -> AsyncIterator[Database]:
    path = tmp_path / "kangaroo.db"
    path.write_bytes(site_template.read_bytes())
    database: Database = SqliteDatabase(path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def site(tmp_path: Path, site_database: Database) -> AsyncIterator[Site]:
    made = Site(assemble(Settings(data=tmp_path), site_database, MemoryStore()))
    yield made
    await made.services.clusters.opener.close()
    await made.services.instances.opener.close()


@pytest.fixture
def nobody(site: Site) -> PlatformClient:
    return PlatformClient(site)


@pytest.fixture
def admin(nobody: PlatformClient) -> PlatformClient:
    return nobody.signed_in("admin", PASSWORD)
