"""All of core over each database, with content in memory and the project `library`."""

from pathlib import Path

import pytest

from kangaroo.app.wiring import Wired, assemble
from kangaroo.base.settings import Settings
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.database import Database
from tests.core.registry.shelf import Shelf


@pytest.fixture
async def wired(database: Database, tmp_path: Path) -> Wired:
    parts = assemble(Settings(data=tmp_path / "data"), database, MemoryStore())
    await parts.services.projects.bootstrap()
    return parts


@pytest.fixture
def shelf(wired: Wired) -> Shelf:
    return Shelf(wired.services)
