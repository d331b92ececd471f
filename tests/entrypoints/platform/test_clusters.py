"""Clusters over the API: registered, looked at, their namespaces given to workspaces; against real API servers."""

import asyncio

import pytest

from tests.core.workspaces.kit import member, workspace
from tests.kube.conftest import shared_cluster

__all__ = ["shared_cluster"]


@pytest.fixture
async def home(admin, shared_cluster):
    """A registered cluster."""
    answer = await admin.ok(
        "POST", "clusters", {"name": "home", "kubeconfig": shared_cluster.kubeconfig(), "description": "d"}
    )
    assert answer["health"]["state"] == "healthy"
    return shared_cluster


async def test_none(admin):
    nothing = {"items": [], "pagination": {"page": 1, "pageSize": 10, "total": 0, "pages": 0}}
    assert await admin.get("cluster") == nothing
    assert await admin.get("clusters") == nothing
    assert await admin.refused("GET", "cluster/one/namespace") == (404, "NOT_FOUND")
    assert await admin.refused("GET", "clusters/One_") == (404, "NOT_FOUND")


async def test_registered(admin, home):
    assert (await admin.get("cluster"))["items"] == [{"name": "home", "status": "clusterStatus_READY"}]
    one = await admin.get("clusters/home")
    assert (one["name"], one["server"], one["description"], one["author"]) == (
        "home",
        home.url,
        "d",
        "admin",
    )
    assert one["version"].startswith("v1.")
    assert one["nodes"] == 0
    assert one["health"]["reason"] == ""
    assert "kubeconfig" not in one
    checked = await admin.ok("POST", "clusters/home/health")
    assert checked["state"] == "healthy"
    assert (await admin.get("clusters?fuzzyName=om"))["pagination"]["total"] == 1
    assert (await admin.get("clusters?fuzzyName=x"))["pagination"]["total"] == 0


async def test_namespaces_are_those_of_the_cluster(admin, home):
    name = await asyncio.to_thread(home.namespace)
    names = (await admin.get("cluster/home/namespace?pageSize=-1"))["items"]
    assert {name, "default", "kube-system"} <= set(names)
    assert names == sorted(names)
    backwards = await admin.get("cluster/home/namespace?pageSize=-1&sortBy=field_name&orderBy=desc")
    assert backwards["items"] == names[::-1]
    newest = await admin.get("cluster/home/namespace?pageSize=-1&sortBy=creation_time&orderBy=asc")
    assert newest["items"].index("default") < newest["items"].index(name)
    found = await admin.get(f"clusters/home/namespaces?fuzzyName={name[3:]}")
    assert found["items"] == [{"name": name, "phase": "Active", "workspace": None}]


async def test_a_namespace_belongs_to_one_workspace(admin, home):
    first, second = [await asyncio.to_thread(home.namespace) for _ in range(2)]
    tenants, others = await workspace(admin, "tenants"), await workspace(admin, "others")
    both = {"namespaces": [first, second]}
    await admin.ok("POST", "clusters/home/namespaces/bind", {**both, "workspace": tenants})
    await admin.ok("POST", "clusters/home/namespaces/bind", {**both, "workspace": tenants})
    assert await admin.refused("POST", "clusters/home/namespaces/bind", {**both, "workspace": others}) == (
        409,
        "CONFLICT",
    )
    found = await admin.get(f"workspaces/{tenants}/namespaces")
    assert sorted(one["namespace"] for one in found["items"]) == sorted([first, second])
    assert {one["cluster"] for one in found["items"]} == {"home"}
    shown = (await admin.get(f"clusters/home/namespaces?fuzzyName={first}"))["items"][0]
    assert shown["workspace"]["alias"] == "tenants"
    assert (await admin.get(f"workspaces/{tenants}/resources"))["namespaces"] == sorted(
        [f"home/{first}", f"home/{second}"]
    )
    assert await admin.refused("DELETE", f"workspaces/{tenants}") == (409, "REFERENCED")
    assert await admin.refused("DELETE", "clusters/home") == (409, "REFERENCED")
    await admin.ok("POST", "clusters/home/namespaces/unbind", both)
    assert await admin.refused("POST", "clusters/home/namespaces/unbind", both) == (404, "NOT_FOUND")
    await admin.ok("DELETE", f"workspaces/{tenants}")
    await admin.ok("DELETE", "clusters/home")
    assert await admin.refused("GET", "clusters/home") == (404, "NOT_FOUND")


async def test_what_cannot_be_bound(admin, home):
    place = await workspace(admin, "tenants")
    path = "clusters/home/namespaces/bind"
    none = {"namespaces": ["there-is-none"], "workspace": place}
    assert await admin.refused("POST", path, none) == (400, "INVALID_FIELD")
    assert await admin.refused("POST", path, {**none, "namespaces": ["../x"]}) == (400, "INVALID_FIELD")
    nowhere = {"namespaces": ["default"], "workspace": 4711}
    assert await admin.refused("POST", path, nowhere) == (404, "NOT_FOUND")
    assert await admin.refused("POST", "clusters/else/namespaces/bind", none) == (404, "NOT_FOUND")


