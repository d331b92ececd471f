"""What is in the way of a managed Harbor: each row of the preflight, failing and passing, against a real API server."""

import asyncio
import base64
import secrets

import pytest

from tests.entrypoints.platform.managed import HOME, Place, spec
from tests.kube.cluster import Cluster, started
from tests.kube.harbor_definitions import CERT_MANAGER, HARBOR_OPERATOR, MIDDLEWARE, install, remove
from tests.kube.harbor_operator import NAMESPACE, install_operator, set_available
from tests.remote.authority import Authority
from tests.remote.dependency_servers import PASSWORD as REDIS_PASSWORD
from tests.remote.dependency_servers import redis_running
from tests.remote.serving import free_port


@pytest.fixture(scope="module")
def equipped():
    with started() as cluster:
        install(cluster, HARBOR_OPERATOR)
        install(cluster, CERT_MANAGER)
        install_operator(cluster)
        for name, default in (("fast", "true"), ("slow", "false")):
            marks = {"storageclass.kubernetes.io/is-default-class": default}
            made = {"metadata": {"name": name, "annotations": marks}, "provisioner": "lvm.hwameistor.io"}
            cluster.call(
                "POST",
                "/apis/storage.k8s.io/v1/storageclasses",
                made | {"parameters": {"replicaNumber": "2"}},
            )
        made = {"metadata": {"name": "nginx"}, "spec": {"controller": "example.com/nginx"}}
        cluster.call("POST", "/apis/networking.k8s.io/v1/ingressclasses", made)
        yield cluster


@pytest.fixture
async def place(site, admin, equipped: Cluster):
    await admin.ok("POST", "clusters", {"name": HOME, "kubeconfig": equipped.kubeconfig()})
    yield Place(site, admin, equipped, await asyncio.to_thread(equipped.namespace))
    await site.services.clusters.opener.close()


async def rows(place: Place, name: str = "team", **more):
    answer = await place.admin.ok("POST", f"{place.base}/{name}/preflight", {"spec": spec(**more)})
    assert answer["ok"] is not any(one["verdict"] == "failed" for one in answer["rows"])
    return {one["check"]: one for one in answer["rows"]}


def said(row):
    return row["verdict"], row["reason"]


async def test_nothing_in_the_way(place: Place):
    found = await rows(place)
    assert {name: one["verdict"] for name, one in found.items()} == {
        "NAMESPACE": "ok",
        "CRD": "ok",
        "OPERATOR": "ok",
        "OPERATOR_VERSION": "ok",
        "OPERATOR_WEBHOOK": "ok",
        "CERT_MANAGER_CRD": "ok",
        "CERT_MANAGER": "ok",
        "CERT_MANAGER_WEBHOOK": "ok",
        "QUOTA": "ok",
        "DATABASE": "unknown",
        "CACHE": "unknown",
        "STORAGE": "unknown",
        "SHARING": "ok",
        "OBJECTS": "ok",
    }
    assert found["OPERATOR_VERSION"]["message"] == "v1.4.0"
    assert {name for name, one in found.items() if one["origin"] == "cluster"} == {
        "OPERATOR_WEBHOOK",
        "CERT_MANAGER_WEBHOOK",
        "OBJECTS",
    }
    assert place.names("v1/secrets") == set()
    assert (await place.admin.get(f"clusters/{HOME}/check"))["status"] == "STATUS_READY"


