"""People: who may make, change and remove them, and what names, passwords and profiles may be."""

import asyncio

import pytest

from kangaroo.base.actors import ANONYMOUS
from kangaroo.base.errors import Code
from kangaroo.base.paging import Window
from kangaroo.base.query import Contains
from kangaroo.core.access import Access, Profile, Role, TokenSigner
from kangaroo.core.access.passwords import check_strength
from kangaroo.store.meta.database import Database
from tests.core.access.conftest import PASSWORD, PEM, Hands, House, grant, listed, refused

ANOTHER = "Another1234"


async def test_the_first_start_makes_an_admin_with_a_random_password(database: Database) -> None:
    access = Access(database, Hands(), TokenSigner(PEM))
    password = await access.bootstrap(None)
    assert password is not None
    check_strength(password)
    admin = await access.authenticate_basic("admin", password, "here")
    assert (admin.id, admin.sysadmin) == (1, True)
    assert await access.bootstrap(None) is None
    assert await access.bootstrap(ANOTHER) is None  # only at the first start
    with refused(Code.UNAUTHORIZED):
        await access.authenticate_basic("admin", ANOTHER, "here")
    made = await access.users.create(admin, "alice", PASSWORD, Profile("a@example.com"))
    assert made == 2


async def test_many_processes_start_at_once(database: Database) -> None:
    starts = [Access(database, Hands(), TokenSigner(PEM)).bootstrap(None) for _ in range(4)]
    passwords = [password for password in await asyncio.gather(*starts) if password]
    assert len(passwords) == 1
    access = Access(database, Hands(), TokenSigner(PEM))
    assert await access.authenticate_basic("admin", passwords[0], "here")


async def test_a_weak_admin_password_is_refused_by_name(database: Database) -> None:
    with refused(Code.INVALID_FIELD):
        await Access(database, Hands(), TokenSigner(PEM)).bootstrap("admin")


async def test_a_user_from_making_to_end(house: House) -> None:
    users = house.access.users
    made = await users.create(house.admin, "alice", PASSWORD, Profile("a@example.com", "Alice", "dev"))
    found = await users.get(house.admin, made)
    assert (found.username, found.profile) == ("alice", Profile("a@example.com", "Alice", "dev"))
    assert (found.sysadmin, found.created_at) == (False, house.clock.at)
    await users.update(house.admin, made, Profile("b@example.com", "A", ""))
    assert (await users.get(house.admin, made)).profile == Profile("b@example.com", "A", "")
    await users.delete(house.admin, made)
    for action in (
        users.get(house.admin, made),
        users.delete(house.admin, made),
        users.update(house.admin, made, Profile("b@example.com")),
        users.set_sysadmin(house.admin, made, True),
        users.change_password(house.admin, made, ANOTHER),
    ):
        with refused(Code.NOT_FOUND):
            await action
    with refused(Code.UNAUTHORIZED):
        await house.access.user_actor(made)


async def test_names_and_addresses_are_unique(house: House) -> None:
    await house.user("alice")
    for name, email in (("alice", "x@example.com"), ("bob", "alice@example.com")):
        with refused(Code.CONFLICT):
            await house.access.users.create(house.admin, name, PASSWORD, Profile(email))
    bob = await house.user("bob")
    with refused(Code.CONFLICT):
        await house.access.users.update(house.admin, bob.id, Profile("alice@example.com"))


@pytest.mark.parametrize(
    "name",
    [
        *("", " a", "a ", "a,b", "a:b", "a$b", "robot$a", "a~b", "a#b", "a%b", "a\0b", "a\nb"),
        *("System", "anonymous", "x" * 256),
    ],
)
async def test_names_nobody_may_have(house: House, name: str) -> None:
    with refused(Code.BAD_REQUEST):
        await house.access.users.create(house.admin, name, PASSWORD, Profile("a@example.com"))


@pytest.mark.parametrize(
    "profile",
    [
        Profile(None),
        Profile(""),
        Profile("nonsense"),
        Profile("a@b"),
        Profile("a b@example.com"),
        Profile("a@example.com", realname="x" * 256),
        Profile("a@example.com", realname="a$b"),
        Profile("a@example.com", comment="x" * 31),
        Profile("a@example.com", comment="\0"),
    ],
)
async def test_profiles_nobody_may_have(house: House, profile: Profile) -> None:
    with refused(Code.BAD_REQUEST):
        await house.access.users.create(house.admin, "alice", PASSWORD, profile)


async def test_names_in_any_script(house: House) -> None:
    made = await house.access.users.create(house.admin, "张伟", PASSWORD, Profile("z@example.com", "张伟"))
    assert (await house.access.authenticate_basic("张伟", PASSWORD, "here")).id == made