async def test_abandoned(admin, home):
    name = await asyncio.to_thread(home.namespace)
    place = await workspace(admin, "tenants")
    await admin.ok("POST", "clusters/home/namespaces/bind", {"namespaces": [name], "workspace": place})
    await admin.ok("DELETE", "clusters/home?abandon=true")
    assert (await admin.get(f"workspaces/{place}/namespaces"))["items"] == []


async def test_once_each(admin, home):
    again = {"name": "home", "kubeconfig": home.kubeconfig()}
    assert await admin.refused("POST", "clusters", again) == (409, "CONFLICT")
    answer = await admin("POST", "clusters", {**again, "name": "other"})
    assert answer.status == 409
    assert "home" in answer.json()["message"]


async def test_changed(admin, home):
    changed = await admin.ok("PUT", "clusters/home", {"description": "moved"})
    assert changed["description"] == "moved"
    changed = await admin.ok("PUT", "clusters/home", {"kubeconfig": home.kubeconfig_by_certificate()})
    assert changed["description"] == "moved"
    assert (await admin.ok("POST", "clusters/home/health"))["state"] == "healthy"
    assert await admin.refused("PUT", "clusters/home", {"kubeconfig": "{}"}) == (400, "INVALID_FIELD")


async def test_refused_accounts(admin, shared_cluster):
    wrong = {"name": "home", "kubeconfig": shared_cluster.kubeconfig("no-such-token")}
    assert await admin.refused("POST", "clusters", wrong) == (400, "UNAUTHORIZED")
    rules = [{"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "list", "watch"]}]
    text = await asyncio.to_thread(shared_cluster.kubeconfig_of, "reader", rules)
    answer = await admin("POST", "clusters", {"name": "home", "kubeconfig": text})
    assert answer.json()["details"][0]["reason"] == "CLUSTER_RIGHTS"
    assert "create secrets" in answer.json()["message"]
    assert "list namespaces" not in answer.json()["message"]
    assert (await admin.get("clusters"))["items"] == []


READING = {"apiGroups": [""], "resources": ["namespaces"], "verbs": ["get", "list", "watch"]}
WRITING = {
    "apiGroups": [""],
    "resources": ["secrets"],
    "verbs": ["get", "list", "watch", "create", "patch", "delete"],
}


async def test_health_asks_for_the_rights(admin, shared_cluster):
    """One that is missing for service accounts alone is a restriction; a right taken away shows when asked."""
    text = await asyncio.to_thread(shared_cluster.kubeconfig_of, "shrinking", [READING, WRITING])
    await admin.ok("POST", "clusters", {"name": "home", "kubeconfig": text})
    first = (await admin.get("clusters/home"))["health"]
    assert (first["state"], first["reason"]) == ("degraded", "CLUSTER_ACCOUNTS")
    assert "patch serviceaccounts" in first["message"]

    async def given(*rules: object, until: tuple[str, str]) -> dict:
        path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/shrinking"
        form = "application/merge-patch+json"
        await asyncio.to_thread(shared_cluster.call, "PATCH", path, {"rules": rules}, form=form)
        async with asyncio.timeout(30):  # the authorizer of the API server follows
            while True:
                health = await admin.ok("POST", "clusters/home/health")
                if (health["state"], health["reason"]) == until:
                    return health
                await asyncio.sleep(0.1)

    await given({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, until=("healthy", ""))
    report = await given(READING, until=("unhealthy", "CLUSTER_RIGHTS"))
    assert "create secrets" in report["message"]
    await given(READING, WRITING, until=("degraded", "CLUSTER_ACCOUNTS"))


async def test_who_may(site, admin, home):
    place = await workspace(admin, "tenants")
    name = await asyncio.to_thread(home.namespace)
    await admin.ok("POST", "clusters/home/namespaces/bind", {"namespaces": [name], "workspace": place})
    jane = await member(site, admin, place, "jane", "Workspace Viewer")
    eve = await member(site, admin, await workspace(admin, "others"), "eve")
    assert [one["namespace"] for one in (await jane.get(f"workspaces/{place}/namespaces"))["items"]] == [name]
    assert await eve.refused("GET", f"workspaces/{place}/namespaces") == (403, "FORBIDDEN")
    for method, path in (
        ("GET", "cluster"),
        ("GET", "clusters"),
        ("GET", "clusters/home"),
        ("GET", "cluster/home/namespace"),
        ("GET", "clusters/home/namespaces"),
        ("POST", "clusters/home/health"),
        ("DELETE", "clusters/home"),
    ):
        assert await jane.refused(method, path) == (403, "FORBIDDEN"), path
    body = {"namespaces": [name], "workspace": place}
    assert await jane.refused("POST", "clusters/home/namespaces/bind", body) == (403, "FORBIDDEN")
    assert await jane.refused("POST", "clusters/home/namespaces/unbind", body) == (403, "FORBIDDEN")
    given = {"name": "x", "kubeconfig": home.kubeconfig()}
    assert await jane.refused("POST", "clusters", given) == (403, "FORBIDDEN")
