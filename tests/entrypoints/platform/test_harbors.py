"""The life of a managed Harbor over the API: a real API server, and an operator that plays harbor-operator's part."""

import asyncio
import base64
from contextlib import asynccontextmanager

import pytest

from kangaroo.app.schedule import handlers
from kangaroo.core.managed.jobs import TURNED
from kangaroo.jobs import Runner
from tests.core.workspaces.kit import workspace
from tests.entrypoints.platform.conftest import PASSWORD
from tests.entrypoints.platform.harbors import notices
from tests.entrypoints.platform.managed import HOME, SECRETS, ManagedStandIn, Place, spec
from tests.kube.cluster import Cluster, started
from tests.kube.harbor_definitions import CERT_MANAGER, HARBOR_OPERATOR, install
from tests.kube.harbor_operator import install_operator
from tests.remote import harbor_stand_in
from tests.remote.serving import served


@pytest.fixture(scope="module")
def equipped():
    """A cluster with harbor-operator and cert-manager."""
    with started() as cluster:
        install(cluster, HARBOR_OPERATOR)
        install(cluster, CERT_MANAGER)
        install_operator(cluster)
        yield cluster


@pytest.fixture
async def place(site, admin, equipped: Cluster):
    await admin.ok("POST", "clusters", {"name": HOME, "kubeconfig": equipped.kubeconfig()})
    yield Place(site, admin, equipped, await asyncio.to_thread(equipped.namespace))
    await site.services.clusters.opener.close()


@asynccontextmanager
async def reachable():
    """What answers at the URL it is exposed at."""
    stand_in = ManagedStandIn()
    async with served(stand_in.app()) as url:
        yield stand_in, url.replace("127.0.0.1", "localhost")


def details(shown):
    return shown["status"]["details"]


async def test_a_whole_life(place: Place):
    admin, one = place.admin, f"{place.base}/team"
    async with reachable() as (stand_in, url), place.operator():
        body = {"spec": spec(url), "metadata": {"annotations": {"kangaroo.io/description": "团队"}}}
        made = await admin.ok("POST", one, body)
        assert made["status"]["status"] == "PROVISIONING"
        assert made["status"]["targetClusterStatus"] == "TARGET_CLUSTER_STATUS_CREATING"
        assert made["spec"]["adminPassword"] == ""
        healthy = await place.until("team", "HEALTHY")
        assert healthy["status"]["status"] == "HEALTHY"
        assert healthy["status"]["targetClusterStatus"] == "TARGET_CLUSTER_STATUS_RUNNING"
        assert {one["type"] for one in details(healthy)["conditions"]} >= {"ServiceReady", "DatabaseReady"}
        assert all(pod["ready"] for pod in details(healthy)["pods"])
        assert details(healthy)["instance"]["state"] == "healthy"
        registry = await admin.get("registries/team")
        assert (registry["integratedType"], registry["url"]) == ("Automatic", url)
        assert registry["credential"] == {"username": "admin", "password": ""}
        assert (await admin.get("registries/team/detail"))["description"] == "团队"

        await _changed(place, stand_in)
        await admin.ok("DELETE", one, {})
        assert await admin.refused("GET", "registries/team") == (404, "NOT_FOUND")
        await _gone(place, "team")
        assert place.names("v1/secrets") == set()
    told = [what for _, what, name in await notices(place.site, "harbor") if name.endswith(".team")]
    assert (told[0], set(told[1:-1]), told[-1]) == ("create_harbor", {"update_harbor"}, "delete_harbor")


