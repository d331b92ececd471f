"""Projects from their making to their end, on both databases."""

import asyncio

import pytest
from sqlalchemy import func, select

from kangaroo.base.actors import ANONYMOUS, SYSTEM
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.base.query import Contains, ListQuery, equal, parse_list_query
from kangaroo.core.access import Role
from kangaroo.core.projects import AllowlistChange, Projects, ProjectSpec, Wording
from kangaroo.store.meta import labels, projects_details
from kangaroo.store.meta.database import Dangling, Duplicate
from kangaroo.store.meta.schema import metadata
from kangaroo.store.meta.statements import Query
from tests.core.projects.conftest import Ground, grant, refused
from tests.core.projects.test_rules import rule

EVERYTHING = ListQuery(window=Window(size=0))
NONE = ProjectName("none")


async def names(projects: Projects, actor, query: ListQuery = EVERYTHING) -> list[str]:
    found = await projects.page(actor, query)
    assert found.total == len(found.items)
    return [one.name for one in found.items]


async def test_a_new_project_belongs_to_its_maker(ground: Ground) -> None:
    alice = await ground.user("alice")
    spec = ProjectSpec(metadata={"public": "1", "severity": "HIGH", "auto_scan": ""}, storage_limit=5)
    identity = await ground.projects.create(alice, ProjectName("p"), spec)
    found = await ground.projects.get(alice, ProjectName("p"))
    assert (found.id, found.owner_id, found.owner) == (identity, alice.id, "alice")
    assert found.metadata == {"public": "true", "severity": "high"}
    assert found.roles == [Role.PROJECT_ADMIN]
    assert found.created_at == found.updated_at > 0
    assert (found.allowlist.items, found.allowlist.created_at) == ((), None)
    quota = await ground.projects.quotas.get(ground.admin, identity)
    assert (quota.hard, quota.used, quota.owner) == (-1, 0, "alice")
    assert (await ground.projects.get(ground.admin, ProjectName("p"))).roles == []
    with refused(Code.CONFLICT):
        await ground.projects.create(alice, ProjectName("p"))


async def test_what_a_new_project_cannot_have(lawn: Ground) -> None:
    alice = await lawn.user("alice")
    robot = await lawn.robot("ci", grant("/", "project:create"))
    weak = await lawn.robot("weak", grant("/", "project:list"))
    make = lawn.projects.create
    for actor, spec, code in (
        (ANONYMOUS, ProjectSpec(), Code.UNAUTHORIZED),
        (weak, ProjectSpec(), Code.FORBIDDEN),
        (alice, ProjectSpec(registry=1), Code.FORBIDDEN),
        (lawn.admin, ProjectSpec(registry=1), Code.NOT_FOUND),
        (alice, ProjectSpec(metadata={"retention_id": "1"}), Code.BAD_REQUEST),
        (alice, ProjectSpec(metadata={"severity": "awful"}), Code.BAD_REQUEST),
        (lawn.admin, ProjectSpec(storage_limit=-2), Code.BAD_REQUEST),
    ):
        with refused(code):
            await make(actor, NONE, spec)
    assert not await lawn.projects.exists(alice, NONE)
    await make(robot, ProjectName("of-a-robot"))
    found = await lawn.projects.get(lawn.admin, ProjectName("of-a-robot"))
    assert (found.owner_id, found.owner) == (0, "")


async def test_administrators_alone_may_be_allowed_to_create(lawn: Ground) -> None:
    alice = await lawn.user("alice")
    await lawn.configure(project_creation_restriction="adminonly")
    with pytest.raises(Failure) as caught:
        await lawn.projects.create(alice, NONE)
    assert (caught.value.code, str(caught.value)) == (
        Code.FORBIDDEN,
        "Only system admin can create project",
    )
    await lawn.projects.create(lawn.admin, NONE)
    await lawn.projects.create(SYSTEM, ProjectName("by-us"))


