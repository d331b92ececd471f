"""Clusters, their namespaces and the pull secrets in them, against a real API server."""

import asyncio
import re

import pytest

from tests.core.workspaces.kit import private, pushed, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.kube.conftest import shared_cluster

__all__ = ["shared_cluster"]

SECRET = "/api/v1/namespaces/{}/secrets"


@pytest.fixture
def api(site: Site) -> PlatformClient:
    return PlatformClient(site).signed_in("admin", PASSWORD)


@pytest.fixture
async def home(admin, shared_cluster):
    """Registered by its page."""
    await admin.get("/clusters/-/new")
    made = await admin.post("/clusters", name="home", kubeconfig=shared_cluster.kubeconfig(), description="d")
    assert made.location == "/clusters/home"
    return shared_cluster


@pytest.fixture
async def namespace(home):
    return await asyncio.to_thread(home.namespace)


@pytest.fixture
async def bound(admin, api, namespace):
    """A namespace of a workspace that has an image of its own."""
    place = await workspace(api, "Team")
    await admin.post("/clusters/home/-/bind", selected=[namespace], workspace=str(place))
    return place


async def test_who_may_not_sees_nothing_of_it(signed_in, home, namespace):
    eve = await signed_in("eve")
    for path in ("", "/-/new", "/home", "/home/-/edit", "/home/-/converging", f"/home/{namespace}"):
        assert (await eve.visit(f"/clusters{path}")).status == 403, path
    for path in ("", "/home/-/check", "/home/-/edit", "/home/-/bind", "/home/-/reconcile"):
        given = {"selected": [namespace], "workspace": "1", "name": "x", "kubeconfig": "y"}
        assert (await eve.post(f"/clusters{path}", **given)).status == 403, path
    assert (await eve.post("/clusters/home/-/delete", confirm="home")).status == 403


@pytest.mark.parametrize(
    ("change", "field", "told"),
    [
        ({"name": ""}, "name", "This is needed."),
        ({"name": "Home_"}, "name", "Home_"),
        ({"kubeconfig": ""}, "kubeconfig", "This is needed."),
        ({"kubeconfig": "a: 1"}, "kubeconfig", "a: unknown entry"),
    ],
)
async def test_what_is_wrong_stands_beside_what_was_typed(admin, change, field, told):
    await admin.get("/clusters/-/new")
    page = await admin.post("/clusters", **({"name": "one", "kubeconfig": "kind: Config"} | change))
    assert page.status == 422
    assert told in page.one("div", id=f"{field}-error").text
    assert page.one("input", id="name")["value"] == change.get("name", "one")


async def test_a_kubeconfig_that_runs_programs_is_refused_by_its_entry(admin, shared_cluster):
    text = re.sub(r"token: .*", "exec: {command: sh}", shared_cluster.kubeconfig())
    await admin.get("/clusters/-/new")
    page = await admin.post("/clusters", name="one", kubeconfig=text)
    assert page.status == 422
    assert "exec" in page.one("div", id="kubeconfig-error").text
    assert "No cluster yet" in (await admin.get("/clusters")).text


async def test_from_the_list_to_the_last_page_of_a_cluster(admin, home):
    listed = await admin.get("/clusters?q=OM")
    assert "Healthy" in listed.text
    assert "/clusters/home" in listed.links
    shown = await admin.get("/clusters/home")
    assert home.url in shown.text
    assert "/doctor?cluster=home" in shown.links
    assert (await admin.post("/clusters/home/-/check")).location == "/clusters/home"
    edit = await admin.get("/clusters/home/-/edit")
    assert edit.one("textarea", id="kubeconfig").text == "", "it is never shown"
    await admin.post(
        "/clusters/home/-/edit", description="other", kubeconfig=home.kubeconfig_by_certificate()
    )
    assert "other" in (await admin.get("/clusters")).text
    wrong = await admin.post("/clusters/home/-/edit", description="", kubeconfig="a: 1")
    assert wrong.status == 422
    assert (await admin.post("/clusters/home/-/delete", confirm="away")).location == "/clusters/home"
    assert (await admin.post("/clusters/home/-/delete", confirm="home")).location == "/clusters"
    assert "No cluster yet" in (await admin.get("/clusters")).text


