"""may and require on real rows: the same answers as the rules, at once after every change, from memory or not."""

import asyncio

import pytest

from kangaroo.base.actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.core.access import Role, Sight
from kangaroo.core.access.recent import Recent
from tests.core.access.conftest import House, grant, refused

NONE = ProjectName("none")


async def test_roles_decide_in_their_project_only(house: House) -> None:
    p, q = await house.project("p"), await house.project("q", public=True)
    dev = await house.user("dev", p=Role.DEVELOPER)
    assert await house.access.may(dev, "repository", "push", p)
    assert not await house.access.may(dev, "repository", "delete", p)
    assert not await house.access.may(dev, "repository", "push", q)
    assert await house.access.may(dev, "repository", "pull", q)
    assert await house.access.may(ANONYMOUS, "repository", "pull", q)
    assert not await house.access.may(ANONYMOUS, "repository", "pull", p)
    assert await house.access.may(house.admin, "repository", "delete", p)
    assert not await house.access.may(house.admin, "repository", "scanner-pull", p)
    assert await house.access.may(SYSTEM, "repository", "scanner-pull", p)


async def test_who_is_refused_learns_nothing_about_names(house: House) -> None:
    p = await house.project("p")
    user = await house.user("alice")
    for name in (p, NONE):
        with refused(Code.FORBIDDEN):
            await house.access.require(user, "repository", "pull", name)
        with refused(Code.UNAUTHORIZED):
            await house.access.require(ANONYMOUS, "repository", "pull", name)
    with refused(Code.PROJECT_UNKNOWN):
        await house.access.require(house.admin, "repository", "pull", NONE)
    with refused(Code.PROJECT_UNKNOWN):
        await house.access.require(SYSTEM, "repository", "pull", NONE)
    everywhere, _ = await house.robot("all", grant("*", "repository:pull"))
    with refused(Code.PROJECT_UNKNOWN):
        await house.access.require(everywhere, "repository", "pull", NONE)


async def test_require_gives_the_project(house: House) -> None:
    p = await house.project("p", public=True)
    found = await house.access.require(house.admin, "project", "read", p)
    assert (found.id, found.name, found.public) == (house.ids["p"], "p", True)
    await house.access.require(house.admin, "project", "create")
    with refused(Code.FORBIDDEN):
        await house.access.require(await house.user("alice"), "project", "create")


async def test_the_system_is_for_sysadmins_and_robots_with_an_entry(house: House) -> None:
    user = await house.user("alice")
    robot, _ = await house.robot("ci", grant("/", "user:list"))
    assert await house.access.may(house.admin, "user", "list")
    assert await house.access.may(robot, "user", "list")
    assert not await house.access.may(robot, "user", "create")
    assert not await house.access.may(user, "user", "list")
    assert not await house.access.may(ANONYMOUS, "user", "list")


async def test_an_actor_that_claims_too_much_is_not_believed(house: House) -> None:
    p = await house.project("p")
    alice = await house.user("alice")
    liar = Actor(ActorKind.USER, alice.id, "alice", sysadmin=True)
    nobody = Actor(ActorKind.USER, 999, "admin", sysadmin=True)
    for actor in (liar, nobody, Actor(ActorKind.ROBOT, 999, "robot$x")):
        assert not await house.access.may(actor, "repository", "pull", p)
        assert not await house.access.may(actor, "user", "list")


async def test_memory_answers_only_what_it_knows(house: House) -> None:
    p = await house.project("p")
    dev = await house.user("dev", p=Role.DEVELOPER)
    assert house.access.cached_decision(dev, p, "pull") is None
    for _ in range(50):  # PostgreSQL tells of a change twice
        await house.access.may(dev, "repository", "pull", p)
        await house.access.may(dev, "repository", "pull", NONE)
        await asyncio.sleep(0.02)
    assert house.access.cached_decision(dev, p, "pull") is True
    assert house.access.cached_decision(dev, p, "push") is True
    assert house.access.cached_decision(dev, p, "delete") is False
    assert house.access.cached_decision(dev, NONE, "pull") is None
    house.clock.pass_by(0.003)  # somebody may have changed something
    assert house.access.cached_decision(dev, p, "pull") is None
    house.access.refresh()
    assert house.access.cached_decision(dev, p, "pull") is True
    bearer = Actor(dev.kind, dev.id, dev.name, scopes=(("p", frozenset({"pull"})),))
    assert house.access.cached_decision(bearer, p, "pull") is True
    assert house.access.cached_decision(bearer, p, "push") is False