async def test_the_quota_a_project_starts_with(lawn: Ground) -> None:
    alice = await lawn.user("alice")

    async def limit_of(actor, name: str, limit: int | None) -> int:
        made = await lawn.projects.create(actor, ProjectName(name), ProjectSpec(storage_limit=limit))
        return (await lawn.projects.quotas.get(lawn.admin, made)).hard

    await lawn.configure(storage_per_project=1000)
    assert await limit_of(alice, "a", None) == 1000
    assert await limit_of(alice, "b", 5) == 1000  # it is not his to say
    assert await limit_of(lawn.admin, "c", 5) == 5
    assert await limit_of(lawn.admin, "d", -1) == -1
    assert await limit_of(lawn.admin, "e", 0) == 1000
    await lawn.configure(quota_per_project_enable=False)
    assert await limit_of(lawn.admin, "f", 5) == -1


async def test_who_sees_which_projects(ground: Ground) -> None:
    for name in ("open", "closed", "hers"):
        await ground.project(name, public=name == "open")
    alice = await ground.user("alice", hers=Role.GUEST)
    everywhere = await ground.robot("all", grant("*", "repository:pull"))
    somewhere = await ground.robot("some", grant("closed", "repository:pull"))
    see = ground.projects
    assert await names(see, ANONYMOUS) == ["open"]
    assert await names(see, alice) == ["hers", "open"]
    assert await names(see, somewhere) == ["closed", "open"]
    for actor in (ground.admin, everywhere, SYSTEM):
        assert await names(see, actor) == ["closed", "hers", "open"]
    private = EVERYTHING.where("public", equal("false"))
    assert await names(see, alice, private) == ["hers"]
    assert await names(see, ANONYMOUS, private) == []
    assert (await see.page(alice, EVERYTHING)).items[0].roles == [Role.GUEST]
    with refused(Code.UNAUTHORIZED):
        await see.get(ANONYMOUS, ProjectName("closed"))
    with refused(Code.FORBIDDEN):
        await see.get(alice, NONE)
    with refused(Code.PROJECT_UNKNOWN):
        await see.get(ground.admin, NONE)


async def test_lists_are_filtered_sorted_and_cut(ground: Ground) -> None:
    bob = await ground.user("bob")
    for name in ("app-1", "app-2", "web"):
        await ground.projects.create(bob if name == "web" else ground.admin, ProjectName(name))
    see, admin = ground.projects, ground.admin
    assert await names(see, admin, EVERYTHING.where("name", Contains("APP"))) == ["app-1", "app-2"]
    assert await names(see, admin, EVERYTHING.where("owner", equal("bob"))) == ["web"]
    for q, expected in (
        ("name={'app-1' 'web'}", ["app-1", "web"]),
        (f"owner_id={bob.id}", ["web"]),
        ("public=true", []),
        ("creation_time=[2020-01-01 00:00:00~]", ["app-1", "app-2", "web"]),
        ("nothing=known", ["app-1", "app-2", "web"]),
    ):
        query = parse_list_query(q, "-name", Window(size=0))
        assert await names(see, admin, query) == expected[::-1], q
    page = await see.page(admin, ListQuery(window=Window(2, 2)))
    assert ([one.name for one in page.items], page.total) == (["web"], 3)


async def test_updates_leave_the_rest(ground: Ground) -> None:
    p = await ground.project("p")
    boss = await ground.user("boss", p=Role.PROJECT_ADMIN)
    dev = await ground.user("dev", p=Role.DEVELOPER)
    update = ground.projects.update
    await update(boss, p, {"auto_scan": "true", "severity": "low"})
    await update(boss, p, {"severity": "Critical"}, AllowlistChange(["CVE-1", "CVE-2"], 7_000_000))
    found = await ground.projects.get(boss, p)
    assert found.metadata == {"public": "false", "auto_scan": "true", "severity": "critical"}
    assert (found.allowlist.items, found.allowlist.expires_at) == (("CVE-1", "CVE-2"), 7_000_000)
    assert found.updated_at > found.created_at
    assert not await ground.access.may(ANONYMOUS, "project", "read", p)
    await update(boss, p, {"public": "true"})
    assert await ground.access.may(ANONYMOUS, "project", "read", p)
    bad = [
        ({"public": "perhaps"}, None),
        ({"retention_id": "3"}, None),
        ({}, AllowlistChange(["CVE-1", "CVE-1"], None)),
        ({}, AllowlistChange([" "], None)),
        ({"auto_scan": "false"}, AllowlistChange([], None, project_id=found.id + 1)),
    ]
    for facts, change in bad:
        with refused(Code.BAD_REQUEST):
            await update(boss, p, facts, change)
    assert (await ground.projects.get(boss, p)).metadata["auto_scan"] == "true"  # nothing half done
    with refused(Code.FORBIDDEN):
        await update(dev, p, {})
    with refused(Code.PROJECT_UNKNOWN):
        await update(ground.admin, NONE, {})


