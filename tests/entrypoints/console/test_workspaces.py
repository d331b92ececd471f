"""Workspaces: made, filled with people and namespaces, ended; and the roles people hold."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from kangaroo.store.meta.database import Database
from tests.core.pull_secrets.kit import World, until, world
from tests.core.workspaces.kit import private
from tests.entrypoints.console.client import ConsoleClient
from tests.entrypoints.console.conftest import Console
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.kube.cluster import Cluster
from tests.kube.conftest import shared_cluster

__all__ = ["shared_cluster"]
ROLES = "/administration/roles"


@pytest.fixture
def platform(site):
    return PlatformClient(site).signed_in("admin", PASSWORD)


@pytest.fixture
async def team(admin):
    await admin.get("/workspaces/new")
    made = await admin.post("/workspaces", name="Payments", description="Cards and cash")
    assert made.location == "/workspaces/1/members"
    return "/workspaces/1"


def names(page):
    return [one.text for one in page.all("td", class_="name")]


def action(page, end):
    [found] = [one["action"] for one in page.all("form", method="post") if one["action"].endswith(end)]
    return found


class TestWorkspaces:
    async def test_made_changed_and_ended(self, admin, team):
        page = await admin.get(team)
        assert "Cards and cash" in page.text
        assert "Nothing hangs on it" in page.text
        assert (await admin.post(team, name="Money", description="")).location == team
        assert names(await admin.get("/workspaces?q=mon")) == ["Money"]
        assert "Nothing fits" in (await admin.get("/workspaces?q=none")).text
        assert (await admin.post(f"{team}/delete", confirm="Payments")).location == team
        assert (await admin.post(f"{team}/delete", confirm="Money")).location == "/workspaces"
        assert (await admin.visit(team)).status == 404

    @pytest.mark.parametrize("name", ["", "Payments", "x" * 80])
    async def test_what_is_wrong_stands_beside_the_name(self, admin, team, name):
        page = await admin.post("/workspaces", name=name)
        assert page.status == 422
        assert page.one("div", id="name-error").text

    async def test_not_while_something_hangs_on_it(self, admin, platform, team):
        await private(platform, "secret", 1)
        page = await admin.get(team)
        assert "kangaroo/secret" in page.text
        assert "/spaces/kangaroo/secret" in page.links
        assert (await admin.post(f"{team}/delete", confirm="Payments")).location == team
        assert "kangaroo/secret" in (await admin.get(team)).one("div", class_="alert-warning").text

    async def test_a_stranger_sees_none(self, signed_in, team):
        bob = await signed_in("bob")
        page = await bob.get("/workspaces")
        assert "You belong to no workspace yet" in page.text
        assert "/workspaces/new" not in page.links
        for path in ("/workspaces/new", team, f"{team}/members", f"{team}/namespaces", "/workspaces/9"):
            assert (await bob.visit(path)).status == 403, path
        for path in ("/workspaces", team, f"{team}/delete", f"{team}/members"):
            assert (await bob.post(path, name="Payments", confirm="Payments")).status == 403, path

    @pytest.mark.parametrize("path", ["/workspaces/9", "/workspaces/x", "/workspaces/0"])
    async def test_there_is_no_such_workspace(self, admin, path):
        assert (await admin.visit(path)).status == 404


class TestMembers:
    async def test_added_changed_and_removed(self, admin, signed_in, team):
        ann = await signed_in("ann")
        fields = {"kind": "user", "name": "ann", "role": "Workspace Viewer"}
        assert (await admin.post(f"{team}/members", **fields)).location == f"{team}/members"
        assert (await admin.post(f"{team}/members", **fields)).status == 422
        assert team in (await ann.get("/workspaces")).links
        role = action(await admin.get(f"{team}/members"), "/role")
        await admin.post(role, role="Workspace Editor")
        assert "Workspace Editor" in (await ann.get(f"{team}/members")).text
        remove = role.removesuffix("role") + "remove"
        await admin.post(remove, confirm="ben")
        assert (await ann.visit(team)).status == 200
        await admin.post(remove, confirm="ann")
        assert (await ann.visit(team)).status == 403

    @pytest.mark.parametrize(
        ("change", "field"), [({"name": ""}, "name"), ({"name": "none"}, "name"), ({"role": "No"}, "role")]
    )
    async def test_wrong_inputs(self, admin, team, change, field):
        fields = {"kind": "user", "name": "admin", "role": "Workspace Viewer"}
        page = await admin.post(f"{team}/members", **(fields | change))
        assert page.status == 422
        assert page.one("div", id=f"{field}-error").text

    async def test_its_own_administrator_decides_who_belongs_to_it(self, admin, signed_in, team):
        ann, ben = await signed_in("ann"), await signed_in("ben")
        await admin.post(f"{team}/members", kind="user", name="ann", role="Workspace Admin")
        await ann.get(f"{team}/members")
        added = await ann.post(f"{team}/members", kind="user", name="ben", role="Workspace Viewer")
        assert added.location == f"{team}/members"
        page = await ann.get(team)
        assert "/w/1/registries" in page.links
        assert not page.all("button", data_opens="delete")

        shown = await ben.get(f"{team}/members")
        assert not [one for one in shown.all("form", method="post") if one["action"].startswith(team)]
        forged = {"kind": "user", "name": "ben", "role": "Workspace Admin"}
        assert (await ben.post(f"{team}/members", **forged)).status == 403
        assert (await ben.post(f"{team}/members/1/remove", confirm="ann")).status == 403
        assert (await ben.post(f"{team}/members/2/role", role="Workspace Admin")).status == 403
        assert (await ann.post(f"{team}/delete", confirm="Payments")).status == 403


class TestRoles:
    async def test_a_role_of_ones_own(self, admin, signed_in, team):
        await signed_in("ann")
        await admin.get(f"{ROLES}/new")
        fields = {"name": "Cleaner", "scope": "workspace", "points": ["DeleteImage", "CreateManagedHarbor"]}
        assert (await admin.post(ROLES, **fields)).location == ROLES
        assert (await admin.post(ROLES, **fields)).status == 422
        page = await admin.get(f"{ROLES}/workspace/Cleaner")
        ticked = [one["value"] for one in page.all("input", name="points") if "checked" in one.attributes]
        assert ticked == ["GetImage", "DeleteImage"]
        await admin.post(f"{team}/members", kind="user", name="ann", role="Cleaner")
        assert (await admin.post(f"{ROLES}/workspace/Cleaner/delete", confirm="Cleaner")).location == ROLES
        assert "Cleaner" in (await admin.get(ROLES)).one("div", class_="alert-warning").text
        assert (await admin.post(f"{ROLES}/workspace/Cleaner", points=["GetImage"])).location == ROLES
        await admin.post(action(await admin.get(f"{team}/members"), "/remove"), confirm="ann")
        await admin.post(f"{ROLES}/workspace/Cleaner/delete", confirm="Cleaner")
        assert "Cleaner" not in names(await admin.get(ROLES))

    async def test_built_in_ones_stay_and_an_empty_one_is_none(self, admin):
        await admin.get(f"{ROLES}/new")
        assert (await admin.visit(f"{ROLES}/workspace/Workspace%20Admin")).status == 404
        empty = await admin.post(ROLES, name="Nothing", scope="platform")
        assert empty.status == 422
        assert "at least one" in empty.text

    async def test_a_role_of_the_platform_is_given_and_taken(self, admin, signed_in):
        bob = await signed_in("bob")
        await admin.get(f"{ROLES}/holders")
        given = await admin.post(f"{ROLES}/holders", kind="user", name="bob", role="Kangaroo Owner")
        assert given.location == ROLES
        assert (await bob.get("/registries")).status == 200
        assert "/registries" in (await bob.get("/")).links
        remove = action(await admin.get(ROLES), "/remove")
        await admin.post(remove, confirm="bob")
        assert (await bob.visit("/registries")).status == 403

    async def test_they_are_for_administrators(self, signed_in):
        bob = await signed_in("bob")
        for path in (ROLES, f"{ROLES}/new", f"{ROLES}/holders", f"{ROLES}/workspace/None"):
            assert (await bob.visit(path)).status == 403, path
        for path in (ROLES, f"{ROLES}/holders"):
            assert (await bob.post(path, name="bob", scope="platform", role="Kangaroo Owner")).status == 403


@pytest.fixture
async def clustered(
    tmp_path: Path, site_database: Database, shared_cluster: Cluster
) -> AsyncIterator[tuple[World, ConsoleClient, Cluster]]:
    """With a worker and a cluster called `one`; the administrator looks at the console."""
    async with world(tmp_path, site_database) as made:
        site = Site(made.wired)
        await made.register("one", shared_cluster)
        admin = await ConsoleClient(Console(site)).sign_in("admin", PASSWORD)
        yield made, admin, shared_cluster


class TestNamespaces:
    async def test_a_namespace_is_bound_gets_its_secret_and_is_unbound(self, clustered):
        made, admin, cluster = clustered
        namespace, place = cluster.namespace(), await made.workspace("Payments")
        await made.space("team", place)
        url = f"/workspaces/{place}/namespaces"
        page = await admin.get(url)
        assert namespace in [one["value"] for one in page.all("input", name="namespaces")]
        assert (await admin.post(url, cluster="one")).status == 422
        bound = await admin.post(url, cluster="one", namespaces=[namespace])
        assert bound.location == f"{url}?watch=1"

        async def applied():
            part = await admin.part(url, "list")
            return part if "1 of 1 namespaces have the pull secret" in part.text else None

        part = await until(applied, "the secret is in place")
        assert "In place" in part.text
        assert "hx-get" not in part.one("div", id="list").attributes
        standing = await admin.part("/spaces/kangaroo/team/-/bindings", "standings")
        [line] = standing.all("li")
        assert line.text.startswith(f"one/{namespace}")
        assert line.text.endswith("In place")

        assert (await admin.post(f"{url}/reconcile")).location == f"{url}?watch=1"
        assert (await admin.post(f"{url}/rotate")).location == f"{url}?watch=1"
        assert "1 credentials are being replaced" in (await admin.get(url)).text
        where = {"cluster": "one", "namespace": namespace}
        assert (await admin.post(f"{url}/overwrite", confirm="no", **where)).location == url
        await admin.post(f"{url}/unbind", confirm="no", **where)
        assert namespace in names(await admin.get(url))
        await admin.post(f"{url}/unbind", confirm=namespace, **where)
        assert "No namespace yet" in (await admin.get(url)).text
        other = await made.workspace("Others")
        stolen = await admin.post(f"/workspaces/{other}/namespaces/unbind", confirm=namespace, **where)
        assert stolen.status == 404