async def test_memory_forgets_when_anything_changes_anywhere(house: House) -> None:
    p = await house.project("p")
    dev = await house.user("dev", p=Role.DEVELOPER)
    assert await house.access.may(dev, "repository", "push", p)
    await house.another_process().users.delete(house.admin, dev.id)
    house.access.refresh()
    assert house.access.cached_decision(dev, p, "push") is None
    assert not await house.access.may(dev, "repository", "push", p)


async def test_what_was_read_before_a_change_is_not_remembered_after_it(house: House) -> None:
    p = await house.project("p")
    dev = await house.user("dev", p=Role.DEVELOPER)
    facts = house.access._facts
    load, reading, changed = facts._load, asyncio.Event(), asyncio.Event()

    async def slow(*arguments: object) -> object:
        found = await load(*arguments)  # type: ignore[arg-type]
        reading.set()
        await changed.wait()
        return found

    facts._load = slow  # type: ignore[method-assign, assignment]
    asking = asyncio.create_task(house.access.may(dev, "repository", "push", p))
    await reading.wait()
    facts._load = load  # type: ignore[method-assign]
    await house.access.users.delete(house.admin, dev.id)
    house.access.refresh()
    changed.set()
    await asking
    assert house.access.cached_decision(dev, p, "push") is None
    assert not await house.access.may(dev, "repository", "push", p)


async def test_sight(house: House) -> None:
    p, q = await house.project("p"), await house.project("q")
    user = await house.user("alice", p=Role.GUEST, q=Role.GUEST)
    one, _ = await house.robot("one", grant(p, "repository:pull"), level="project")
    two, _ = await house.robot("two", grant(p, "repository:pull"), grant(q, "tag:list"))
    every, _ = await house.robot("every", grant("*", "repository:pull"))
    ids = frozenset((house.ids["p"], house.ids["q"]))
    assert await house.access.sight(house.admin) == Sight(everything=True)
    assert await house.access.sight(SYSTEM) == Sight(everything=True)
    assert await house.access.sight(user) == Sight(projects=ids)
    assert await house.access.sight(two) == Sight(projects=ids)
    assert await house.access.sight(one) == Sight(projects=frozenset({house.ids["p"]}))
    assert (await house.access.sight(every)).everything
    assert await house.access.sight(ANONYMOUS) == Sight()
    await house.access.robots.delete(house.admin, every.id)
    assert await house.access.sight(every) == Sight()


async def test_roles_and_permissions_for_screens(house: House) -> None:
    p = await house.project("p")
    user = await house.user("alice", p=Role.MAINTAINER)
    assert await house.access.roles(user, p) == [Role.MAINTAINER]
    assert await house.access.roles(house.admin, p) == []
    mine = await house.access.permissions(user, p)
    assert ("repository", "push") in mine
    assert ("project", "delete") not in mine
    assert set(mine) < set(await house.access.permissions(house.admin, p))
    assert await house.access.permissions(user) == []
    assert ("user", "create") in await house.access.permissions(house.admin)


async def test_the_maker_of_a_project_becomes_its_admin(house: House) -> None:
    p = await house.project("p")
    user = await house.user("alice")
    async with house.database.write() as transaction:
        await house.access.make_project_admin(transaction, house.ids["p"], user.id)
    assert await house.access.roles(user, p) == [Role.PROJECT_ADMIN]


async def test_many_at_once(house: House) -> None:
    """Readers while rights flip: every answer is one that was true."""
    p = await house.project("p")
    dev = await house.user("dev", p=Role.GUEST)

    async def flip() -> None:
        for number in range(30):
            await house.access.users.set_sysadmin(house.admin, dev.id, number % 2 == 0)

    async def ask() -> None:
        for _ in range(60):
            assert await house.access.may(dev, "repository", "pull", p)
            await asyncio.sleep(0)

    await asyncio.gather(flip(), *(ask() for _ in range(5)))
    assert not await house.access.may(dev, "repository", "push", p)


def test_recent_forgets_what_was_used_longest_ago() -> None:
    recent: Recent[str, int] = Recent(2)
    recent.put("a", 1)
    recent.put("b", 2)
    assert recent.get("a") == 1
    recent.put("c", 3)
    assert (recent.get("a"), recent.get("b"), recent.get("c"), len(recent)) == (1, None, 3, 2)
    recent.drop("a")
    recent.drop("a")
    assert recent.get("a") is None


async def test_a_refusal_says_what_and_where(house: House) -> None:
    p = await house.project("p")
    user = await house.user("alice")
    with pytest.raises(Failure) as caught:
        await house.access.require(user, "member", "create", p)
    assert "create" in caught.value.message()
    assert "member of project p" in caught.value.message()