async def test_a_project_with_repositories_stays(ground: Ground) -> None:
    p = await ground.project("p")
    await ground.registry.push_image("p/app", "1")
    assert not await ground.projects.deletable(ground.admin, p)
    with pytest.raises(Failure) as caught:
        await ground.projects.delete(ground.admin, p)
    assert (caught.value.code, str(caught.value)) == (
        Code.PRECONDITION,
        "the project contains repositories, can not be deleted",
    )


async def test_nothing_of_a_deleted_project_is_left(ground: Ground) -> None:
    """Rows are counted in every table before it and after it."""
    await ground.project("other")
    await ground.user("alice")
    await ground.registry.push_image("other/app", "1")
    before = await count_rows(ground)
    p = await ground.project("p")
    project = (await ground.projects.get(ground.admin, p)).id
    await ground.access.members.add(ground.admin, p, "alice", Role.GUEST)
    await ground.robot("ci", grant("p", "repository:pull"), level="project")
    await ground.projects.update(ground.admin, p, {"auto_scan": "true"}, AllowlistChange(["CVE-1"], None))
    await ground.projects.labels.create(ground.admin, "p", project, Wording("x"))
    await ground.projects.immutability.create(ground.admin, p, rule())
    await ground.registry.push_blob("p/unfinished", b"x" * 10)
    assert await ground.projects.deletable(ground.admin, p)
    await ground.projects.delete(ground.admin, p)
    after = await count_rows(ground)
    # the content itself is collected later, and who pulled from it is still to be told
    assert {name: after[name] - count for name, count in before.items() if after[name] != count} == {
        "blobs": 1,
        "tasks": 1,
    }
    with refused(Code.PROJECT_UNKNOWN):
        await ground.projects.delete(ground.admin, p)
    await ground.project("p")  # the name is free
    assert (await ground.projects.summary(ground.admin, p)).repositories == 0


async def count_rows(ground: Ground) -> dict[str, int]:
    tables = [
        table
        for table in metadata.sorted_tables
        if table.name not in ("generations", "login_failures", "audit_logs")
    ]
    async with ground.database.read() as snapshot:
        return {
            table.name: await snapshot.scalar(Query(select(func.count()).select_from(table)))
            for table in tables
        }


async def test_pushes_and_a_removal_at_once(ground: Ground) -> None:
    """Either the project is gone, with every push refused or undone, or something was pushed and it stays."""
    for number in range(6):
        name = ProjectName(f"p{number}")
        await ground.project(name)

        async def push(project: str = name, image: int = number) -> int:
            blob = f"{project} {image}".encode()
            answer = await ground.registry(
                "POST", f"/v2/{project}/app/blobs/uploads/?digest={Digest.of(blob)}", blob
            )
            if answer.status != 201:
                return answer.status
            manifest = ground.registry.image_of(blob, [])
            answer = await ground.registry("PUT", f"/v2/{project}/app/manifests/1", manifest)
            return answer.status

        async def remove(project: ProjectName = name, pause: float = 0.002 * number) -> str:
            await asyncio.sleep(pause)
            try:
                await ground.projects.delete(ground.admin, project)
            except Failure as failure:
                return failure.code.name
            return "gone"

        status, end = await asyncio.gather(push(), remove())
        if end == "gone":
            assert status == 404
            assert not await ground.projects.exists(ground.admin, name)
        else:
            assert (end, status) == ("PRECONDITION", 201)


