"""Harbor's Python client `harborapi`, unchanged, from the first user to the last line of the audit log."""

from pathlib import Path

import pytest
from harborapi import HarborAsyncClient
from harborapi.exceptions import Forbidden, HarborAPIException, PreconditionFailed
from harborapi.models import (
    Access,
    ImmutableRule,
    ImmutableSelector,
    Label,
    ProjectMetadata,
    ProjectReq,
    QuotaUpdateReq,
    ResourceList,
    RobotCreate,
    RobotPermission,
    Tag,
    UserCreationReq,
)

from tests.e2e.clients import Client, Layout, image
from tests.e2e.server import PASSWORD, Server

pytestmark = pytest.mark.clients
DEVELOPER = 2
PUSH = ("copy", "--preserve-digests", "--dest-tls-verify=false", "--all")
PULL = ("copy", "--src-tls-verify=false", "--all")


class Story:
    """Two people, alice who makes a project and bob who works in it, and a robot that brings the images."""

    def __init__(self, server: Server, skopeo: Client) -> None:
        self.server = server
        self.skopeo = skopeo
        self.admin = self.client("admin")
        self.alice = self.client("alice")
        self.bob = self.client("bob")

    def client(self, name: str, secret: str = PASSWORD) -> HarborAsyncClient:
        return HarborAsyncClient(url=f"{self.server.url}/api/v2.0", username=name, secret=secret)

    def push(self, source: Layout, where: str, credentials: str) -> None:
        self.skopeo(*PUSH, f"--dest-creds={credentials}", source.oci, f"docker://{self.server.host}/{where}")

    async def people(self) -> None:
        for name in ("alice", "bob"):
            user = UserCreationReq(
                username=name, email=f"{name}@example.test", realname=name, password=PASSWORD
            )
            place = await self.admin.create_user(user)
            found = await self.admin.get_user(int(place.rpartition("/")[2]))
            assert (found.username, found.sysadmin_flag) == (name, False)
        assert (await self.alice.get_current_user()).username == "alice"
        assert [user.username for user in await self.admin.search_users_by_username("bob")] == ["bob"]
        with pytest.raises(Forbidden):
            await self.alice.get_users()

    async def project(self) -> int:
        """Alice's, with bob as a developer and room for a gigabyte."""
        wish = ProjectReq(project_name="story", metadata=ProjectMetadata(public="false"))
        assert (await self.alice.create_project(wish)).endswith("/projects/story")
        assert await self.alice.project_exists("story")
        made = await self.alice.get_project("story")
        assert made.owner_name == "alice"
        await self.alice.add_project_member_user("story", "bob", DEVELOPER)
        members = await self.alice.get_project_members("story")
        assert {(one.entity_name, one.role_id) for one in members} == {("alice", 1), ("bob", DEVELOPER)}
        [quota] = await self.admin.get_quotas(reference="project", reference_id=str(made.project_id))
        await self.admin.update_quota(quota.id, QuotaUpdateReq(hard=ResourceList({"storage": 1 << 30})))
        assert (await self.admin.get_quota(quota.id)).hard.root == {"storage": 1 << 30}
        return int(made.project_id)

    async def robot(self) -> str:
        """Its credentials."""
        rights = [Access(resource="repository", action=action) for action in ("pull", "push")]
        wish = RobotCreate(
            name="ci",
            level="project",
            duration=-1,
            permissions=[RobotPermission(kind="project", namespace="story", access=rights)],
        )
        made = await self.alice.create_robot(wish)
        assert made.name == "robot$story+ci"
        renewed = await self.alice.refresh_robot_secret(made.id, "Renewed-secret-1")
        assert renewed.secret in (None, "")
        return f"{made.name}:Renewed-secret-1"

    async def content(self, project: int) -> None:
        """Listed, labelled, tagged and copied."""
        [artifact] = await self.bob.get_artifacts("story", "team/app")
        assert (artifact.digest, artifact.type) == (image("small").digest, "IMAGE")
        assert [tag.name for tag in artifact.tags] == ["1.0"]
        assert [one.name for one in await self.bob.get_repositories("story")] == ["story/team/app"]
        place = await self.alice.create_label(Label(name="stable", scope="p", project_id=project))
        label = Label(id=int(place.rpartition("/")[2]))
        await self.bob.add_artifact_label("story", "team/app", "1.0", label)
        shown = await self.bob.get_artifact("story", "team/app", "1.0", with_label=True)
        assert [one.name for one in shown.labels] == ["stable"]
        for tag in ("1.0-rc", "latest"):
            await self.bob.create_artifact_tag("story", "team/app", "1.0", Tag(name=tag))
        await self.bob.copy_artifact("story", "copy", "story/team/app:1.0")
        [copied] = await self.bob.get_artifacts("story", "copy")
        assert copied.digest == artifact.digest
        assert await self.bob.get_artifact_build_history("story", "team/app", "1.0")

    async def immutability(self) -> None:
        rule = ImmutableRule(
            action="immutable",
            template="immutable_template",
            tag_selectors=[ImmutableSelector(kind="doublestar", decoration="matches", pattern="1.*")],
            scope_selectors={
                "repository": [
                    ImmutableSelector(kind="doublestar", decoration="repoMatches", pattern="team/**")
                ]
            },
        )
        await self.alice.create_project_immutable_tag_rule("story", rule)
        assert len(await self.alice.get_project_immutable_tag_rules("story")) == 1
        with pytest.raises(PreconditionFailed):
            await self.alice.delete_artifact_tag("story", "team/app", "1.0", "1.0")
        with pytest.raises(Forbidden):
            await self.bob.delete_artifact_tag("story", "team/app", "latest", "latest")
        await self.alice.delete_artifact_tag("story", "team/app", "latest", "latest")
        with pytest.raises(PreconditionFailed):
            await self.alice.delete_artifact("story", "team/app", "1.0")

    async def ending(self) -> None:
        with pytest.raises(HarborAPIException):
            await self.alice.delete_project("story")
        for rule in await self.alice.get_project_immutable_tag_rules("story"):
            await self.alice.delete_project_immutable_tag_rule("story", rule.id)
        await self.alice.delete_artifact("story", "team/app", image("multi").digest)
        for repository in ("team/app", "copy"):
            await self.alice.delete_repository("story", repository)
        assert (await self.alice.get_project_summary("story")).quota.used.root == {"storage": 0}


