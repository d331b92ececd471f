"""Archives uploaded and downloaded from no workspace: by the role in a project of the built-in registry, and by the
platform's points at the other instances."""

import gzip
import io
import json
import tarfile
from dataclasses import dataclass

import pytest

from kangaroo.base.actors import Grant, Right
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.core.access import RobotSpec, Role
from tests.core.archives.made import layer, saved, tar
from tests.core.projects.test_rules import rule
from tests.core.workspaces.kit import SPACES, harbor, member, private, pushed, registry, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served

ARCHIVE = tar(saved((["app:1"], [layer("one")])))


def up(space: str = "team", instance: str = "kangaroo") -> str:
    return f"registries/{instance}/projects/{space}/archives"


def down(space: str = "team", reference: str = "1", instance: str = "kangaroo") -> str:
    return f"registries/{instance}/projects/{space}/repositories/app/artifacts/{reference}/archive"


async def outcome(client: PlatformClient, method: str, path: str) -> str:
    """The reason of a refusal; empty when it was done."""
    answer = await client(method, path, body=ARCHIVE if method == "POST" else None)
    if answer.status == 200:
        return ""
    reason: str = answer.json()["details"][0]["reason"]
    return reason


@dataclass
class People:
    """By what they are in the private space team."""

    site: Site

    async def __call__(self, what: str) -> PlatformClient:
        client = PlatformClient(self.site, judged=False)
        return client if what == "nobody" else client.signed_in(*await self.credential(what))

    async def credential(self, what: str) -> tuple[str, str]:
        if what == "administrator":
            return "admin", PASSWORD
        if what.endswith("ing robot"):
            return await self._robot(what.removesuffix("ing robot"))
        user = await self.site.user("ann")
        if what != "stranger":
            role = Role[what.upper().replace(" ", "_")]
            members = self.site.services.access.members
            await members.add(await self.site.admin(), ProjectName("team"), user.name, role)
        return "ann", PASSWORD

    async def _robot(self, right: str) -> tuple[str, str]:
        grant = Grant("project", "team", (Right("repository", right),))
        spec = RobotSpec(name=right, level="project", grants=(grant,))
        made, secret = await self.site.services.access.robots.create(await self.site.admin(), spec)
        return made.name, secret


@pytest.fixture
async def people(site, admin) -> People:
    await private(admin, "team")
    return People(site)


class TestBuiltIn:
    @pytest.mark.parametrize(
        ("who", "uploads", "downloads"),
        [
            ("administrator", "", ""),
            ("project admin", "", ""),
            ("maintainer", "", ""),
            ("developer", "", ""),
            ("guest", "FORBIDDEN", ""),
            ("limited guest", "FORBIDDEN", ""),
            ("pushing robot", "", ""),
            ("pulling robot", "FORBIDDEN", ""),
            ("stranger", "FORBIDDEN", "FORBIDDEN"),
        ],
    )
    async def test_who_may(self, site, people, who, uploads, downloads):
        """The same as at /v2."""
        await pushed(site, "team/app", "1")
        credential = await people.credential(who)
        client = PlatformClient(site, judged=False).signed_in(*credential)
        assert await outcome(client, "POST", up()) == uploads
        assert await outcome(client, "GET", down()) == downloads
        clients = registry(site, *credential)
        started = await clients("POST", "/v2/team/app/blobs/uploads/")
        assert (started.status == 202) == (not uploads)
        pulled = await clients("GET", "/v2/team/app/manifests/1")
        assert (pulled.status == 200) == (not downloads)

    async def test_nobody_may_nothing(self, site, people):
        await pushed(site, "team/app", "1")
        nobody = await people("nobody")
        assert await outcome(nobody, "POST", up()) == "UNAUTHORIZED"
        assert await outcome(nobody, "GET", down()) == "UNAUTHORIZED"

    async def test_what_is_public_everybody_takes_and_only_members_bring(self, site, people):
        await pushed(site, "library/app", "1")
        ann = await people("stranger")
        assert await outcome(ann, "GET", down("library")) == ""
        assert await outcome(ann, "POST", up("library")) == "FORBIDDEN"

    async def test_what_goes_in_comes_out(self, site, people):
        ann = await people("developer")
        answer = await ann("POST", f"{up()}?repository=app&tag=7", body=gzip.compress(ARCHIVE))
        [one] = answer.json()["items"]
        assert (one["imagePullUrl"], one["error"]) == ("registry.test/team/app:7", None)
        for reference in ("7", one["digest"]):
            found = await ann("GET", down(reference=reference))
            assert found.headers["content-disposition"].startswith('attachment; filename="app-')
            with tarfile.open(fileobj=io.BytesIO(found.body)) as opened:
                index = json.loads(opened.extractfile("index.json").read())
            assert index["manifests"][0]["digest"] == one["digest"]
        page = await site.services.audit.page(await site.admin(), ListQuery(window=Window(1, 5)))
        assert ("ann", "team/app:7") in [(one.actor, one.resource) for one in page.items]

    async def test_progress(self, people):
        answer = await (await people("developer"))("POST", up(), body=ARCHIVE, accept="application/x-ndjson")
        lines = [json.loads(line) for line in answer.body.splitlines()]
        assert lines[0] == {"step": "received", "bytes": str(len(ARCHIVE))}

    async def test_gates_and_limits_are_those_of_any_push(self, site, people):
        ann, boss, projects = await people("developer"), await site.admin(), site.services.projects
        assert await outcome(ann, "POST", up()) == ""
        await projects.immutability.create(boss, ProjectName("team"), rule("1"))
        other = tar(saved((["app:1"], [layer("two")])))
        answer = await ann("POST", up(), body=other)
        assert "immutable" in answer.json()["message"]
        project = await projects.get(boss, ProjectName("team"))
        await projects.quotas.update(boss, project.id, {"storage": 1})
        answer = await ann("POST", f"{up()}?tag=2", body=other)
        assert answer.json()["details"][0]["reason"] == "QUOTA_EXCEEDED"

    async def test_nothing_is_taken_while_read_only(self, site, admin, people):
        developer = await people("developer")
        place = await workspace(admin, "One")
        await private(admin, "bound", place)
        editor = (await member(site, admin, place, "eve")).unjudged()
        await site.services.access.configuring.change(await site.admin(), {"read_only": True})
        for client, path in ((developer, up()), (editor, f"{SPACES.format(place)}/bound/archives")):
            answer = await client("POST", path, body=ARCHIVE)
            assert (answer.status, "read only" in answer.json()["message"]) == (403, True)

    async def test_what_is_not_there(self, people):
        boss = await people("administrator")
        assert await outcome(boss, "POST", up("none")) == "PROJECT_UNKNOWN"
        assert await outcome(boss, "GET", down("none")) == "PROJECT_UNKNOWN"
        for path in (down(), down(reference=".x"), down("Team"), down(instance="nowhere")):
            assert (await boss("GET", path)).status == 404, path
        ann = await people("guest")
        assert await outcome(ann, "POST", up("none")) == "FORBIDDEN"


