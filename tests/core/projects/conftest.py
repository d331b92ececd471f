"""Everything wired over each database, with content in memory: projects in core, pushes through /v2."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from kangaroo.app.wiring import assemble
from kangaroo.base.actors import Actor, Grant
from kangaroo.base.names import ProjectName
from kangaroo.base.settings import Settings
from kangaroo.core.access import Access, Profile, RobotSpec
from kangaroo.core.projects import Projects
from kangaroo.entrypoints import oci
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta.database import Database
from tests.core.access.conftest import grant, refused
from tests.entrypoints.oci.registry import PASSWORD, Registry

__all__ = ["grant", "refused"]


@dataclass
class Ground:
    """What tests start from: the user admin, no project."""

    registry: Registry
    database: Database
    access: Access
    projects: Projects
    admin: Actor

    async def project(self, name: str, *, public: bool = False) -> ProjectName:
        await self.projects.create(self.admin, ProjectName(name), public=public)
        return ProjectName(name)

    async def user(self, name: str, **roles: int) -> Actor:
        """A user with these roles: project=role."""
        user = await self.access.users.create(self.admin, name, PASSWORD, Profile(f"{name}@example.com"))
        for project, role in roles.items():
            await self.access.members.add(self.admin, ProjectName(project), user, role)
        return await self.access.user_actor(user)

    async def robot(self, name: str, *grants: Grant, level: str = "system") -> Actor:
        spec = RobotSpec(name=name, grants=grants, level=level)
        made, secret = await self.access.robots.create(self.admin, spec)
        return await self.access.authenticate_basic(made.name, secret, "test")

    async def configure(self, **changes: object) -> None:
        await self.access.configuring.change(self.admin, changes)


async def ground_over(database: Database, data: Path) -> Ground:
    services = assemble(Settings(data=data), database, MemoryStore()).services
    access = services.access
    await access.bootstrap(PASSWORD)
    admin = await access.authenticate_basic("admin", PASSWORD, "test")
    registry = Registry(oci.application(services, ""), services, database)
    return Ground(registry, database, access, services.projects, admin)


@pytest.fixture
async def ground(database: Database, tmp_path: Path) -> Ground:
    return await ground_over(database, tmp_path / "data")


@pytest.fixture
async def lawn(sqlite: Database, tmp_path: Path) -> Ground:
    """Only on SQLite: where the SQL is nothing special."""
    return await ground_over(sqlite, tmp_path / "data")