@pytest.fixture
def story(server: Server, tmp_path: Path) -> Story:
    return Story(server, Client("skopeo", tmp_path))


async def test_the_whole_story(story: Story, tmp_path: Path) -> None:
    await story.people()
    project = await story.project()
    robot = await story.robot()
    story.push(image("small"), "story/team/app:1.0", robot)
    await story.content(project)
    await story.immutability()
    with pytest.raises(AssertionError, match="immutable"):
        story.push(image("small"), "story/team/app:1.0", robot)
    story.push(image("multi"), "story/team/app:2.0", robot)
    found = f"docker://{story.server.host}/story/team/app:2.0"
    story.skopeo(*PULL, f"--src-creds=bob:{PASSWORD}", found, Layout(tmp_path / "pulled").oci)
    await story.ending()
    await _the_log_shows_it(story)
    await story.alice.delete_project("story")
    assert not await story.admin.project_exists("story")


async def _the_log_shows_it(story: Story) -> None:
    rows = await story.alice.get_project_logs("story", page_size=100)
    seen = {(row.username, row.operation, row.resource_type, row.resource) for row in rows}
    small, multi = image("small").digest, image("multi").digest
    robot = "robot$story+ci"
    assert seen >= {
        ("alice", "create", "project", "story"),
        ("alice", "create", "robot", robot),
        (robot, "create", "artifact", "story/team/app:1.0"),
        (robot, "create", "artifact", "story/team/app:2.0"),
        ("bob", "create", "tag", "story/team/app:latest"),
        ("bob", "create", "artifact", "story/copy:1.0"),
        ("alice", "delete", "tag", "story/team/app:latest"),
        ("alice", "delete", "artifact", f"story/team/app@{multi}"),
        ("alice", "delete", "artifact", f"story/team/app@{small}"),
        ("alice", "delete", "repository", "story/copy"),
    }
    whole = await story.admin.get("/auditlog-exts", params={"page_size": 100, "q": "username={admin alice}"})
    told = {(row["operation"], row["resource_type"], row["resource"]) for row in whole}
    assert told >= {
        ("create", "user", "alice"),
        ("create", "member", "bob"),
        ("update", "quota", "story"),
        ("create", "label", "stable"),
    }
    mine = await story.admin.get_audit_logs("username=bob,operation=create", sort="op_time")
    tags = [row.resource for row in mine if row.resource_type == "tag"]
    assert tags == ["story/team/app:1.0-rc", "story/team/app:latest"]
