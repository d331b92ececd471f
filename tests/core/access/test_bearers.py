"""The token service and /v2: what a token says, and what it is worth after the world has changed."""

import asyncio
import base64
import json

import pytest

from kangaroo.base.actors import ANONYMOUS, SYSTEM, Actor, ActorKind
from kangaroo.base.errors import Code
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.core.access import Access, RobotSpec, Role, parse_scopes
from kangaroo.store.meta.database import ACCESS
from tests.core.access.conftest import PASSWORD, House, grant, refused

WHOLE = Window(size=0)
ALL = ["pull", "push", "delete", "scanner-pull"]


async def token(house: House, actor: Actor, *scopes: str) -> str:
    return (await house.access.issue_token(actor, parse_scopes(scopes))).token


def said(text: str) -> list[list[str]]:
    claims = json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))
    return [entry["actions"] for entry in claims["access"]]


async def seen_everywhere(house: House) -> None:
    """PostgreSQL tells of changes a moment later, once more."""
    if house.database.dialect == "postgresql":
        async with asyncio.timeout(5):
            before = None
            while before != (before := house.database.generation(ACCESS)):
                await asyncio.sleep(0.05)


async def test_a_token_carries_all_its_bearer_may_do_whatever_was_asked(house: House) -> None:
    await house.project("p")
    await house.project("open", public=True)
    cases = {
        Role.PROJECT_ADMIN: ALL[:3],
        Role.MAINTAINER: ALL[:3],
        Role.DEVELOPER: ALL[:2],
        Role.GUEST: ALL[:1],
        Role.LIMITED_GUEST: ALL[:1],
    }
    for role, actions in cases.items():
        user = await house.user(f"u{role}", p=role)
        assert said(await token(house, user, "repository:p/x:pull")) == [actions]
    stranger = await house.user("stranger")
    scopes = ("repository:p/x:pull", "repository:open/x:push repository:none/x:pull")
    assert said(await token(house, stranger, *scopes)) == [[], ["pull"], []]
    assert said(await token(house, ANONYMOUS, *scopes)) == [[], ["pull"], []]
    assert said(await token(house, house.admin, *scopes)) == [ALL[:3], ALL[:3], []]
    assert said(await token(house, house.admin)) == []


async def test_the_catalog_is_for_sysadmins_and_robots_that_may_read_it(house: House) -> None:
    user = await house.user("alice")
    reader, _ = await house.robot("reader", grant("/", "catalog:read"))
    other, _ = await house.robot("other", grant("*", "repository:pull"))
    asked = "registry:catalog:*"
    for actor in (house.admin, reader):
        text = await token(house, actor, asked)
        assert said(text) == [["*"]]
        assert await house.access.may(await house.access.verify_token(text), "catalog", "read")
    for actor in (user, other, ANONYMOUS):
        text = await token(house, actor, asked)
        assert said(text) == [[]]
        assert not await house.access.may(await house.access.verify_token(text), "catalog", "read")
    without = await house.access.verify_token(await token(house, house.admin, "repository:p/x:pull"))
    assert not await house.access.may(without, "catalog", "read")


async def test_who_bears_a_token(house: House) -> None:
    await house.project("p")
    robot, _ = await house.robot("ci", grant("p", "repository:push"), level="project")
    for actor in (house.admin, robot, ANONYMOUS):
        text = await token(house, actor, "repository:p/x:pull")
        found = await house.access.verify_token(text)
        assert (found.kind, found.id, found.name) == (actor.kind, actor.id, actor.name)
        assert house.access.cached_token(text) in (found, None)  # None: PostgreSQL had news
        assert await house.another_process().verify_token(text) == found


async def test_a_token_opens_its_project_and_no_other(house: House) -> None:
    p, q = await house.project("p"), await house.project("q")
    bearer = await house.access.verify_token(await token(house, house.admin, "repository:p/a:pull"))
    assert await house.access.may(bearer, "repository", "push", p)
    assert not await house.access.may(bearer, "repository", "pull", q)
    assert await house.access.may(bearer, "repository", "delete", p)
    assert not await house.access.may(bearer, "artifact", "delete", p)
    assert not await house.access.may(bearer, "user", "list")
    assert not await house.access.may(bearer, "repository", "pull", ProjectName("none"))
    assert (await house.access.sight(bearer)).projects == frozenset()
    with refused(Code.FORBIDDEN):
        await house.access.users.get(bearer, bearer.id)


async def test_a_token_from_a_token_is_not_wider(house: House) -> None:
    await house.project("p")
    await house.project("q")
    bearer = await house.access.verify_token(await token(house, house.admin, "repository:p/a:pull"))
    assert said(await token(house, bearer, "repository:p/a:pull", "repository:q/a:pull")) == [ALL[:3], []]


