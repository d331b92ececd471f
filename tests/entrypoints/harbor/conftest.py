"""The Harbor dialect over all of core, on an SQLite file and content in memory."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from kangaroo.app.measured import Measured
from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.harbor import Surroundings, application
from kangaroo.entrypoints.harbor.routes import HANDLERS
from kangaroo.entrypoints.harbor.surroundings import Volume
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta import projects
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.sqlite import SqliteDatabase
from tests.conftest import apart
from tests.entrypoints.harbor.client import HarborClient

PASSWORD = "Harbor12345"


@dataclass
class Installation:
    """What a test starts from. What `volume` and `certificate` say may be changed at any time."""

    wired: Wired
    volume: Volume | None = field(default_factory=lambda: Volume(1000, 600))
    certificate: bytes | None = None
    handlers: Sequence[Any] = ()  # besides those of the dialect

    def __post_init__(self) -> None:
        self.surroundings = Surroundings(
            project_named=self._project_named,
            root_certificate=lambda: self.certificate,
            volume=self._volume,
        )
        self._dialect = application(self.wired.services, self.surroundings, (*HANDLERS, *self.handlers))
        self._measured = Measured()
        self.scope: dict[str, object] = {}  # of the last request

    async def __call__(self, scope, receive, send) -> None:
        """The application as the server has it: with a request id for everything."""
        self.scope = scope
        await self._measured.answer(self._dialect, scope, receive, send)

    async def configure(self, **changes: object) -> None:
        access = self.wired.services.access
        await access.configuring.change(await access.authenticate_basic("admin", PASSWORD, "test"), changes)

    async def _project_named(self, identity: int) -> ProjectName | None:
        return await projects.name_of(self.wired.database.lookup, identity)

    async def _volume(self) -> Volume | None:
        return self.volume


async def install(data: Path, database: Database, *handlers: Any) -> Installation:
    return Installation(assemble(Settings(data=data), database, MemoryStore()), handlers=handlers)


@pytest.fixture(scope="session")
def harbor_template(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    """A database with the user admin and the project library: a password takes a while to make."""
    data = tmp_path_factory.mktemp("harbor")
    path = data / "template.db"
    path.write_bytes(sqlite_template.read_bytes())

    async def begin() -> None:
        database = SqliteDatabase(path)
        await database.open()
        services = assemble(Settings(data=data), database, MemoryStore()).services
        await services.access.bootstrap(PASSWORD)
        await services.projects.bootstrap()
        await database.close()

    apart(lambda: asyncio.run(begin()))
    return path


@pytest.fixture
async def harbor_database(tmp_path: Path, harbor_template: Path) -> AsyncIterator[Database]:
    path = tmp_path / "kangaroo.db"
    path.write_bytes(harbor_template.read_bytes())
    database: Database = SqliteDatabase(path)
    await database.open()
    yield database
    await database.close()


@pytest.fixture
async def installation(tmp_path: Path, harbor_database: Database) -> Installation:
    return await install(tmp_path, harbor_database)


@pytest.fixture
def anonymous(installation: Installation) -> HarborClient:
    return HarborClient(installation)


@pytest.fixture
def admin(anonymous: HarborClient) -> HarborClient:
    return anonymous.signed_in("admin", PASSWORD)
