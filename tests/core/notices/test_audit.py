"""The audit log: what is noted, with what it tells of or not at all, what is left out, and who reads it."""

import pytest

from kangaroo.base.actors import ANONYMOUS, Actor
from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, RepositoryName, Tag
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery, parse_list_query
from kangaroo.core.access import GroupRef, Role
from kangaroo.core.access.journal import EVENT_TYPES, Deed
from kangaroo.core.notices import Audit, Notice, View
from kangaroo.core.notices.jobs import DAY, AuditSweepJob
from kangaroo.core.projects import Wording
from kangaroo.store.meta import notices
from tests.core.projects.conftest import Ground, grant, ground, lawn, refused

__all__ = ["ground", "lawn"]
EVERYTHING = ListQuery(window=Window(1, 100))
DAYS = 365


def log_of(ground: Ground) -> Audit:
    return Audit(ground.database, ground.access)


def told(notice: Notice) -> tuple[str, str, str]:
    return notice.actor, f"{notice.operation}_{notice.resource_type}", notice.resource


async def read(ground: Ground, q: str = "", view: View = View.EVERYTHING) -> list[Notice]:
    found = await log_of(ground).page(ground.admin, parse_list_query(q, window=Window(1, 100)), view)
    return list(found.items)


async def events(ground: Ground, q: str = "") -> list[tuple[str, str, str]]:
    return [told(notice) for notice in await read(ground, q)]


async def test_what_is_done_to_content_is_noted(ground: Ground) -> None:
    project = await ground.project("p")
    image = await ground.registry.push_image("p/app", "1")
    registry, name = ground.registry.services.registry, RepositoryName("p/app")
    await registry.tags.create(ground.admin, name, Tag("1"), Tag("2"))
    await registry.tags.delete(ground.admin, name, Tag("1"), Tag("2"))
    await registry.catalogue.describe(ground.admin, name, "an app")
    await registry.pull.manifest(ground.admin, name, Tag("1"), counted=True)
    await registry.pull.manifest(ground.admin, name, image.digest, counted=True)
    await registry.pull.manifest(ground.admin, name, image.digest, counted=True)
    await registry.pull.flush_counts()
    await registry.copies.copy(ground.admin, RepositoryName("p/copy"), name, Tag("1"))
    await registry.remove.manifest(ground.admin, name, image.digest)
    await registry.catalogue.delete(ground.admin, RepositoryName("p/copy"))
    assert list(reversed(await events(ground, "username=admin")))[1:] == [
        ("admin", "create_artifact", "p/app:1"),
        ("admin", "create_tag", "p/app:2"),
        ("admin", "delete_tag", "p/app:2"),
        ("admin", "update_repository", "p/app"),
        ("admin", "pull_artifact", "p/app:1"),
        ("admin", "pull_artifact", f"p/app@{image.digest}"),
        ("admin", "create_artifact", "p/copy:1"),
        ("admin", "delete_artifact", f"p/app@{image.digest}"),
        ("admin", "delete_artifact", f"p/copy@{image.digest}"),
        ("admin", "delete_repository", "p/copy"),
    ]
    place = (await ground.projects.get(ground.admin, project)).id
    assert {notice.project for notice in await read(ground, "resource=~p/")} == {place}
    [pulls] = await read(ground, "operation=pull,resource=~@")
    assert pulls.description == f"pull artifact with name: p/app@{image.digest}, 2 times"


async def test_strangers_pull_as_anonymous(lawn: Ground) -> None:
    await lawn.project("p", public=True)
    await lawn.registry.push_image("p/app", "1")
    pull = lawn.registry.services.registry.pull
    await pull.manifest(ANONYMOUS, RepositoryName("p/app"), Tag("1"), counted=True)
    await pull.flush_counts()
    assert await events(lawn, "operation=pull") == [("anonymous", "pull_artifact", "p/app:1")]


