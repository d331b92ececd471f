"""Robots: their life, their permissions, and that none makes a stronger one."""

import pytest

from kangaroo.base.actors import ANONYMOUS, Grant, Right
from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code
from kangaroo.base.names import ProjectName
from kangaroo.core.access import RobotSpec, Role
from kangaroo.core.access.robots import DAY
from tests.core.access.conftest import House, grant, listed, refused

PULL = (grant("p", "repository:pull"),)


def spec(name: str = "ci", *grants: Grant, level: str = "project", **changes: object) -> RobotSpec:
    return RobotSpec(name=name, level=level, grants=grants or PULL, **changes)  # type: ignore[arg-type]


async def test_a_robot_from_making_to_end(house: House) -> None:
    p = await house.project("p")
    robots = house.access.robots
    made, secret = await robots.create(house.admin, spec(description="for CI", duration=7))
    assert (made.name, made.level, made.project, made.project_id) == (
        "robot$p+ci",
        "project",
        "p",
        house.ids["p"],
    )
    assert (len(secret), made.state.expires_at) == (32, house.clock.at + 7 * DAY)
    assert await robots.get(house.admin, made.id) == made
    actor = await house.access.authenticate_basic(made.name, secret, "here")
    assert await house.access.may(actor, "repository", "pull", p)
    assert not await house.access.may(actor, "repository", "push", p)
    wider = spec("robot$p+ci", grant("p", "repository:push"), duration=7)
    await robots.update(house.admin, made.id, wider)
    assert await house.access.may(actor, "repository", "push", p)
    assert await house.access.may(actor, "repository", "pull", p)
    assert (await robots.get(house.admin, made.id)).state.description == ""
    await robots.delete(house.admin, made.id)
    for action in (
        robots.get(house.admin, made.id),
        robots.delete(house.admin, made.id),
        robots.update(house.admin, made.id, wider),
        robots.refresh_secret(house.admin, made.id),
    ):
        with refused(Code.NOT_FOUND):
            await action


async def test_secrets_are_replaced(house: House) -> None:
    actor, first = await house.robot("ci", grant("*", "repository:pull"))
    robots = house.access.robots
    second = await robots.refresh_secret(house.admin, actor.id)
    with refused(Code.UNAUTHORIZED):
        await house.access.authenticate_basic(actor.name, first, "here")
    assert await house.access.authenticate_basic(actor.name, second, "here")
    assert await robots.refresh_secret(house.admin, actor.id, "Chosen1234") == "Chosen1234"
    assert await house.access.authenticate_basic(actor.name, "Chosen1234", "here")
    with refused(Code.BAD_REQUEST):
        await robots.refresh_secret(house.admin, actor.id, "weak")


async def test_ends(house: House) -> None:
    await house.project("p")
    robots = house.access.robots
    start = house.clock.at
    default, _ = await robots.create(house.admin, spec("a", duration=0))
    assert (default.state.duration, default.state.expires_at) == (30, start + 30 * DAY)
    ever, _ = await robots.create(house.admin, spec("b", duration=-1))
    assert ever.state.expires_at is None
    hour, _ = await robots.create(house.admin, spec("c", expires_at=start + 3600 * SECOND))
    assert hour.state.expires_at == start + 3600 * SECOND
    house.clock.pass_by(1000)
    await robots.update(house.admin, ever.id, spec("b", duration=5))
    assert (await robots.get(house.admin, ever.id)).state.expires_at == start + 5 * DAY
    await robots.update(house.admin, hour.id, spec("c", duration=-1, disabled=True))
    kept = (await robots.get(house.admin, hour.id)).state
    assert (kept.expires_at, kept.disabled) == (start + 3600 * SECOND, True)


@pytest.mark.parametrize(
    "wrong",
    [
        spec("CI"),
        spec(""),
        spec("a+b"),
        spec("x" * 256),
        spec(duration=-2),
        spec(duration=10**9),
        spec(level="other"),
        spec(description="\0"),
        spec("ci", grant("*", "repository:pull")),
        spec("ci", grant("/", "catalog:read")),
        spec("ci", grant("p", "repository:everything")),
        RobotSpec(name="ci", level="system", grants=()),
    ],
)
async def test_what_nobody_may_ask_for(house: House, wrong: RobotSpec) -> None:
    await house.project("p")
    with refused(Code.BAD_REQUEST):
        await house.access.robots.create(house.admin, wrong)


async def test_projects_must_exist_and_names_be_free(house: House) -> None:
    robots = house.access.robots
    with refused(Code.PROJECT_UNKNOWN):
        await robots.create(house.admin, spec())
    with refused(Code.PROJECT_UNKNOWN):
        await robots.create(house.admin, spec(level="system"))
    with refused(Code.NAME_INVALID):
        await robots.create(house.admin, spec("ci", grant("P/..", "repository:pull"), level="system"))
    await house.project("p")
    await robots.create(house.admin, spec())
    await robots.create(house.admin, spec(level="system"))
    for level in ("project", "system"):
        with refused(Code.CONFLICT):
            await robots.create(house.admin, spec(level=level))


