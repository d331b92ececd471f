"""The built-in registry keeps the promises of every client of a remote one: the same suite, in this process."""

import pytest

from kangaroo.base.actors import SYSTEM, Actor, ActorKind, Grant, Right
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.core.instances import BuiltIn, ImageName, Inside, Kind, SpaceName
from kangaroo.remote.policies import RobotSpec
from tests.contract.remotes import Remote, push
from tests.contract.test_remote import (  # noqa: F401  the suite
    TestArtifacts,
    TestContent,
    TestIdentity,
    TestImages,
    TestSpaces,
)
from tests.entrypoints.platform.conftest import Site


def inside(site: Site) -> Inside:
    services, wired = site.services, site.wired
    return Inside(services.access, services.projects, services.registry, wired.database, wired.content)


@pytest.fixture
def remote(site: Site) -> Remote:
    return Remote(BuiltIn(inside(site), SYSTEM), Kind.HARBOR, "library")


async def test_a_part_of_the_name_is_of_the_image(remote):
    for name in ("nginx", "library-tools", "a/y"):
        await push(remote.registry.content, ImageName.parse("library", name))
    images = remote.registry.images
    space = SpaceName("library")
    for fuzzy, expected in [
        ("LIB", ["library-tools"]),
        ("y", ["a/y", "library-tools"]),
        ("y/n", []),
        ("a/y", ["a/y"]),
        ("gin", ["nginx"]),
    ]:
        page = await images.page(space, Window(), fuzzy)
        assert ([one.name.name for one in page.items], page.total) == (expected, len(expected)), fuzzy
    cut = await images.page(space, Window(2, 1), "y")
    assert ([one.name.name for one in cut.items], cut.total) == (["library-tools"], 2)


async def test_names_we_cannot_have(remote):
    for call in (
        remote.registry.spaces.get(SpaceName.parse("Upper")),
        remote.registry.images.get(ImageName.split("flat")),
        remote.registry.images.page(SpaceName("/"), Window()),
    ):
        with pytest.raises(Failure) as caught:
            await call
        assert caught.value.code is Code.NOT_FOUND


async def test_it_acts_under_the_name_of_who_asked(site):
    jane = Actor(ActorKind.USER, 7, "jane")
    await BuiltIn(inside(site), jane).spaces.create(SpaceName("team"), public=False)
    found = await site.services.projects.get(SYSTEM, ProjectName("team"))
    assert found.metadata["public"] == "false"


async def test_robots(site):
    robots = BuiltIn(inside(site), SYSTEM).robots
    grant = Grant("project", "library", (Right("repository", "pull"),))
    made = await robots.create(RobotSpec("puller", (grant,)))
    assert made.secret
    assert made.expires is None
    found = await robots.find("puller")
    assert found is not None
    assert (found.id, found.username, found.secret) == (made.id, made.username, "")
    actor = await site.services.access.authenticate_basic(made.username, made.secret, "test")
    assert actor.kind is ActorKind.ROBOT
    secret = await robots.refresh(made.id)
    assert secret != made.secret
    await robots.update(made.id, RobotSpec("puller", (grant,), days=3, description="d"))
    changed = await robots.find("puller")
    assert changed is not None
    assert changed.expires is not None
    await robots.delete(made.id)
    assert await robots.find("puller") is None
    assert await robots.find("nobody") is None