class TestElsewhere:
    @pytest.fixture
    async def far(self, admin):
        """A Harbor with a public space, a private one, and one that is given to workspace 1."""
        stand_in = HarborStandIn()
        for name in ("theirs", "given"):
            stand_in.add_project(name, public=False)
        async with served(stand_in.app()) as url:
            await harbor(admin, url)
            assert await workspace(admin, "One") == 1
            await admin.ok("POST", "registries/far/projects/given/binding/1")
            yield stand_in

    async def holder(self, site, admin, *points: str) -> PlatformClient:
        """Of a role of the platform; without points of none."""
        await site.user("ann")
        if points:
            await admin.ok("POST", "roles/platform", {"name": "Some", "permissions": points})
            await admin.ok("POST", "platform-members", {"memberName": "ann", "roleName": "Some"})
        return PlatformClient(site, judged=False).signed_in("ann", PASSWORD)

    @pytest.mark.parametrize(
        ("points", "uploads", "downloads"),
        [
            ((), ("FORBIDDEN", "FORBIDDEN", "FORBIDDEN"), ("", "PROJECT_UNKNOWN", "PROJECT_UNKNOWN")),
            (("GetRegistrySpace",), ("FORBIDDEN", "FORBIDDEN", "FORBIDDEN"), ("", "", "DENIED")),
            (("GetRegistrySpace", "UpdateRegistrySpace"), ("", "", "DENIED"), ("", "", "DENIED")),
        ],
    )
    async def test_who_may(self, site, admin, far, points, uploads, downloads):
        boss, ann = admin.unjudged(), await self.holder(site, admin, *points)
        places = ("library", "theirs", "given")
        for place in places[:2]:
            assert await outcome(boss, "POST", up(place, "far")) == ""
        for place, told in zip(places, uploads, strict=True):
            assert await outcome(ann, "POST", up(place, "far")) == told
        for place, told in zip(places, downloads, strict=True):
            assert await outcome(ann, "GET", down(place, instance="far")) == told

    async def test_an_administrator_takes_nothing_from_other_peoples_spaces(self, site, admin, far):
        boss = admin.unjudged()
        for method, path in (("POST", up("given", "far")), ("GET", down("given", instance="far"))):
            answer = await boss(method, path, body=ARCHIVE if method == "POST" else None)
            assert answer.status == 403
            assert answer.json()["message"].startswith("the private space given is bound to One:")
        ann = (await member(site, admin, 1, "ann")).unjudged()
        inside = "workspaces/1/registries/far/projects/given/archives"
        assert (await ann("POST", inside, body=ARCHIVE)).status == 200

    async def test_it_is_written_down(self, site, admin, far):
        assert await outcome(admin.unjudged(), "POST", up("theirs", "far")) == ""
        page = await site.services.audit.page(await site.admin(), ListQuery(window=Window(1, 5)))
        assert ("admin", "far/theirs/app:1") in [(one.actor, one.resource) for one in page.items]

    async def test_nobody_and_nowhere(self, nobody, admin, far):
        assert await outcome(nobody.unjudged(), "GET", down("library", instance="far")) == "UNAUTHORIZED"
        assert await outcome(nobody.unjudged(), "POST", up("library", "far")) == "UNAUTHORIZED"
        assert await outcome(admin.unjudged(), "POST", up("none", "far")) == "PROJECT_UNKNOWN"
        assert await outcome(admin.unjudged(), "POST", up("library", "nowhere")) == "NOT_FOUND"

    async def test_a_registry_of_a_workspace_is_the_workspaces(self, site, admin, far):
        ann = await member(site, admin, 1, "ann", "Workspace Admin")
        own = HarborStandIn()
        async with served(own.app()) as url:
            await harbor(ann, url, 1, "own")
            assert await outcome(admin.unjudged(), "GET", down("library", instance="own")) == "NOT_FOUND"
            assert await outcome(admin.unjudged(), "POST", up("library", "own")) == "NOT_FOUND"