async def test_summaries_show_what_one_may_know(ground: Ground) -> None:
    p = await ground.project("p", public=True)
    guest = await ground.user("guest", p=Role.GUEST)
    limited = await ground.user("limited", p=Role.LIMITED_GUEST)
    await ground.registry.push_image("p/app", "1")
    await ground.registry.push_blob("p/hidden", b"x")
    whole = await ground.projects.summary(guest, p)
    assert whole.members == {1: 1, 4: 0, 2: 0, 3: 1, 5: 1}
    assert (whole.repositories, whole.quota and whole.quota.hard) == (1, -1)
    assert whole.quota is not None
    assert whole.quota.used == await ground.registry.used("p")
    part = await ground.projects.summary(limited, p)
    assert (part.members, part.quota) == (None, whole.quota)
    least = await ground.projects.summary(ANONYMOUS, p)
    assert (least.repositories, least.members, least.quota) == (1, None, None)
    await ground.configure(quota_per_project_enable=False)
    assert (await ground.projects.summary(guest, p)).quota is None


async def test_names_are_known_to_who_signed_in(lawn: Ground) -> None:
    p = await lawn.project("p")
    stranger = await lawn.user("stranger")
    assert await lawn.projects.exists(stranger, p)
    assert not await lawn.projects.exists(stranger, NONE)
    with refused(Code.UNAUTHORIZED):
        await lawn.projects.exists(ANONYMOUS, p)


async def test_one_statement_for_a_page_whatever_its_size(lawn: Ground) -> None:
    """No query per row."""
    alice = await lawn.user("alice")
    for number in range(30):
        await lawn.projects.create(alice, ProjectName(f"p{number}"))
    counted = []

    class Counting:
        dialect = lawn.database.dialect

        def __init__(self, selects) -> None:
            self.selects = selects

        async def all(self, query, /, **values):
            counted.append(query)
            return await self.selects.all(query, **values)

        async def one(self, query, /, **values):
            counted.append(query)
            return await self.selects.one(query, **values)

        async def scalar(self, query, /, **values):
            counted.append(query)
            return await self.selects.scalar(query, **values)

    async with lawn.database.read() as snapshot:
        page = await projects_details.page(Counting(snapshot), EVERYTHING, alice.id, also=None)
    assert (page.total, len(counted)) == (30, 3)


async def test_labels_on_artifacts(ground: Ground) -> None:
    """The store's part, for whoever sticks them on."""
    p = await ground.project("p")
    project = (await ground.projects.get(ground.admin, p)).id
    make = ground.projects.labels.create
    mine = await make(ground.admin, "p", project, Wording("mine", "d", "#fff"))
    ours = await make(ground.admin, "g", 0, Wording("ours"))
    await ground.registry.push_image("p/app", "1")
    artifact = 1
    async with ground.database.write() as transaction:
        await labels.attach(transaction, artifact, ours)
        await labels.attach(transaction, artifact, mine)
    with pytest.raises(Duplicate):
        async with ground.database.write() as transaction:
            await labels.attach(transaction, artifact, mine)
    for pair in ((999, mine), (artifact, 999)):
        with pytest.raises(Dangling):
            async with ground.database.write() as transaction:
                await labels.attach(transaction, *pair)
    found = await labels.of_artifacts(ground.database.lookup, [artifact, 2])
    assert {key: [label.wording.name for label in some] for key, some in found.items()} == {
        1: ["mine", "ours"]
    }
    assert await labels.of_artifacts(ground.database.lookup, []) == {}
    async with ground.database.write() as transaction:
        assert await labels.detach(transaction, artifact, mine)
        assert not await labels.detach(transaction, artifact, mine)
    await ground.projects.labels.delete(ground.admin, ours)
    assert await labels.of_artifacts(ground.database.lookup, [artifact]) == {}
