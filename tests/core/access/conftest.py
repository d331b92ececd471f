"""An Access on a real database, with a clock that tests move, a signed-in admin and helpers that make the rest."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from sqlalchemy import bindparam, delete

from kangaroo.base.actors import Actor, Grant, Right
from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.core.access import Access, Profile, RobotSpec, TokenSigner, generate_signing_key
from kangaroo.store.meta import projects
from kangaroo.store.meta.database import ACCESS, Database
from kangaroo.store.meta.schema import access as tables
from kangaroo.store.meta.statements import Query

PASSWORD = "Harbor12345"
PEM = generate_signing_key()
REMOVE_PROJECT = Query(delete(tables.projects).where(tables.projects.c.id == bindparam("id")))


@dataclass
class Hands:
    """A clock at `at`."""

    at: Micros = 1_800_000_000 * SECOND

    def __call__(self) -> Micros:
        return self.at

    def pass_by(self, seconds: float) -> None:
        self.at += int(seconds * SECOND)


@dataclass
class House:
    """What tests start from."""

    database: Database
    clock: Hands
    access: Access
    admin: Actor
    ids: dict[str, int] = field(default_factory=dict)

    def another_process(self) -> Access:
        """Another Access on the same database, with nothing remembered."""
        return Access(self.database, self.clock, TokenSigner(PEM))

    async def project(self, name: str, *, public: bool = False) -> ProjectName:
        async with self.database.write() as transaction:
            self.ids[name] = await projects.add(
                transaction, ProjectName(name), owner=0, public=public, hard=-1, now=self.clock()
            )
        return ProjectName(name)

    async def remove_project(self, name: str) -> None:
        async with self.database.write() as transaction:
            await transaction.run(REMOVE_PROJECT, id=self.ids[name])
            await transaction.changed(ACCESS)

    async def user(self, name: str, **roles: int) -> Actor:
        """A user with these roles: project=role."""
        profile = Profile(f"{name}@example.com")
        user = await self.access.users.create(self.admin, name, PASSWORD, profile)
        for project, role in roles.items():
            await self.access.members.add(self.admin, ProjectName(project), user, role)
        return await self.access.user_actor(user)

    async def robot(self, name: str, *grants: Grant, **spec: object) -> tuple[Actor, str]:
        """A robot of the system, unless `level` says otherwise, and its secret."""
        wanted = RobotSpec(name=name, grants=grants, **{"level": "system", **spec})  # type: ignore[arg-type]
        made, secret = await self.access.robots.create(self.admin, wanted)
        return await self.access.authenticate_basic(made.name, secret, "test"), secret


def grant(namespace: str, *rights: str) -> Grant:
    """`grant("library", "repository:pull")`; "/" is the system."""
    pairs = [right.split(":") for right in rights]
    access = tuple(Right(resource, action) for resource, action in pairs)
    return Grant("system" if namespace == "/" else "project", namespace, access)


def listed(page: int = 1, size: int = 10) -> ListQuery:
    """A list without conditions."""
    return ListQuery(window=Window(page, size))


@contextlib.contextmanager
def refused(code: Code) -> Iterator[None]:
    with pytest.raises(Failure) as caught:
        yield
    assert caught.value.code is code, caught.value
    assert caught.value.message("zh")
    assert caught.value.message("en")


@pytest.fixture
async def house(database: Database) -> House:
    clock = Hands()
    access = Access(database, clock, TokenSigner(PEM))
    assert await access.bootstrap(PASSWORD) is None
    return House(database, clock, access, await access.authenticate_basic("admin", PASSWORD, "test"))