async def test_what_is_done_to_people_and_places_is_noted(lawn: Ground) -> None:
    access, projects, admin = lawn.access, lawn.projects, lawn.admin
    project = await lawn.project("p")
    alice = await lawn.user("alice")
    await access.users.set_sysadmin(admin, alice.id, True)
    member = await access.members.add(admin, project, "alice", Role.GUEST)
    await access.members.set_role(admin, project, member, Role.DEVELOPER)
    await access.members.remove(admin, project, member)
    group = await access.groups.create(admin, "crew", 2)
    await access.members.add_group(admin, project, GroupRef(id=group), Role.GUEST)
    await access.groups.delete(admin, group)
    robot = await lawn.robot("bot", grant("p", "repository:pull"), level="project")
    await access.robots.refresh_secret(admin, robot.id)
    await access.robots.delete(admin, robot.id)
    label = await projects.labels.create(admin, "g", 0, Wording("good"))
    await projects.labels.update(admin, label, Wording("better"))
    await projects.labels.delete(admin, label)
    place = (await projects.get(admin, project)).id
    await projects.quotas.update(admin, place, {"storage": 1000})
    await projects.metadata.add(admin, project, {"auto_scan": "true"})
    await projects.update(admin, project, {"public": "true"})
    await access.configuring.change(admin, {"banner_message": "hello"})
    await access.users.delete(admin, alice.id)
    await projects.delete(admin, project)
    assert list(reversed(await events(lawn))) == [
        ("admin", *row)
        for row in (
            ("create_project", "p"),
            ("create_user", "alice"),
            ("update_user", "alice"),
            ("create_member", "alice"),
            ("update_member", "alice"),
            ("delete_member", "alice"),
            ("create_user-group", "crew"),
            ("create_member", "crew"),
            ("delete_user-group", "crew"),
            ("create_robot", "robot$p+bot"),
            ("update_robot", "robot$p+bot"),
            ("delete_robot", "robot$p+bot"),
            ("create_label", "good"),
            ("update_label", "good"),
            ("delete_label", "better"),
            ("update_quota", "p"),
            ("update_project", "p"),
            ("update_project", "p"),
            ("update_configuration", "configuration"),
            ("delete_user", "alice"),
            ("delete_project", "p"),
        )
    ]
    assert {row[1] for row in await events(lawn)} <= set(EVENT_TYPES)
    texts = [notice.description for notice in await read(lawn, "resource_type=member")]
    assert texts[-1] == "create user member alice in project p"
    assert texts[0] == "create group member crew in project p"


async def test_signing_in_and_out_is_noted_and_failing_to(lawn: Ground) -> None:
    alice = await lawn.user("alice")
    with refused(Code.UNAUTHORIZED):
        await lawn.access.authenticate_basic("alice", "wrong", "192.0.2.1")
    cookie = await lawn.access.sessions.begin(alice)
    await lawn.access.sessions.end(cookie)
    await lawn.access.sessions.end(cookie)
    found = await read(lawn, "username=alice")
    assert [(one.operation, one.resource, one.succeeded, one.description) for one in found] == [
        ("logout", "alice", True, "logout"),
        ("login", "alice", True, "login"),
        ("login", "alice", False, "login from 192.0.2.1"),
    ]
    assert [one.succeeded for one in await read(lawn, "operation_result=false")] == [False]
    assert await read(lawn, "username=alice", View.CONTENT) == []


