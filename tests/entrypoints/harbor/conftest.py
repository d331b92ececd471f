"""The Harbor dialect over all of core, on an SQLite file and content in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from sqlalchemy import bindparam, select

from kangaroo.app.measured import Measured
from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.harbor import Configuration, Surroundings, application
from kangaroo.entrypoints.harbor.app import litestar
from kangaroo.entrypoints.harbor.routes import HANDLERS
from kangaroo.entrypoints.harbor.surroundings import Volume
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.schema.access import projects
from kangaroo.store.meta.statements import Query
from tests.entrypoints.harbor.client import HarborClient

PASSWORD = "Harbor12345"
_NAME = Query(select(projects.c.name).where(projects.c.id == bindparam("id")))


@dataclass
class Installation:
    """What a test starts from. What `configuration` and `volume` say may be changed at any time."""

    wired: Wired
    configuration: Configuration = field(default_factory=Configuration)
    volume: Volume | None = field(default_factory=lambda: Volume(1000, 600))
    certificate: bytes | None = None
    handlers: Sequence[Any] = ()  # besides those of the dialect

    def __post_init__(self) -> None:
        self.surroundings = Surroundings(
            session_key=b"k" * 32,
            project_named=self._project_named,
            configuration=self._configuration,
            root_certificate=lambda: self.certificate,
            volume=self._volume,
        )
        self._dialect = application(self.wired.services, self.surroundings, (*HANDLERS, *self.handlers))
        self._measured = Measured()
        self.scope: dict[str, object] = {}  # of the last request

    @cached_property
    def framework(self) -> Litestar:
        """For looking at its routes."""
        return litestar(self.wired.services, self.surroundings, HANDLERS)

    async def __call__(self, scope, receive, send) -> None:
        """The application as the server has it: with a request id for everything."""
        self.scope = scope
        await self._measured.answer(self._dialect, scope, receive, send)

    def configure(self, **changes: object) -> None:
        self.configuration = replace(self.configuration, **changes)  # type: ignore[arg-type]

    async def _project_named(self, identity: int) -> ProjectName | None:
        name = await self.wired.database.lookup.scalar(_NAME, id=identity)
        return None if name is None else ProjectName(name)

    async def _configuration(self) -> Configuration:
        return self.configuration

    async def _volume(self) -> Volume | None:
        return self.volume


async def install(data: Path, database: Database, *handlers: Any) -> Installation:
    wired = assemble(Settings(data=data), database, MemoryStore())
    await wired.services.access.bootstrap(PASSWORD)
    await wired.services.projects.bootstrap()
    return Installation(wired, handlers=handlers)


@pytest.fixture
async def installation(tmp_path: Path, sqlite: Database) -> Installation:
    return await install(tmp_path, sqlite)


@pytest.fixture
def anonymous(installation: Installation) -> HarborClient:
    return HarborClient(installation)


@pytest.fixture
def admin(anonymous: HarborClient) -> HarborClient:
    return anonymous.signed_in("admin", PASSWORD)