async def _changed(place: Place, stand_in: ManagedStandIn):
    """Scanner, resources, password; a rollout is UPDATING, never unhealthy."""
    admin, one = place.admin, f"{place.base}/team"
    amounts = {"requests": {"cpu": "100m"}, "limits": {"memory": "1Gi"}}
    changed = await admin.ok(
        "PUT", one, {"spec": {"enableTrivy": True, "resources": amounts}, "trivyOffline": True}
    )
    assert details(changed)["state"] in ("UPDATING", "HEALTHY")
    assert (changed["spec"]["enableTrivy"], changed["trivyOffline"]) == (True, True)
    there = place.harbor_cluster("team")["spec"]
    assert there["trivy"]["skipUpdate"] is there["trivy"]["offlineScan"] is True
    assert there["core"]["resources"] == amounts
    await place.until("team", "HEALTHY")
    assert "team-harbor-harbor-trivy" in place.names("apps/v1/deployments")

    await admin.ok("PUT", one, {"spec": {"adminPassword": "Another-pass1"}})
    assert stand_in.password == "Another-pass1"
    assert (await admin.ok("POST", "registries/team/health"))["state"] == "healthy"
    (secret,) = [one for one in place.objects("v1/secrets") if one["metadata"]["name"] == "team-admin"]
    assert base64.b64decode(secret["data"]["secret"]) == b"Another-pass1"

    await admin.ok("PUT", one, {"spec": {"enableTrivy": False}})
    assert "trivy" not in place.harbor_cluster("team")["spec"]


async def _gone(place: Place, name: str):
    looking = place.site.services.managed.looking
    async with asyncio.timeout(30):
        while (await place.admin("GET", f"{place.base}/{name}")).status == 200:
            await looking.look_at_due()
            await place.admin("GET", f"cluster/{HOME}/namespace/{place.namespace}/harbors/{name}/sync")


async def test_a_slow_start_is_no_failure(place: Place):
    async with reachable() as (_, url), place.operator() as operator:
        operator.holding = True
        await place.admin.ok("POST", f"{place.base}/slow", {"spec": spec(url)})
        while True:
            await place.site.services.managed.looking.look_at_due()
            await place.admin.get(f"cluster/{HOME}/namespace/{place.namespace}/harbors/slow/sync")
            shown = await place.admin.get(f"{place.base}/slow")
            assert details(shown)["state"] == "CREATING"
            if details(shown)["resource"] == "unhealthy":  # the operator's word while pods start
                break
            await asyncio.sleep(0)
        operator.trouble = "ImagePullBackOff"
        operator.poke()
        shown = await place.until("slow", "UNHEALTHY")
        assert details(shown)["reason"] == "POD_IMAGE"
        assert "slow-harbor-harbor-" in details(shown)["message"]
        assert details(shown)["remedy"]
        operator.trouble, operator.holding = "", False
        operator.poke()
        await place.until("slow", "HEALTHY")


async def test_its_instance_is_asked_when_it_turns(place: Place):
    """By a worker, and at once: not when its time has come."""
    queue = place.site.wired.queue
    async with place.operator() as operator:
        async with reachable() as (_, url):
            await place.admin.ok("POST", f"{place.base}/turning", {"spec": spec(url)})
            await place.until("turning", "HEALTHY")
            assert (await place.admin.get("registries/turning/health"))["health"]["state"] == "healthy"
        operator.trouble, operator.holding = "ImagePullBackOff", True
        operator.poke()
        await place.until("turning", "UNHEALTHY")
        runner = Runner(queue, {TURNED: handlers(place.site.wired)[TURNED]})
        await runner.start()
        try:
            async with asyncio.timeout(20):
                while (await place.admin.get("registries/turning/health"))["health"]["reason"] == "":
                    await asyncio.sleep(0.05)
        finally:
            await runner.stop(5)
    health = (await place.admin.get("registries/turning/health"))["health"]
    assert health["reason"] == "CONNECTION_REFUSED"