async def test_rights_taken_away_are_gone_for_tokens_already_issued(house: House) -> None:
    p = await house.project("p")
    user = await house.user("alice", p=Role.DEVELOPER)
    text = await token(house, user, "repository:p/x:push")
    other = house.another_process()
    for access in (house.access, other):
        assert await access.may(await access.verify_token(text), "repository", "push", p)
    member = (await house.access.members.page(house.admin, p, WHOLE, name="alice")).items[0]
    await other.members.set_role(house.admin, p, member.id, Role.GUEST)
    for access in (house.access, other):
        bearer = await access.verify_token(text)
        assert not await access.may(bearer, "repository", "push", p)
        assert await access.may(bearer, "repository", "pull", p)
    await other.members.set_role(house.admin, p, member.id, Role.PROJECT_ADMIN)
    bearer = await house.access.verify_token(text)
    assert await house.access.may(bearer, "repository", "push", p)
    assert not await house.access.may(bearer, "repository", "delete", p)  # not in the token


async def test_a_deleted_user_bears_nothing_and_neither_does_his_namesake(house: House) -> None:
    p = await house.project("p")
    alice = await house.user("alice", p=Role.GUEST)
    text = await token(house, alice, "repository:p/x:pull")
    bearer = await house.access.verify_token(text)
    await house.another_process().users.delete(house.admin, alice.id)
    assert not await house.access.may(bearer, "repository", "pull", p)
    with refused(Code.UNAUTHORIZED):
        await house.access.verify_token(text)
    with refused(Code.UNAUTHORIZED):
        await house.access.issue_token(alice, ())
    house.clock.pass_by(1)
    namesake = await house.user("alice", p=Role.PROJECT_ADMIN)
    assert namesake.id != alice.id
    assert not await house.access.may(alice, "repository", "pull", p)
    with refused(Code.UNAUTHORIZED):
        await house.access.verify_token(text)
    with refused(Code.UNAUTHORIZED):
        await house.access.issue_token(alice, ())


async def test_a_project_made_anew_under_an_old_name_owes_nothing_to_old_members(house: House) -> None:
    p = await house.project("p")
    user = await house.user("alice", p=Role.PROJECT_ADMIN)
    robot, _ = await house.robot("ci", grant("p", "repository:push"))
    own, _ = await house.robot("own", grant("p", "repository:push"), level="project")
    texts = [await token(house, actor, "repository:p/x:push") for actor in (user, robot)]
    await house.remove_project("p")
    await house.project("p")
    for text in texts:
        bearer = await house.access.verify_token(text)
        assert not await house.access.may(bearer, "repository", "pull", p)
    assert not await house.access.may(own, "repository", "pull", p)  # it went with its project


async def test_a_robot_disabled_deleted_or_expired_bears_nothing(house: House) -> None:
    p = await house.project("p")
    rights = (grant("p", "repository:push"),)
    for number, change in enumerate(("disable", "delete", "expire")):
        robot, _ = await house.robot(f"ci{number}", *rights, duration=1)
        text = await token(house, robot, "repository:p/x:push")
        await seen_everywhere(house)
        bearer = await house.access.verify_token(text)
        assert await house.access.may(bearer, "repository", "push", p)
        match change:
            case "disable":
                spec = RobotSpec(name=robot.name, level="system", grants=rights, disabled=True, duration=1)
                await house.access.robots.update(house.admin, robot.id, spec)
            case "delete":
                await house.access.robots.delete(house.admin, robot.id)
            case "expire":
                house.clock.pass_by(86_390)
                text = await token(house, robot, "repository:p/x:push")
                assert await house.access.verify_token(text)
                assert house.access.cached_decision(bearer, p, "push") is not False
                house.clock.pass_by(10)
        assert house.access.cached_token(text) is None
        assert house.access.cached_decision(bearer, p, "push") is None
        assert not await house.access.may(bearer, "repository", "push", p)
        with refused(Code.UNAUTHORIZED):
            await house.access.verify_token(text)


async def test_a_token_ends(house: House) -> None:
    issued = await house.access.issue_token(house.admin, ())
    await house.access.verify_token(issued.token)
    house.clock.pass_by(issued.expires_in)
    assert house.access.cached_token(issued.token) is None
    with refused(Code.UNAUTHORIZED):
        await house.access.verify_token(issued.token)


async def test_our_own_jobs_have_no_tokens_not_even_with_a_namesake(house: House) -> None:
    with refused(Code.UNAUTHORIZED):
        await house.access.issue_token(SYSTEM, ())
    with refused(Code.UNAUTHORIZED):
        await house.access.issue_token(Actor(ActorKind.USER, house.admin.id, "other"), ())


@pytest.mark.parametrize("text", ["", "x", "a.b.c"])
async def test_nonsense_is_unauthorized(house: House, text: str) -> None:
    assert house.access.cached_token(text) is None
    with refused(Code.UNAUTHORIZED):
        await house.access.verify_token(text)


async def test_the_caches_are_bounded(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kangaroo.core.access.facts._REMEMBERED", 3)
    access: Access = house.another_process()
    access.refresh()
    texts = [await token(house, house.admin) for _ in range(5)]
    for text in texts:
        await access.verify_token(text)
        await access.may(house.admin, "repository", "pull", ProjectName(f"p{texts.index(text)}"))
    state = access._facts.state
    assert max(len(state.tokens), len(state.standings)) <= 3


async def test_a_password_is_not_needed_any_more(house: House) -> None:
    text = await token(house, house.admin)
    await house.access.users.change_password(house.admin, 1, "Another1234", old=PASSWORD)
    assert await house.access.verify_token(text)