class TestNamespaces:
    async def test_bound_put_right_and_unbound(self, admin, home, namespace, bound):
        page = await admin.get(f"/clusters/home?q={namespace}")
        assert "Team" in page.text
        assert "On its way" in page.text
        assert page.one("div", id="converging")["hx-get"].startswith("/clusters/home/-/converging?")
        assert (await admin.post(f"/clusters/home/{namespace}/-/mend")).status == 303
        part = await admin.visit(f"/clusters/home/-/converging?q={namespace}")
        assert "In place" in part.one("span", id=f"secret-{namespace}").text
        assert "hx-get" not in part.one("div", id="converging").attributes, "nothing moves any more"
        [there] = (await asyncio.to_thread(home.call, "GET", SECRET.format(namespace)))["items"]
        assert there["type"] == "kubernetes.io/dockerconfigjson"
        await admin.post("/clusters/home/-/unbind", selected=[namespace])
        listed = await admin.get(f"/clusters/home?q={namespace}&state=free")
        assert namespace in listed.text
        assert "Nothing fits" in (await admin.get(f"/clusters/home?q={namespace}&state=bound")).text

    async def test_a_namespace_belongs_to_one_workspace(self, admin, api, namespace, bound):
        other = await workspace(api, "Other")
        await admin.post("/clusters/home/-/bind", selected=[namespace], workspace=str(other))
        told = await admin.get("/clusters/home")
        assert "Team" in told.all("div", class_="alert-danger")[0].text
        await admin.post("/clusters/home/-/bind", selected=[], workspace=str(other))
        assert "Select namespaces" in (await admin.get("/clusters/home")).text

    async def test_a_foreign_secret_is_overwritten_only_when_its_place_was_named(
        self, admin, api, home, namespace
    ):
        place = await workspace(api, "Team")
        foreign = {"metadata": {"name": "registry-secret"}, "type": "Opaque"}
        await asyncio.to_thread(home.call, "POST", SECRET.format(namespace), foreign)
        await admin.post("/clusters/home/-/bind", selected=[namespace], workspace=str(place))
        await admin.post(f"/clusters/home/{namespace}/-/mend")
        page = await admin.get(f"/clusters/home/{namespace}")
        assert "Foreign secret" in page.text
        assert page.one("dialog", id="overwrite")
        await admin.post(f"/clusters/home/{namespace}/-/overwrite", confirm="other")
        assert "Foreign secret" in (await admin.get(f"/clusters/home/{namespace}")).text
        await admin.post(f"/clusters/home/{namespace}/-/overwrite", confirm=namespace)
        page = await admin.get(f"/clusters/home/{namespace}")
        assert "In place" in page.text
        assert not page.all("dialog", id="overwrite")

    async def test_a_cluster_with_bound_namespaces_is_deleted_only_when_it_is_given_up(
        self, admin, namespace, bound
    ):
        await admin.post("/clusters/home/-/delete", confirm="home")
        assert "belong to workspaces" in (await admin.get("/clusters/home")).text
        gone = await admin.post("/clusters/home/-/delete", confirm="home", abandon="true")
        assert gone.location == "/clusters"

    async def test_everything_is_looked_at_again(self, admin, namespace, bound):
        await admin.post(f"/clusters/home/{namespace}/-/mend")
        assert (await admin.post("/clusters/home/-/reconcile")).location == "/clusters/home"
        assert "On its way" in (await admin.get(f"/clusters/home?q={namespace}")).text

    async def test_service_accounts(self, admin, namespace, bound):
        chosen = await admin.post(f"/clusters/home/{namespace}/-/accounts", accounts="default, builder")
        assert chosen.location == f"/clusters/home/{namespace}"
        await admin.post(f"/clusters/home/{namespace}/-/accounts", accounts="No_Name")
        assert (await admin.get(f"/clusters/home/{namespace}")).all("div", class_="alert-danger")


class TestSelector:
    async def test_a_member_finds_the_manifest_of_an_image(
        self, site, api, signed_in, admin, namespace, bound
    ):
        await private(api, "team", bound)
        await pushed(site, "team/app", "v1")
        ann = await signed_in("ann")
        body = {"memberName": "ann", "roleName": "Workspace Viewer"}
        await api.ok("POST", f"workspaces/{bound}/members", body)
        page = await ann.get(f"/clusters/home/{namespace}")
        assert page.all("select", id="select-space")
        chosen = await ann.part(f"/clusters/home/{namespace}?space=team", "selector")
        manifest = chosen.one("pre").text
        assert "imagePullSecrets" in manifest
        assert 'image: "registry.test/team/app:v1"' in manifest
        assert "not in place yet" in chosen.html
        assert not page.all("form", action=f"/clusters/home/{namespace}/-/accounts")
        other = await ann.get(f"/clusters/home/{namespace}?space=unheard-of")
        assert not other.all("pre")

    async def test_administrators_who_are_no_members_do_not_see_its_images(self, admin, namespace, bound):
        assert "Only members" in (await admin.get(f"/clusters/home/{namespace}")).text
