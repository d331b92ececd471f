"""Members: who may decide about them, and that they stay inside their project."""

from kangaroo.base.actors import ANONYMOUS
from kangaroo.base.errors import Code
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.core.access import Role
from tests.core.access.conftest import House, grant, refused


async def test_a_member_from_joining_to_leaving(house: House) -> None:
    p = await house.project("p")
    boss, alice = await house.user("boss", p=Role.PROJECT_ADMIN), await house.user("alice")
    members = house.access.members
    made = await members.add(boss, p, "alice", Role.GUEST)
    found = await members.get(boss, p, made)
    assert (found.name, found.role, found.entity_type, found.entity_id) == ("alice", 3, "u", alice.id)
    assert found.project_id == house.ids["p"]
    assert await house.access.roles(alice, p) == [Role.GUEST]
    await members.set_role(boss, p, made, Role.DEVELOPER)
    assert await house.access.roles(alice, p) == [Role.DEVELOPER]
    await members.remove(boss, p, made)
    assert await house.access.roles(alice, p) == []
    for action in (
        members.get(boss, p, made),
        members.set_role(boss, p, made, 1),
        members.remove(boss, p, made),
    ):
        with refused(Code.NOT_FOUND):
            await action


async def test_lists(house: House) -> None:
    p = await house.project("p")
    for name in ("carol", "alice", "bob"):
        await house.user(name, p=Role.GUEST)
    members = house.access.members
    page = await members.page(house.admin, p, Window(1, 2))
    assert ([member.name for member in page.items], page.total) == (["alice", "bob"], 3)
    assert (await members.page(house.admin, p, Window(), name="CAR")).total == 1
    assert (await members.page(house.admin, p, Window(size=0))).total == 3


async def test_what_is_refused(house: House) -> None:
    p = await house.project("p")
    await house.user("alice", p=Role.GUEST)
    robot, _ = await house.robot("ci", grant("p", "repository:pull"))
    members = house.access.members
    with refused(Code.CONFLICT):
        await members.add(house.admin, p, "alice", Role.DEVELOPER)
    for user in ("nobody", 999, robot.name):
        with refused(Code.NOT_FOUND):
            await members.add(house.admin, p, user, Role.GUEST)
    for role in (0, 6, -1):
        with refused(Code.BAD_REQUEST):
            await members.add(house.admin, p, "admin", role)
    with refused(Code.PROJECT_UNKNOWN):
        await members.add(house.admin, ProjectName("none"), "admin", Role.GUEST)


async def test_only_the_project_admin_decides_and_only_in_his_project(house: House) -> None:
    p, q = await house.project("p"), await house.project("q")
    boss = await house.user("boss", p=Role.PROJECT_ADMIN)
    weak = [await house.user(f"u{role}", p=role) for role in Role if role is not Role.PROJECT_ADMIN]
    await house.user("alice", q=Role.GUEST)
    members = house.access.members
    foreign = (await members.page(house.admin, q, Window())).items[0].id
    for actor in weak:
        for action in (
            members.add(actor, p, "alice", Role.GUEST),
            members.set_role(actor, p, foreign, Role.PROJECT_ADMIN),
            members.remove(actor, p, foreign),
        ):
            with refused(Code.FORBIDDEN):
                await action
    with refused(Code.FORBIDDEN):
        await members.page(boss, q, Window())
    for stolen in (
        members.get(boss, p, foreign),
        members.set_role(boss, p, foreign, Role.PROJECT_ADMIN),
        members.remove(boss, p, foreign),
    ):
        with refused(Code.NOT_FOUND):
            await stolen
    with refused(Code.UNAUTHORIZED):
        await members.page(ANONYMOUS, p, Window())