async def test_healthy_pods_without_an_answer(place: Place):
    async with place.operator():
        await place.admin.ok("POST", f"{place.base}/mute", {"spec": spec("http://localhost:1")})
        looking = place.site.services.managed.looking
        async with asyncio.timeout(30):
            while True:
                await looking.look_at_due()
                await looking.follow(0.2)
                await place.admin.get(f"cluster/{HOME}/namespace/{place.namespace}/harbors/mute/sync")
                shown = await place.admin.get(f"{place.base}/mute")
                if details(shown)["instance"]["reason"]:
                    break
        assert (details(shown)["state"], details(shown)["resource"]) == ("CREATING", "healthy")
        assert details(shown)["instance"]["reason"] == "CONNECTION_REFUSED"
        assert await place.admin.refused("GET", "registries/mute") == (404, "NOT_FOUND")
        early = {"spec": {"adminPassword": "Another-pass1"}}
        assert await place.admin.refused("PUT", f"{place.base}/mute", early) == (400, "PRECONDITION")


async def test_nothing_is_left_of_what_was_refused(place: Place):
    there = {"metadata": {"name": "own-storage"}, "stringData": {"secret": "somebody's"}}
    place.cluster.call("POST", f"/api/v1/namespaces/{place.namespace}/secrets", there)
    status, _ = await place.admin.refused("POST", f"{place.base}/own", {"spec": spec()})
    assert status == 400
    assert place.names("v1/secrets") == {"own-storage"}
    assert place.names("cert-manager.io/v1/issuers") == set()
    assert await place.admin.refused("GET", f"{place.base}/own") == (404, "NOT_FOUND")
    assert (await place.admin.get("harbors"))["items"] == []


async def test_an_object_that_goes_wrong_in_the_middle(place: Place):
    """The dry run passes, and then the room is gone: a quota counts Secrets."""
    quota = {"metadata": {"name": "few"}, "spec": {"hard": {"count/secrets": "2"}}}
    place.cluster.call("POST", f"/api/v1/namespaces/{place.namespace}/resourcequotas", quota)
    async with asyncio.timeout(20):
        while not place.objects("v1/resourcequotas")[0].get("status", {}).get("hard"):
            await asyncio.sleep(0.05)
    answer = await place.admin("POST", f"{place.base}/half", {"spec": spec()})
    assert answer.status >= 400
    assert "exceeded quota" in answer.json()["message"]
    assert place.names("v1/secrets") == set()
    assert await place.admin.refused("GET", f"{place.base}/half") == (404, "NOT_FOUND")


async def test_secrets_stay_secret(place: Place):
    made = await place.admin("POST", f"{place.base}/mum", {"spec": spec()})
    assert made.status == 200
    shown = await place.admin("GET", f"{place.base}/mum")
    listed = await place.admin("GET", "harbors")
    given = [*SECRETS.values(), harbor_stand_in.ADMIN_PASSWORD]
    for one in given:
        for answer in (made, shown, listed):
            assert one.encode() not in answer.body
        for file in place.site.wired.settings.data.glob("kangaroo.db*"):
            assert one.encode() not in file.read_bytes()
    text = str(place.harbor_cluster("mum"))
    assert not any(one in text for one in given)


async def test_names(place: Place):
    one = place.base
    assert await place.admin.refused("POST", f"{one}/{'x' * 36}", {"spec": spec()}) == (400, "NAME_INVALID")
    assert await place.admin.refused("POST", f"{one}/Upper", {"spec": spec()}) == (400, "NAME_INVALID")
    assert await place.admin.refused("POST", f"{one}/kangaroo", {"spec": spec()}) == (409, "CONFLICT")
    await place.admin.ok("POST", f"{one}/{'y' * 35}", {"spec": spec()})
    assert await place.admin.refused("POST", f"{one}/{'y' * 35}", {"spec": spec()}) == (409, "CONFLICT")
    elsewhere = {"spec": spec(), "metadata": {"name": "other"}}
    assert await place.admin.refused("POST", f"{one}/z", elsewhere) == (400, "INVALID_FIELD")