async def test_a_bare_cluster(place: Place, shared_bare: Cluster, admin):
    await admin.ok("POST", "clusters", {"name": "bare", "kubeconfig": shared_bare.kubeconfig()})
    namespace = await asyncio.to_thread(shared_bare.namespace)
    path = f"clusters/bare/namespaces/{namespace}/harbors/team"
    answer = await admin.ok("POST", f"{path}/preflight", {"spec": spec()})
    found = {one["check"]: one for one in answer["rows"]}
    assert said(found["CRD"]) == ("failed", "CRD_MISSING")
    assert "installCRDs" in found["CRD"]["remedy"]
    assert said(found["CERT_MANAGER_CRD"]) == ("failed", "CERT_MANAGER_MISSING")
    assert await admin.refused("POST", path, {"spec": spec()}) == (400, "CRD_MISSING")
    shown = await admin.get("clusters/bare/check")
    assert shown["status"] == "STATUS_HARBOR_OPERATOR_IS_NOT_INSTALLED"
    bad, good = "STATUS_PRE_ENVIRONMENT_IS_NOT_READY", "STATUS_PRE_ENVIRONMENT_READY"
    before = await admin.get("clusters/bare/check-pre-environment")
    assert {one for name, one in before.items() if name != "rows"} == {bad}
    await asyncio.to_thread(install, shared_bare, MIDDLEWARE)
    after = await admin.get("clusters/bare/check-pre-environment")
    assert after["pgOperatorStatus"] == after["redisOperatorStatus"] == after["minioOperatorStatus"] == good
    assert after["harborOperatorStatus"] == bad
    await asyncio.to_thread(install, shared_bare, HARBOR_OPERATOR)
    answer = await admin.ok("POST", f"{path}/preflight", {"spec": spec()})
    found = {one["check"]: one for one in answer["rows"]}
    assert said(found["CRD"]) == ("ok", "")
    assert said(found["OPERATOR"]) == ("failed", "OPERATOR_MISSING")  # CRDs alone do nothing
    await asyncio.to_thread(remove, shared_bare, HARBOR_OPERATOR)


@pytest.fixture
def shared_bare():
    with started() as cluster:
        yield cluster


async def test_an_unknown_cluster(place: Place):
    assert (await place.admin.get("clusters/nowhere/check"))["status"] == "STATUS_CLUSTER_IS_NOT_EXIST"
    assert await place.admin.refused("GET", "clusters/nowhere/check-pre-environment") == (404, "NOT_FOUND")
    path = f"clusters/nowhere/namespaces/{place.namespace}/harbors/team"
    assert await place.admin.refused("POST", path, {"spec": spec()}) == (404, "NOT_FOUND")


async def test_the_operator_is_down(place: Place, equipped: Cluster):
    for namespace, name, check, reason in (
        (NAMESPACE, "harbor-operator", "OPERATOR", "OPERATOR_DOWN"),
        ("cert-manager", "cert-manager-webhook", "CERT_MANAGER", "CERT_MANAGER_DOWN"),
    ):
        await asyncio.to_thread(set_available, equipped, namespace, name, 0)
        found = await rows(place)
        assert said(found[check]) == ("failed", reason)
        assert f"{namespace}/{name}" in found[check]["message"]
        assert await place.admin.refused("POST", f"{place.base}/team", {"spec": spec()}) == (400, reason)
        await asyncio.to_thread(set_available, equipped, namespace, name, 1)
        assert said((await rows(place))[check]) == ("ok", "")


async def test_the_operator_is_old(place: Place, equipped: Cluster):
    path = f"/apis/apps/v1/namespaces/{NAMESPACE}/deployments/harbor-operator"

    def labelled(version: str | None) -> None:
        body = {"metadata": {"labels": {"app.kubernetes.io/version": version}}}
        equipped.call("PATCH", path, body, form="application/merge-patch+json")

    labelled("1.3.0")
    found = await rows(place)
    assert said(found["OPERATOR_VERSION"]) == ("failed", "OPERATOR_OLD")
    assert "1.3.0" in found["OPERATOR_VERSION"]["message"]
    labelled("dev")
    assert (await rows(place))["OPERATOR_VERSION"]["message"] == "v1.4.0"  # by the tag of its image
    labelled(None)


@pytest.mark.parametrize(
    ("group", "plural", "check"),
    [
        ("goharbor.io", "harborclusters", "OPERATOR_WEBHOOK"),
        ("cert-manager.io", "issuers", "CERT_MANAGER_WEBHOOK"),
    ],
)
async def test_a_webhook_is_silent(place: Place, equipped: Cluster, group: str, plural: str, check: str):
    name, base = f"silent-{plural}", "/apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations"
    hook = {
        "name": f"v.{group}",
        "clientConfig": {"url": f"https://127.0.0.1:{free_port()}/validate"},
        "rules": [
            {"apiGroups": [group], "apiVersions": ["*"], "operations": ["CREATE"], "resources": [plural]}
        ],
        "failurePolicy": "Fail",
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
        "timeoutSeconds": 2,
    }
    equipped.call("POST", base, {"metadata": {"name": name}, "webhooks": [hook]})
    try:
        async with asyncio.timeout(20):
            while said(found := (await rows(place))[check]) != ("failed", "WEBHOOK_SILENT"):
                await asyncio.sleep(0.1)  # API servers take a moment to learn of a webhook
        assert found["origin"] == "cluster"
    finally:
        equipped.call("DELETE", f"{base}/{name}")
    async with asyncio.timeout(20):
        while said((await rows(place))[check]) != ("ok", ""):
            await asyncio.sleep(0.1)