async def test_lists_are_cut_filtered_and_in_order(house: House) -> None:
    for name in ("carol", "alice", "bob", "a_b", "Alex"):
        await house.user(name)
    users = house.access.users
    first = await users.page(house.admin, listed(1, 2))
    assert ([user.username for user in first.items], first.total) == (["Alex", "a_b"], 6)
    last = await users.page(house.admin, listed(3, 2))
    assert [user.username for user in last.items] == ["bob", "carol"]
    assert len((await users.page(house.admin, listed(size=0))).items) == 6
    found = await users.page(house.admin, listed().where("username", Contains("AL")))
    assert [user.username for user in found.items] == ["Alex", "alice"]
    assert [
        user.username
        for user in (await users.page(house.admin, listed().where("username", Contains("_")))).items
    ] == ["a_b"]
    assert (await users.page(house.admin, listed().where("username", Contains("%")))).total == 0
    assert (await users.page(house.admin, listed().where("email", Contains("bob@")))).total == 1
    assert (await users.page(house.admin, listed().where("username", Contains("\\")))).items == []


async def test_what_ordinary_users_may_do(house: House) -> None:
    alice, bob = await house.user("alice"), await house.user("bob")
    users = house.access.users
    assert (await users.get(alice, alice.id)).username == "alice"
    await users.update(alice, alice.id, Profile("new@example.com"))
    assert (await users.search(alice, "BO", Window())).items == [(bob.id, "bob")]
    for action in (
        users.get(alice, bob.id),
        users.page(alice, listed()),
        users.update(alice, bob.id, Profile("x@example.com")),
        users.delete(alice, bob.id),
        users.delete(alice, alice.id),
        users.set_sysadmin(alice, alice.id, True),
        users.change_password(alice, bob.id, ANOTHER, old=PASSWORD),
        users.create(alice, "carol", PASSWORD, Profile("c@example.com")),
    ):
        with refused(Code.FORBIDDEN):
            await action
    with refused(Code.UNAUTHORIZED):
        await users.search(ANONYMOUS, "", Window())
    with refused(Code.UNAUTHORIZED):
        await users.get(ANONYMOUS, 1)


async def test_nobody_removes_himself_or_the_first_user(house: House) -> None:
    alice = await house.user("alice")
    await house.access.users.set_sysadmin(house.admin, alice.id, True)
    users = house.access.users
    for action in (
        users.delete(alice, alice.id),
        users.delete(alice, 1),
        users.set_sysadmin(alice, 1, False),
    ):
        with refused(Code.FORBIDDEN):
            await action
    await users.set_sysadmin(alice, 1, True)


async def test_sysadmin_counts_at_once(house: House) -> None:
    alice = await house.user("alice")
    assert not await house.access.may(alice, "user", "list")
    await house.access.users.set_sysadmin(house.admin, alice.id, True)
    assert await house.access.may(alice, "user", "list")
    assert (await house.access.user_actor(alice.id)).sysadmin
    await house.access.users.set_sysadmin(house.admin, alice.id, False)
    assert not await house.access.may(alice, "user", "list")


async def test_ones_own_password_takes_the_old_one(house: House) -> None:
    alice = await house.user("alice")
    change = house.access.users.change_password
    with refused(Code.FORBIDDEN):
        await change(alice, alice.id, ANOTHER, old="wrong")
    for new in ("weak", PASSWORD):
        with refused(Code.BAD_REQUEST):
            await change(alice, alice.id, new, old=PASSWORD)
    await change(alice, alice.id, ANOTHER, old=PASSWORD)
    assert await house.access.authenticate_basic("alice", ANOTHER, "here")
    for _ in range(3):
        with refused(Code.FORBIDDEN):
            await change(alice, alice.id, PASSWORD, old="wrong")
    with refused(Code.TOO_MANY_REQUESTS):
        await change(alice, alice.id, PASSWORD, old=ANOTHER)


async def test_a_robot_over_users_cannot_become_a_sysadmin(house: House) -> None:
    rights = [f"user:{action}" for action in ("create", "read", "update", "delete", "list")]
    robot, _ = await house.robot("hr", grant("/", *rights))
    alice = await house.user("alice")
    users = house.access.users
    await users.change_password(robot, alice.id, ANOTHER)
    assert (await users.page(robot, listed())).total == 2
    for action in (
        users.set_sysadmin(robot, alice.id, True),
        users.change_password(robot, 1, ANOTHER),
        users.update(robot, 1, Profile("evil@example.com")),
    ):
        with refused(Code.FORBIDDEN):
            await action
    await users.set_sysadmin(house.admin, alice.id, True)
    with refused(Code.FORBIDDEN):
        await users.delete(robot, alice.id)


async def test_a_robot_is_not_the_user_with_its_number(house: House) -> None:
    robot, _ = await house.robot("one", grant("*", "repository:pull"))
    assert robot.id == house.admin.id
    with refused(Code.FORBIDDEN):
        await house.access.users.get(robot, robot.id)


async def test_members_go_with_their_user(house: House) -> None:
    p = await house.project("p")
    alice = await house.user("alice", p=Role.GUEST)
    await house.access.users.delete(house.admin, alice.id)
    assert (await house.access.members.page(house.admin, p, Window())).total == 0