async def test_two_do_not_share(place: Place):
    first = spec()
    await place.admin.ok("POST", f"{place.base}/one", {"spec": first})
    for part in ("database", "cache", "storage"):
        answer = await place.admin("POST", f"{place.base}/two", {"spec": spec(**{part: first[part]})})
        assert answer.status == 409
        assert answer.json()["details"][0]["reason"] == "SHARED"
        assert f"{HOME}.{place.namespace}.one" in answer.json()["message"]


async def test_what_stays_as_it_was(place: Place):
    one = f"{place.base}/fixed"
    await place.admin.ok("POST", one, {"spec": spec(version="2.5.6")})
    other = spec()
    for part in ("database", "storage"):
        assert await place.admin.refused("PUT", one, {"spec": {part: other[part]}}) == (400, "PRECONDITION")
    assert await place.admin.refused("PUT", one, {"spec": {"version": "2.4.0"}}) == (400, "INVALID_FIELD")
    assert await place.admin.refused("PUT", one, {"spec": {"version": "2.6.0"}}) == (400, "INVALID_FIELD")
    moved = await place.admin.ok("PUT", one, {"spec": {"version": "2.6.4", "cache": other["cache"]}})
    assert moved["spec"]["version"] == "2.6.4"
    redis = place.harbor_cluster("fixed")["spec"]["cache"]["spec"]["redis"]
    assert redis["host"] == other["cache"]["externalSpec"]["hostAndPort"][8:].partition(":")[0]


@pytest.mark.parametrize("keep", [False, True])
async def test_a_volume_goes_or_stays(place: Place, keep: bool):
    classes = "/apis/storage.k8s.io/v1/storageclasses"
    place.cluster.ask("POST", classes, {"metadata": {"name": "fast"}, "provisioner": "test"})
    volume = {"name": "fast", "resource": {"requests": {"storage": "10Gi"}}}
    body = {"spec": spec(storage={"type": "STORAGE_CLASS", "scSpec": volume})}
    one = f"{place.base}/keeper"
    await place.admin.ok("POST", one, body)
    (claim,) = place.objects("v1/persistentvolumeclaims")
    assert claim["spec"]["accessModes"] == ["ReadWriteOnce"]
    assert "ownerReferences" not in claim["metadata"]
    harbor = place.harbor_cluster("keeper")["spec"]
    assert (
        harbor["storage"]["spec"]["fileSystem"]["registryPersistentVolume"]["claimName"] == "keeper-registry"
    )
    assert await place.admin.refused("PUT", one, {"spec": {"replicas": 2}}) == (400, "PRECONDITION")
    await place.admin.ok("DELETE", one, {"keepData": keep})
    await _gone(place, "keeper")
    left = [
        one
        for one in place.objects("v1/persistentvolumeclaims")
        if "deletionTimestamp" not in one["metadata"]
    ]
    assert len(left) == keep
    if keep:
        await place.admin.ok("POST", one, body)
        assert place.objects("v1/persistentvolumeclaims")[0]["metadata"]["uid"] == claim["metadata"]["uid"]


async def test_a_node_port_of_ours(place: Place):
    async with place.operator():
        body = {"spec": spec(expose={"type": "NODE_PORT", "externalUrl": "http://10.0.0.7"})}
        made = await place.admin.ok("POST", f"{place.base}/door", body)
        port = made["spec"]["expose"]["nodePortSpec"]["nodePort"]
        assert 30000 <= port <= 32767
        assert made["spec"]["expose"]["externalUrl"] == f"http://10.0.0.7:{port}"
        harbor = place.harbor_cluster("door")
        assert harbor["spec"]["externalURL"] == f"http://10.0.0.7:{port}"
        assert "ingress" not in harbor["spec"]["expose"]["core"]
        (service,) = place.objects("v1/services")
        assert service["spec"]["ports"][0]["nodePort"] == port
        owner = {"kind": "HarborCluster", "uid": harbor["metadata"]["uid"]}
        assert owner.items() <= service["metadata"]["ownerReferences"][0].items()
        answer = await place.admin.get(f"clusters/{HOME}/node-port/check?port={port}")
        assert answer == {"status": True}
        await place.admin.ok("DELETE", f"{place.base}/door", {})
        await _gone(place, "door")
        assert place.objects("v1/services") == []


