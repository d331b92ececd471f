"""A registry over each database with its blobs in a folder."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kangaroo.app.wiring import assemble
from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.store.content.filesystem import FilesystemStore
from kangaroo.store.meta.database import Database
from tests.core.gc.kit import House
from tests.entrypoints.oci.registry import PASSWORD


@pytest.fixture
async def house(database: Database, tmp_path: Path) -> AsyncIterator[House]:
    """With the projects library (public) and private."""
    content = FilesystemStore(tmp_path / "content")
    parts = assemble(Settings(data=tmp_path / "data"), database, content)
    await parts.services.access.bootstrap(PASSWORD)
    await parts.services.projects.bootstrap()
    await parts.services.projects.create(SYSTEM, ProjectName("private"))
    yield House(parts)
    await content.close()
