"""A registry over each database, spoken to in process."""

from pathlib import Path

import pytest

from kangaroo.app.wiring import assemble
from kangaroo.base.actors import SYSTEM
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.entrypoints import oci
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.database import Database
from tests.entrypoints.oci.registry import PASSWORD, Registry


@pytest.fixture
async def registry(database: Database, tmp_path: Path) -> Registry:
    """With the projects library (public) and private."""
    parts = assemble(Settings(data=tmp_path / "data"), database, MemoryStore())
    await parts.services.access.bootstrap(PASSWORD)
    await parts.services.projects.bootstrap()
    await parts.services.projects.create(SYSTEM, ProjectName("private"))
    return Registry(oci.application(parts.services, ""), parts.services, database)
