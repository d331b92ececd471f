"""Groups: a user's roles are the union of his own and his groups', here and now, on every server."""

import pytest

from kangaroo.base.actors import ANONYMOUS, Actor
from kangaroo.base.errors import Code
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.core.access import GroupRef, Role
from kangaroo.core.access.external import Membership, Person
from tests.core.access.conftest import House, grant, refused


def person(subject: str = "s", *groups: str, **changes: object) -> Person:
    memberships = tuple(Membership(name) for name in groups)
    values = {"provider": "oidc", "subject": f"https://issuer {subject}", "username": subject} | changes
    return Person(groups=memberships, **values)  # type: ignore[arg-type]


async def entered(house: House, who: Person) -> Actor:
    """As after a sign-in through an OpenID provider."""
    return await house.access.user_actor(await house.access.oidc._external.admit(who))


async def test_roles_are_the_union(house: House) -> None:
    p = await house.project("p")
    alice = await entered(house, person("alice", "devs", "ops"))
    access = house.access
    assert await access.roles(alice, p) == []
    member = await access.members.add_group(house.admin, p, GroupRef(name="devs", kind=3), Role.DEVELOPER)
    assert await access.roles(alice, p) == [Role.DEVELOPER]
    await access.members.add(house.admin, p, alice.id, Role.GUEST)
    await access.members.add_group(house.admin, p, GroupRef(name="ops", kind=3), Role.PROJECT_ADMIN)
    assert await access.roles(alice, p) == [Role.PROJECT_ADMIN, Role.DEVELOPER, Role.GUEST]
    assert await access.may(alice, "repository", "push", p)
    await access.members.remove(house.admin, p, member)
    assert await house.another_process().roles(alice, p) == [Role.PROJECT_ADMIN, Role.GUEST]


async def test_what_a_group_sees(house: House) -> None:
    p, q = await house.project("p"), await house.project("q")
    alice = await entered(house, person("alice", "devs"))
    await house.access.members.add_group(house.admin, p, GroupRef(name="devs", kind=3), Role.GUEST)
    assert (await house.access.sight(alice)).projects == {house.ids["p"]}
    assert not await house.access.may(alice, "repository", "pull", q)


async def test_a_number_of_a_group_is_not_that_of_a_user(house: House) -> None:
    """Members name users and groups by number: the kinds must not be mixed up."""
    p = await house.project("p")
    users = [await house.user(f"u{number}") for number in range(4)]
    groups = [await house.access.groups.create(house.admin, f"g{number}", 3) for number in range(8)]
    same = next(user for user in users if user.id in groups)
    await house.access.members.add_group(house.admin, p, GroupRef(id=same.id), Role.PROJECT_ADMIN)
    assert await house.access.roles(same, p) == []


async def test_leaving_and_joining_count_at_once(house: House) -> None:
    p = await house.project("p")
    alice = await entered(house, person("alice", "devs"))
    await house.access.members.add_group(house.admin, p, GroupRef(name="devs", kind=3), Role.GUEST)
    assert await house.access.roles(alice, p) == [Role.GUEST]
    await entered(house, person("alice"))
    assert await house.access.roles(alice, p) == []
    await entered(house, person("alice", "devs"))
    assert await house.access.roles(alice, p) == [Role.GUEST]


async def test_the_end_of_a_group(house: House) -> None:
    p = await house.project("p")
    alice = await entered(house, person("alice", "devs"))
    group = (await house.access.groups.search(alice, "devs", Window())).items[0]
    await house.access.members.add_group(house.admin, p, GroupRef(id=group.id), Role.GUEST)
    await house.access.groups.delete(house.admin, group.id)
    assert await house.access.roles(alice, p) == []
    assert (await house.access.members.page(house.admin, p, Window(), name="devs")).total == 0


async def test_a_sysadmin_by_group(house: House) -> None:
    alice = await entered(house, person("alice", sysadmin=True))
    assert alice.sysadmin
    assert await house.access.may(alice, "user", "list")
    found = await house.access.users.get(alice, alice.id)
    assert (found.sysadmin, found.group_sysadmin) == (False, True)
    again = await entered(house, person("alice"))
    assert not again.sysadmin
    assert not await house.access.may(alice, "user", "list")


async def test_a_robot_has_no_power_over_a_sysadmin_by_group(house: House) -> None:
    alice = await entered(house, person("alice", sysadmin=True))
    robot, _ = await house.robot("hr", grant("/", "user:update", "user:delete"))
    with refused(Code.FORBIDDEN):
        await house.access.users.delete(robot, alice.id)


async def test_two_people_with_one_name(house: House) -> None:
    await house.user("alice")
    with refused(Code.CONFLICT):
        await entered(house, person("alice"))
    with refused(Code.CONFLICT):
        await entered(house, person("alice", provider="ldap"))


async def test_who_may_what(house: House) -> None:
    alice = await house.user("alice")
    groups = house.access.groups
    made = await groups.create(house.admin, "devs", 3)
    for action in (
        groups.create(alice, "ops", 3),
        groups.get(alice, made),
        groups.page(alice, Window()),
        groups.rename(alice, made, "x"),
        groups.delete(alice, made),
    ):
        with refused(Code.FORBIDDEN):
            await action
    assert (await groups.search(alice, "DEV", Window())).total == 1
    with refused(Code.UNAUTHORIZED):
        await groups.search(ANONYMOUS, "dev", Window())


@pytest.mark.parametrize("name", ["", "x" * 256, "a\0b", "a\nb"])
async def test_names_nobody_may_give(house: House, name: str) -> None:
    with refused(Code.BAD_REQUEST):
        await house.access.groups.create(house.admin, name, 3)


async def test_a_member_group_needs_the_right_in_its_project(house: House) -> None:
    p, _ = await house.project("p"), await house.project("q")
    boss = await house.user("boss", q=Role.PROJECT_ADMIN)
    group = await house.access.groups.create(house.admin, "devs", 3)
    with refused(Code.FORBIDDEN):
        await house.access.members.add_group(boss, p, GroupRef(id=group), Role.GUEST)
    await house.access.members.add_group(boss, ProjectName("q"), GroupRef(id=group), Role.GUEST)
    with refused(Code.NOT_FOUND):
        await house.access.members.add_group(boss, ProjectName("q"), GroupRef(id=999), Role.GUEST)
