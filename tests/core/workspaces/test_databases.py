"""The statements of this subject on both databases: one story that runs them all, without a dialect before it."""

import pytest

from kangaroo.app.wiring import assemble
from kangaroo.base.actors import SYSTEM, Actor, ActorKind
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.base.settings import Settings
from kangaroo.core.access import Profile
from kangaroo.core.instances import BUILT_IN, PLATFORM, Point, SpaceName
from kangaroo.core.workspaces import Choice, Outlook
from kangaroo.store.content.memory import MemoryStore
from kangaroo.store.meta import groups, tokens_temporary
from kangaroo.store.meta.database import Database, Duplicate
from kangaroo.store.meta.tokens_temporary import STANDING, NewCredential

SECRET, OPEN = SpaceName("secret"), SpaceName("open")


@pytest.fixture
async def services(database: Database, tmp_path):
    made = assemble(Settings(data=tmp_path), database, MemoryStore()).services
    await made.instances.bootstrap()
    await made.projects.create(SYSTEM, ProjectName("secret"))
    await made.projects.create(SYSTEM, ProjectName("open"), public=True)
    yield made
    await made.instances.opener.close()


async def user(services, name: str) -> Actor:
    made = await services.access.users.create(SYSTEM, name, "Harbor12345", Profile(f"{name}@example.com"))
    return Actor(ActorKind.USER, made, name)


async def seen(services, actor: Actor, workspace: int | None, **choice) -> list[str]:
    page = await services.workspaces.spaces.page(
        actor, Outlook(workspace), BUILT_IN, Window(1, 10), Choice(**choice)
    )
    assert page.total == len(page.items)
    return [one.space.name for one in page.items]


async def test_a_workspace_from_beginning_to_end(services):
    ours = services.workspaces
    ann = await user(services, "ann")
    team = (await ours.directory.create(SYSTEM, "Team", "of ours")).id
    one = await ours.members.add(SYSTEM, team, "user", "ann", "Workspace Editor")
    await ours.bindings.change(SYSTEM, BUILT_IN, SECRET, "add", [team])
    assert await seen(services, ann, team) == ["open", "secret"]
    assert await seen(services, ann, None) == ["open"]
    assert await seen(services, ann, team, public=False) == ["secret"]
    assert await seen(services, ann, team, bound=True, fuzzy="SEC") == ["secret"]
    issued = await ours.credentials.login(ann, team, BUILT_IN, 60)
    robot = await services.access.authenticate_basic(issued.username, issued.secret, "test")
    for space, may in (("secret", True), ("open", False)):
        assert await services.access.may(robot, "repository", "push", ProjectName(space)) is may
    kept = await ours.credentials.standing(ann, team, BUILT_IN)
    assert (await ours.credentials.standing(ann, team, BUILT_IN)).secret == kept.secret
    with pytest.raises(Failure) as caught:
        await ours.directory.delete(SYSTEM, team)
    assert caught.value.code is Code.REFERENCED
    page = await ours.administration.page(SYSTEM, BUILT_IN, Window(1, 10), only_bound=True)
    assert [(space.name, space.workspaces) for space in page.items] == [("secret", [team])]
    await ours.bindings.change(SYSTEM, BUILT_IN, SECRET, "remove", [team])
    assert await seen(services, ann, team) == ["open"]
    assert not await services.access.may(robot, "repository", "push", ProjectName("secret"))
    await ours.members.set_role(SYSTEM, team, one, "Workspace Viewer")
    with pytest.raises(Failure):
        await services.access.authenticate_basic(issued.username, issued.secret, "test")
    await ours.members.remove(SYSTEM, team, one)
    await ours.directory.delete(SYSTEM, team)
    assert (await ours.directory.page(SYSTEM, Window())).total == 0


async def test_roles_by_group(services, database):
    ours = services.workspaces
    ann = await user(services, "ann")
    team = (await ours.directory.create(SYSTEM, "Team")).id
    async with database.write() as transaction:
        group = await groups.add(transaction, "Builders", 2, "", 1)
        await groups.set_of_user(transaction, ann.id, join=[group], leave=[])
    await ours.roles.create(SYSTEM, "workspace", "Pusher", ["CreateImage"])
    await ours.members.add(SYSTEM, team, "group", "Builders", "Pusher")
    await ours.members.add(SYSTEM, PLATFORM, "group", "Builders", "Kangaroo Owner")
    assert await ours.authority(ann, team) == {Point.CREATE_IMAGE, Point.GET_IMAGE}
    assert Point.BIND_REGISTRY_SPACE in await ours.authority(ann)
    shown = await ours.members.page(ann, team, Window(1, 10), "BUILD")
    assert [(one.kind, one.name, one.role) for one in shown.items] == [("g", "Builders", "Pusher")]
    assert [one.name for one in (await ours.directory.page(ann, Window(1, 10), "tea")).items] == ["Team"]
    await ours.bindings.change(SYSTEM, BUILT_IN, SECRET, "replace", [team])
    issued = await ours.credentials.login(ann, team, BUILT_IN)
    async with database.write() as transaction:
        await groups.set_of_user(transaction, ann.id, join=[], leave=[group])
    assert (await ours.jobs.tend(None))["lost"] == 1
    with pytest.raises(Failure):
        await services.access.authenticate_basic(issued.username, issued.secret, "test")
    found = await ours.explaining.space(ann, BUILT_IN, SECRET)
    assert (found.sees, found.why) == (False, "not_member")


async def test_one_standing_robot_for_each_place(services, database):
    instance = (await services.workspaces.looking.instances(SYSTEM, Outlook(None), Window())).items[0].id
    team = (await services.workspaces.directory.create(SYSTEM, "Team")).id
    new = NewCredential(instance=instance, workspace=team, user=0, purpose=STANDING)
    async with database.write() as transaction:
        first = await tokens_temporary.add(transaction, new, 1)
    with pytest.raises(Duplicate):
        async with database.write() as transaction:
            await tokens_temporary.add(transaction, new, 1)
    async with database.write() as transaction:
        await tokens_temporary.end(transaction, [first], 2)
    async with database.write() as transaction:
        await tokens_temporary.add(transaction, new, 3)


async def test_tokens(services):
    ann, tokens = await user(services, "ann"), services.access.api_tokens
    made = await tokens.create(ann, "ci", 1)
    assert await tokens.authenticate(made.secret) == ann
    assert (await tokens.page(ann, Window(1, 10))).items[0].used_at is not None
    with pytest.raises(Failure):
        await tokens.create(ann, "ci")
    await tokens.revoke(ann, made.token.id)
    with pytest.raises(Failure):
        await tokens.authenticate(made.secret)