async def test_bound_to_a_workspace_it_stays(place: Place):
    async with reachable() as (stand_in, url), place.operator():
        stand_in.add_project("secret", public=False)
        one = f"{place.base}/bound"
        await place.admin.ok("POST", one, {"spec": spec(url)})
        await place.until("bound", "HEALTHY")
        tenants = await workspace(place.admin, "tenants")
        binding = {"bindingWorkspace": [str(tenants)]}
        await place.admin.ok("PUT", "registries/bound/projects/secret/binding", binding)
        assert await place.admin.refused("DELETE", one, {}) == (409, "REFERENCED")
        assert details(await place.admin.get(one))["state"] == "HEALTHY"
        assert await place.admin.refused("DELETE", "registries/bound") == (400, "PRECONDITION")


async def test_a_cluster_that_is_registered_no_more(place: Place):
    one = f"{place.base}/lost"
    await place.admin.ok("POST", one, {"spec": spec()})
    await place.admin.ok("DELETE", f"clusters/{HOME}")
    await place.admin.get(f"cluster/{HOME}/namespace/{place.namespace}/harbors/lost/sync")
    shown = await place.admin.get(one)
    assert (details(shown)["state"], details(shown)["reason"]) == ("UNKNOWN", "CLUSTER_UNKNOWN")
    assert shown["status"]["targetClusterStatus"] == "TARGET_CLUSTER_STATUS_UNKNOWN"
    await place.admin.ok("DELETE", one, {})
    assert await place.admin.refused("GET", one) == (404, "NOT_FOUND")


async def test_listed(place: Place):
    for name in ("alpha", "beta", "gamma"):
        await place.admin.ok("POST", f"{place.base}/{name}", {"spec": spec()})

    async def names(query: str = "") -> list[str]:
        return [one["metadata"]["name"] for one in (await place.admin.get(f"harbors{query}"))["items"]]

    assert await names() == ["gamma", "beta", "alpha"]
    assert await names("?sortBy=field_name&orderBy=asc") == ["alpha", "beta", "gamma"]
    assert await names("?fuzzyName=ET") == ["beta"]
    assert await names("?page=2&pageSize=2") == ["alpha"]


async def test_who_may_not(place: Place):
    await place.site.user("mallory")
    mallory = place.admin.signed_in("mallory", PASSWORD)
    one, here = f"{place.base}/hers", f"cluster/{HOME}/namespace/{place.namespace}"
    for method, path, body in (
        ("GET", "harbors", None),
        ("GET", one, None),
        ("POST", one, {"spec": spec()}),
        ("PUT", one, {"spec": {}}),
        ("DELETE", one, {}),
        ("GET", f"{here}/harbors/hers/sync", None),
        ("GET", f"{here}/harbors/hers/verify", None),
        ("POST", f"{here}/harbors/hers/verify", {}),
        ("GET", f"{here}/tls", None),
        ("GET", f"clusters/{HOME}/check", None),
        ("GET", f"clusters/{HOME}/check-pre-environment", None),
        ("GET", f"clusters/{HOME}/harbors/default-params", None),
        ("GET", f"clusters/{HOME}/namespace/{place.namespace}/check", None),
        ("GET", f"clusters/{HOME}/node-port/check?port=30001", None),
        ("POST", f"clusters/{HOME}/namespace/{place.namespace}/middleware", {}),
        ("GET", "minio-instance", None),
        ("GET", "postgresql-instance", None),
        ("GET", "redis-instance", None),
        ("GET", "workspace/1/minio", None),
        ("GET", "workspace/1/postgresql", None),
        ("GET", "workspace/1/redis", None),
    ):
        assert await mallory.refused(method, path, body) == (403, "FORBIDDEN"), (method, path)