async def test_what_fails_is_not_noted(ground: Ground) -> None:
    await ground.project("p")
    with refused(Code.CONFLICT):
        await ground.projects.create(ground.admin, ProjectName("p"))

    async def change_its_mind() -> None:
        async with ground.database.write() as transaction:
            await ground.access.journal.record(transaction, "admin", Deed("delete_project", "p"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        await change_its_mind()
    assert await events(ground) == [("admin", "create_project", "p")]


@pytest.mark.parametrize(
    "switch",
    [
        {"disabled_audit_log_event_types": "create_label, pull_artifact"},
        {"pull_audit_log_disable": True, "disabled_audit_log_event_types": "create_label"},
        {"skip_audit_log_database": True, "audit_log_forward_endpoint": "logs.example.com:514"},
    ],
)
async def test_switches(lawn: Ground, switch: dict[str, object]) -> None:
    """Who switches something off is noted: by the switches as they were."""
    await lawn.project("p")
    await lawn.registry.push_image("p/app", "1")
    await lawn.configure(**switch)
    await lawn.projects.labels.create(lawn.admin, "g", 0, Wording("good"))
    registry = lawn.registry.services.registry
    await registry.pull.manifest(lawn.admin, RepositoryName("p/app"), Tag("1"), counted=True)
    await registry.pull.flush_counts()
    newest = await read(lawn)
    assert told(newest[0]) == ("admin", "update_configuration", "configuration")
    assert newest[0].description == "update configuration: " + ", ".join(sorted(switch))
    await lawn.projects.labels.create(lawn.admin, "g", 0, Wording("other"))
    assert (await registry.catalogue.get(lawn.admin, RepositoryName("p/app"))).pull_count == 1


async def test_everybody_sees_his_part(ground: Ground) -> None:
    for name in ("mine", "other"):
        await ground.project(name)
    alice = await ground.user("alice", mine=Role.PROJECT_ADMIN)
    limited = await ground.user("bob", mine=Role.MAINTAINER)
    robot = await ground.robot("bot", grant("other", "log:list"))
    auditor = await ground.robot("auditor", grant("/", "audit-log:list"))
    log = log_of(ground)

    async def seen(actor: Actor) -> set[str]:
        page = await log.page(actor, EVERYTHING)
        return {notice.resource for notice in page.items}

    assert await seen(alice) == {"mine", "alice", "bob"}
    assert await seen(limited) == set()
    assert await seen(robot) == {"other"}
    assert await seen(auditor) == await seen(ground.admin) >= {"mine", "other", "robot$auditor"}
    of_mine = await log.page_of_project(alice, ProjectName("mine"), EVERYTHING)
    assert (of_mine.total, {told(one)[1] for one in of_mine.items}) == (
        3,
        {"create_project", "create_member"},
    )
    with refused(Code.FORBIDDEN):
        await log.page_of_project(alice, ProjectName("other"), EVERYTHING)
    with refused(Code.PROJECT_UNKNOWN):
        await log.page_of_project(ground.admin, ProjectName("nowhere"), EVERYTHING)
    with refused(Code.UNAUTHORIZED):
        await log.page(ANONYMOUS, EVERYTHING)
    with refused(Code.FORBIDDEN):
        await log.event_types(alice)
    assert await log.event_types(auditor) == EVENT_TYPES


class FakeJob:
    def progress(self, done: int) -> None:
        self.done = done

    def log(self, *_: str) -> None:
        """Nobody reads it."""

    async def check(self) -> None:
        """Nobody stops it."""


async def test_old_rows_are_forgotten(ground: Ground) -> None:
    now = 2_000_000_000 * SECOND
    async with ground.database.write() as transaction:
        for number in range(notices.BATCH + 5):
            at = now - DAYS * DAY + (0 if number >= notices.BATCH + 2 else -1)
            row = Notice("old", "create", "project", f"p{number}", 0, "", True, at)
            await notices.add(transaction, row)
    done = await AuditSweepJob(ground.database, lambda: now, DAYS)(FakeJob())  # type: ignore[arg-type]
    assert done == {"removed": notices.BATCH + 2}
    async with ground.database.read() as snapshot:
        kept = await notices.page(snapshot, parse_list_query("username=old"), notices.Extent())
    assert kept.total == 3
    with pytest.raises(Failure):
        async with ground.database.read() as snapshot:
            await notices.page(snapshot, parse_list_query("op_time=never"), notices.Extent())