async def test_the_namespace(place: Place):
    path = f"clusters/{HOME}/namespaces/not-there/harbors/team"
    answer = await place.admin.ok("POST", f"{path}/preflight", {"spec": spec()})
    assert [one["reason"] for one in answer["rows"] if one["check"] == "NAMESPACE"] == ["NAMESPACE_MISSING"]
    assert await place.admin.refused("POST", path, {"spec": spec()}) == (400, "NAMESPACE_MISSING")


async def test_storage_class(place: Place):
    for name, wanted in (("fast", ("ok", "")), ("none", ("failed", "STORAGE_CLASS_MISSING"))):
        volume = {"name": name, "resource": {"requests": {"storage": "1Gi"}}}
        found = (await rows(place, storage={"type": "STORAGE_CLASS", "scSpec": volume}))["STORAGE_CLASS"]
        assert said(found) == wanted
    assert "fast, slow" in found["remedy"]


async def test_ingress_class(place: Place):
    for name, wanted in (("nginx", ("ok", "")), ("none", ("failed", "INGRESS_CLASS_MISSING"))):
        ingress = {"host": "harbor.example", "ingressClassName": name}
        expose = {"type": "INGRESS", "ingressSpec": ingress}
        assert said((await rows(place, expose=expose))["INGRESS_CLASS"]) == wanted


async def test_quota(place: Place):
    quota = {"metadata": {"name": "small"}, "spec": {"hard": {"requests.cpu": "2", "pods": "20"}}}
    place.cluster.call("POST", f"/api/v1/namespaces/{place.namespace}/resourcequotas", quota)
    async with asyncio.timeout(20):
        while not place.objects("v1/resourcequotas")[0].get("status", {}).get("hard"):
            await asyncio.sleep(0.05)
    assert said((await rows(place))["QUOTA"]) == ("failed", "QUOTA_UNSAID")
    # core, portal, jobservice and registry with registryctl: five containers, each 400m
    fits = {"requests": {"cpu": "400m"}}
    assert said((await rows(place, resources=fits))["QUOTA"]) == ("ok", "")
    short = (await rows(place, resources={"requests": {"cpu": "401m"}}))["QUOTA"]
    assert said(short) == ("failed", "QUOTA_SHORT")
    assert "2005m" in short["message"]
    assert said((await rows(place, resources=fits, enableTrivy=True))["QUOTA"]) == ("failed", "QUOTA_SHORT")
    check = f"clusters/{HOME}/namespace/{place.namespace}/check"
    room = await place.admin.get(f"{check}?requestCpu=0.4&requestMemory=1&replicas=1")
    assert room == {
        "status": True,
        "cpu": {"request": "2", "allocatable": "2"},
        "memory": {"request": "5000000000", "allocatable": ""},
    }
    assert (await place.admin.get(f"{check}?requestCpu=0.4&replicas=2"))["status"] is False
    assert await place.admin.refused("GET", f"{check}?requestCpu=many") == (400, "INVALID_FIELD")


async def test_node_port(place: Place):
    port = 31000 + secrets.randbelow(700)
    ours = {"type": "NODE_PORT", "externalUrl": "http://10.0.0.7", "nodePortSpec": {"nodePort": port}}
    assert said((await rows(place, expose=ours))["NODE_PORT"]) == ("ok", "")
    assert await place.admin.get(f"clusters/{HOME}/node-port/check?port={port}") == {"status": False}
    taken = {"type": "NodePort", "ports": [{"port": 80, "nodePort": port}]}
    service = {"metadata": {"name": "taken"}, "spec": taken}
    place.cluster.call("POST", f"/api/v1/namespaces/{place.namespace}/services", service)
    assert said((await rows(place, expose=ours))["NODE_PORT"]) == ("failed", "NODE_PORT_TAKEN")
    assert await place.admin.get(f"clusters/{HOME}/node-port/check?port={port}") == {"status": True}
    low = ours | {"nodePortSpec": {"nodePort": 8080}}
    assert said((await rows(place, expose=low))["NODE_PORT"]) == ("failed", "NODE_PORT_RANGE")
    for wrong in ("8080", "", "x", "-1", "99999"):
        path = f"clusters/{HOME}/node-port/check?port={wrong}"
        assert await place.admin.refused("GET", path) == (400, "INVALID_FIELD")