async def test_name_level_and_project_stay(house: House) -> None:
    await house.project("p")
    await house.project("q")
    made, _ = await house.access.robots.create(house.admin, spec())
    for other in (spec("other"), spec(level="system"), spec("ci", grant("q", "repository:pull"))):
        with refused(Code.BAD_REQUEST):
            await house.access.robots.update(house.admin, made.id, other)


async def test_lists_by_level(house: House) -> None:
    p, q = await house.project("p"), await house.project("q")
    for name in ("b", "a"):
        await house.access.robots.create(house.admin, spec(name))
    await house.access.robots.create(house.admin, spec("c", level="system"))
    page = await house.access.robots.page(house.admin, listed(1, 1), p)
    assert ([robot.name for robot in page.items], page.total) == (["robot$p+a"], 2)
    assert [robot.name for robot in (await house.access.robots.page(house.admin, listed())).items] == [
        "robot$c"
    ]
    assert (await house.access.robots.page(house.admin, listed(), q)).items == []


async def test_a_project_that_is_gone_is_not_shown_in_permissions(house: House) -> None:
    await house.project("p")
    await house.project("q")
    grants = (grant("p", "repository:pull"), grant("q", "repository:pull"), grant("*", "tag:list"))
    actor, _ = await house.robot("ci", *grants)
    own, _ = await house.robot("own", grant("p", "repository:pull"), level="project")
    await house.remove_project("p")
    shown = await house.access.robots.get(house.admin, actor.id)
    assert [one.namespace for one in shown.state.grants] == ["q", "*"]
    with refused(Code.NOT_FOUND):
        await house.access.robots.get(house.admin, own.id)


async def test_project_admins_have_robots_in_their_project_only(house: House) -> None:
    p = await house.project("p")
    await house.project("q")
    boss = await house.user("boss", p=Role.PROJECT_ADMIN)
    guest = await house.user("guest", p=Role.GUEST)
    robots = house.access.robots
    made, _ = await robots.create(boss, spec("ci", grant("p", "member:create", "repository:push")))
    assert (await robots.page(guest, listed(), p)).total == 1
    foreign, _ = await robots.create(house.admin, spec("ci", grant("q", "repository:pull")))
    system, _ = await robots.create(house.admin, spec("ci", level="system"))
    for action in (
        robots.create(boss, spec("x", level="system")),
        robots.create(boss, spec("x", grant("q", "repository:pull"))),
        robots.get(boss, foreign.id),
        robots.delete(boss, foreign.id),
        robots.refresh_secret(boss, system.id),
        robots.update(boss, system.id, spec("ci", level="system")),
        robots.page(boss, listed()),
        robots.create(guest, spec("x")),
        robots.refresh_secret(guest, made.id),
        robots.delete(guest, made.id),
    ):
        with refused(Code.FORBIDDEN):
            await action
    for action in (robots.get(ANONYMOUS, made.id), robots.create(ANONYMOUS, spec("x"))):
        with refused(Code.UNAUTHORIZED):
            await action


async def test_a_robot_passes_on_no_more_than_it_has(house: House) -> None:
    p = await house.project("p")
    await house.project("q")
    maker, _ = await house.robot("maker", grant("/", "robot:create"), grant("p", "repository:push"))
    robots = house.access.robots
    child, secret = await robots.create(maker, spec("x", level="system"))
    actor = await house.access.authenticate_basic(child.name, secret, "here")
    assert await house.access.may(actor, "repository", "pull", p)
    for grants in (
        (grant("q", "repository:pull"),),
        (grant("*", "repository:pull"),),
        (grant("p", "repository:push", "repository:delete"),),
        (grant("/", "user:create"),),
    ):
        with refused(Code.DENIED):
            await robots.create(maker, spec("y", *grants, level="system"))
    inner, _ = await house.robot("inner", grant("p", "robot:create", "tag:list"), level="project")
    await robots.create(inner, spec("z", grant("p", "tag:list")))
    with refused(Code.DENIED):
        await robots.create(inner, spec("w", grant("p", "repository:pull")))
    with refused(Code.FORBIDDEN):
        await robots.create(inner, spec("w", grant("p", "tag:list"), level="system"))


async def test_deny_wins(house: House) -> None:
    p, q = await house.project("p"), await house.project("q")
    denied = Grant("project", "q", (Right("repository", "pull", "deny"),))
    actor, _ = await house.robot("ci", grant("*", "repository:push"), denied)
    assert await house.access.may(actor, "repository", "pull", p)
    assert not await house.access.may(actor, "repository", "pull", q)
    assert (await house.access.robots.get(house.admin, actor.id)).state.grants[1].access[0].effect == "deny"


async def test_no_project_robot_reaches_another_project(house: House) -> None:
    await house.project("p")
    q = await house.project("q")
    shown = await house.project("shown", public=True)
    actor, _ = await house.robot("ci", grant("p", "repository:push", "project:delete"), level="project")
    for name in (q, ProjectName("none")):
        assert not await house.access.may(actor, "repository", "pull", name)
    assert await house.access.may(actor, "repository", "pull", shown)  # as everybody
    assert not await house.access.may(actor, "repository", "push", shown)
    assert not await house.access.may(actor, "project", "list")