async def test_certificates(place: Place, tmp_path):
    authority = Authority(tmp_path)
    issued = {
        "good": authority.issue("harbor.example"),
        "wild": authority.issue("*.example"),
        "other": authority.issue("other.example"),
        "over": authority.issue("harbor.example", days=-1),
    }
    secrets_path = f"/api/v1/namespaces/{place.namespace}/secrets"
    for name, one in issued.items():
        pair = {"tls.crt": one.certificate.read_bytes(), "tls.key": one.key.read_bytes()}
        _put_tls(place, secrets_path, name, pair)
    swapped = {"tls.crt": issued["good"].certificate.read_bytes(), "tls.key": issued["wild"].key.read_bytes()}
    _put_tls(place, secrets_path, "swapped", swapped)
    _put_tls(place, secrets_path, "junk", {"tls.crt": b"x", "tls.key": b"y"})
    wanted = {
        "good": ("ok", ""),
        "wild": ("ok", ""),
        "other": ("failed", "TLS_NAMES"),
        "over": ("failed", "TLS_EXPIRED"),
        "swapped": ("failed", "TLS_UNREADABLE"),
        "junk": ("failed", "TLS_UNREADABLE"),
        "none": ("failed", "TLS_MISSING"),
    }
    for name, verdict in wanted.items():
        expose = {
            "type": "INGRESS",
            "ingressSpec": {"host": "harbor.example"},
            "exposeHttps": True,
            "httpsSpec": {"name": name},
        }
        found = await rows(place, url="https://harbor.example", expose=expose)
        assert said(found["TLS"]) == verdict, name
    listed = await place.admin.get(f"cluster/{HOME}/namespace/{place.namespace}/tls")
    assert {one["name"]: one["type"] for one in listed["items"]} == {
        **dict.fromkeys(issued, "CUSTOM"),
        "swapped": "TLS_TYPE_UNSPECIFIED",
        "junk": "TLS_TYPE_UNSPECIFIED",
    }
    assert await place.admin.refused("GET", f"cluster/{HOME}/namespace/not-there/tls") == (404, "NOT_FOUND")


def _put_tls(place: Place, path: str, name: str, pair: dict[str, bytes]) -> None:
    data = {key: base64.b64encode(value).decode() for key, value in pair.items()}
    place.cluster.call("POST", path, {"metadata": {"name": name}, "type": "kubernetes.io/tls", "data": data})


async def test_a_certificate_of_cert_manager(place: Place):
    expose = {"type": "NODE_PORT", "externalUrl": "https://10.0.0.7", "exposeHttps": True}
    await place.admin.ok("POST", f"{place.base}/signed", {"spec": spec(expose=expose)})
    (certificate,) = place.objects("cert-manager.io/v1/certificates")
    assert certificate["spec"]["ipAddresses"] == ["10.0.0.7"]
    (front,) = place.objects("apps/v1/deployments")
    volumes = front["spec"]["template"]["spec"]["volumes"]
    assert {"name": "certificate", "secret": volumes[1]["secret"]} == volumes[1]
    assert volumes[1]["secret"]["secretName"] == certificate["spec"]["secretName"] == "signed-tls"


@pytest.fixture
def redis_port(tmp_path):
    with redis_running(tmp_path, "--requirepass", REDIS_PASSWORD) as port:
        yield port


async def test_dependencies_seen_from_here(place: Place, redis_port: int):
    def cache(password: str, port: int):
        external = {"hostAndPort": f"redis://127.0.0.1:{port}", "password": password}
        return {"type": "EXTERNAL_MODE", "externalSpec": external}

    right = (await rows(place, cache=cache(REDIS_PASSWORD, redis_port)))["CACHE"]
    assert (said(right), right["origin"]) == (("ok", ""), "server")
    wrong = (await rows(place, cache=cache("Wrong-pass1", redis_port)))["CACHE"]
    assert wrong["verdict"] == "failed"
    assert wrong["remedy"]
    away = (await rows(place, cache=cache("x", free_port())))["CACHE"]
    assert said(away) == ("unknown", "UNSEEN")  # the cluster may well reach it


async def test_passwords_that_break_a_component(place: Place):
    for part, path, password, component in (
        ("database", "externalSpec.password", "it's", "core"),
        ("cache", "externalSpec.password", "@home", "registry"),
        ("storage", "s3Spec.secretKey", "two words", "registry"),
    ):
        given = spec()
        inner, name = path.split(".")
        given[part][inner][name] = password
        answer = await place.admin("POST", f"{place.base}/team", {"spec": given})
        assert answer.status == 400
        detail = answer.json()["details"][0]
        assert (detail["reason"], detail["metadata"]["component"]) == ("INVALID_FIELD", component)
        assert detail["metadata"]["character"] in (password[0] + " (at the start)", "'", "U+0020")
        assert password not in answer.body.decode()
    weak = spec(adminPassword="weak")
    assert await place.admin.refused("POST", f"{place.base}/team", {"spec": weak}) == (400, "INVALID_FIELD")


@pytest.mark.parametrize(
    "change",
    [
        {"version": "2.6"},
        {"version": "1.10.0"},
        {"replicas": -1},
        {"replicas": 1000},
        {"resources": {"requests": {"cpu": "much"}}},
        {"resources": {"requests": {"cpu": "2"}, "limits": {"cpu": "1"}}},
        {"resources": {"requests": {"bananas": "2"}}},
        {
            "database": {
                "type": "EXTERNAL_MODE",
                "externalSpec": {"hostAndPort": "mysql://a:1", "username": "u"},
            }
        },
        {"database": {"type": "MCAMEL_MODE"}},
        {"database": {}},
        {"cache": {"type": "EXTERNAL_MODE", "externalSpec": {"hostAndPort": "redis+sentinel://a:1"}}},
        {
            "cache": {
                "type": "EXTERNAL_MODE",
                "externalSpec": {"hostAndPort": "redis://a:1", "username": "acl"},
            }
        },
        {"storage": {"type": "STORAGE_CLASS", "scSpec": {"name": "fast"}}},
        {"storage": {"type": "S3", "s3Spec": {"bucket": "x"}}},
        {"expose": {"type": "INGRESS", "ingressSpec": {"host": "10.0.0.1"}}},
        {"expose": {"type": "LOAD_BALANCE"}},
        {
            "expose": {
                "type": "NODE_PORT",
                "externalUrl": "http://a:31000",
                "nodePortSpec": {"nodePort": 31001},
            }
        },
        {"expose": {"type": "INGRESS", "externalUrl": "https://harbor.example"}},
        {"userSyncToHarbor": True},
    ],
)
async def test_what_makes_no_sense(place: Place, change):
    body = {"spec": spec(**change)}
    assert await place.admin.refused("POST", f"{place.base}/team", body) == (400, "INVALID_FIELD")


async def test_what_a_form_offers(place: Place):
    assert await place.admin.get(f"clusters/{HOME}/harbors/default-params") == {
        "version": ["2.6.4", "2.5.6"],
        "storage": [
            {"name": "fast", "default": True, "hwameistorReplicas": 2},
            {"name": "slow", "default": False, "hwameistorReplicas": 2},
        ],
        "ingress": [{"name": "nginx", "default": False, "hwameistorReplicas": 0}],
    }


async def test_an_account_that_may_not_look(place: Place, equipped: Cluster, admin):
    every = ["get", "list", "watch", "create", "patch", "delete"]
    rules = [
        {"apiGroups": [""], "resources": ["namespaces", "secrets"], "verbs": every},
        {"apiGroups": ["authorization.k8s.io"], "resources": ["*"], "verbs": ["create"]},
    ]
    kubeconfig = await asyncio.to_thread(equipped.kubeconfig_of, "poor", rules)
    await admin.ok("PUT", f"clusters/{HOME}", {"kubeconfig": kubeconfig})
    path = f"clusters/{HOME}/namespaces/{place.namespace}/harbors/team"
    answer = await admin.ok("POST", f"{path}/preflight", {"spec": spec()})
    found = {one["check"]: one for one in answer["rows"]}
    assert said(found["CRD"]) == said(found["QUOTA"]) == ("unknown", "UNREADABLE")
    assert said(found["OBJECTS"]) == ("failed", "REFUSED")
    assert "forbidden" in found["OBJECTS"]["message"]
