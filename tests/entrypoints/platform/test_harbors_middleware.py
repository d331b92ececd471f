"""Middleware of the clusters, and checks of what a Harbor will need: by a Job inside the cluster, or from here."""

import asyncio
import base64
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from kangaroo.core.managed.verifying import VerifyParameters
from tests.core.workspaces.kit import workspace
from tests.entrypoints.platform.harbors import notices
from tests.entrypoints.platform.managed import HOME, Place, spec
from tests.kube.cluster import Cluster, started
from tests.kube.harbor_definitions import CERT_MANAGER, HARBOR_OPERATOR, MIDDLEWARE, install
from tests.kube.harbor_operator import install_operator
from tests.remote.dependency_servers import PASSWORD as REDIS_PASSWORD
from tests.remote.dependency_servers import redis_running
from tests.remote.serving import free_port

_MERGE = "application/merge-patch+json"


@pytest.fixture(scope="module")
def equipped():
    with started() as cluster:
        for definitions in (HARBOR_OPERATOR, CERT_MANAGER, MIDDLEWARE):
            install(cluster, definitions)
        install_operator(cluster)
        yield cluster


@pytest.fixture
async def place(site, admin, equipped: Cluster):
    await admin.ok("POST", "clusters", {"name": HOME, "kubeconfig": equipped.kubeconfig()})
    yield Place(site, admin, equipped, await asyncio.to_thread(equipped.namespace))
    await site.services.clusters.opener.close()


def services():
    small = {"storageSize": "1Gi", "resources": {"requests": {"cpu": "100m"}}}
    return {
        "redis": {"name": "cache", "replicas": 3, **small},
        "postgres": {"name": "team-db", "replicas": 2, **small},
        "minio": {"name": "store", "replicas": 4, "volumesPreServer": 2, **small},
    }


def status(place: Place, path: str, said: dict) -> None:
    """As the middleware's operator would."""
    place.cluster.call("PATCH", f"/apis/{path}/status", {"status": said}, form=_MERGE)


def run_all(place: Place) -> None:
    where = f"namespaces/{place.namespace}"
    status(place, f"acid.zalan.do/v1/{where}/postgresqls/team-db", {"PostgresClusterStatus": "Running"})
    status(place, f"databases.spotahome.com/v1/{where}/redisfailovers/cache", {"state": "Healthy"})
    status(
        place,
        f"minio.min.io/v2/{where}/tenants/store",
        {"currentState": "Initialized", "healthStatus": "green"},
    )
    credentials = {"username": "harbor", "password": "Operators-own1"}
    place.cluster.call(
        "POST",
        f"/api/v1/{where}/secrets",
        {
            "metadata": {"name": "harbor.team-db.credentials.postgresql.acid.zalan.do"},
            "stringData": credentials,
        },
    )


async def listed(place: Place, service: str):
    """Those of the test's namespace."""
    items = (await place.admin.get(f"{service}-instance?pageSize=-1"))["items"]
    return [one for one in items if one["namespace"] == place.namespace]


async def test_made_used_and_removed(place: Place):
    admin, create = place.admin, f"clusters/{HOME}/namespace/{place.namespace}/middleware"
    success = {"status": "CREATE_HARBOR_MIDDLEWARE_STATUS_SUCCESS", "message": ""}
    assert await admin.ok("POST", create, services()) == dict.fromkeys(
        ("redis", "postgres", "minio"), success
    )
    again = await admin.ok("POST", create, {"minio": services()["minio"] | {"name": "second"}})
    assert again["minio"]["status"] == "CREATE_HARBOR_MIDDLEWARE_STATUS_ALREADY_EXISTS"  # one per namespace
    assert again["redis"] is None
    written = [(what, name) for _, what, name in await notices(place.site, "middleware")]
    place_name = f"{HOME}.{place.namespace}"
    assert sorted(written) == [
        ("create_middleware", f"minio {place_name}.store"),
        ("create_middleware", f"postgresql {place_name}.team-db"),
        ("create_middleware", f"redis {place_name}.cache"),
    ]
    (postgres,) = await listed(place, "postgresql")
    assert (postgres["status"], postgres["numberOfInstances"]) == ("PG_STATUS_FAILED", 2)
    await asyncio.to_thread(run_all, place)
    (postgres,), (redis,), (minio,) = [await listed(place, one) for one in ("postgresql", "redis", "minio")]
    assert postgres["status"] == "PG_STATUS_RUNNING"
    assert (redis["status"], redis["instanceType"], redis["reason"]) == ("RUNNING", "FAILOVER", "")
    assert (minio["status"], minio["replica"], minio["buckets"]) == ("MINIO_STATUS_RUNNING", 4, ["harbor"])

    def of(name):
        return {"cluster": HOME, "namespace": place.namespace, "name": name}

    body = spec(
        database={"type": "BUILT_IN_MODE_WITH_MCAMEL", "buildInMcamelSpec": of("team-db")},
        cache={"type": "MCAMEL_MODE", "mcamelSpec": of("cache") | {"type": "FAILOVER"}},
        storage={"type": "MCAMEL_MINIO", "mcamelMinioSpec": of("store") | {"bucket": "harbor"}},
    )
    made = await admin.ok("POST", f"{place.base}/team", {"spec": body})
    assert made["spec"]["database"]["buildInMcamelSpec"] == of("team-db")
    assert made["spec"]["cache"]["mcamelSpec"]["type"] == "FAILOVER"
    _check_connected(place)
    for one in ("postgresql", "redis", "minio"):
        assert (await listed(place, one))[0]["useBy"] == f"{HOME}.{place.namespace}.team"
    assert await admin.refused("POST", f"{place.base}/other", {"spec": body}) == (409, "SHARED")
    wrong = {"harborMiddlewareRedis": of("nobody's")}
    assert await admin.refused("DELETE", f"{place.base}/team", wrong) == (400, "INVALID_FIELD")
    farewell = {"harborMiddlewareRedis": of("cache"), "harborMiddlewareMinio": of("store")}
    await admin.ok("DELETE", f"{place.base}/team", farewell)
    assert await listed(place, "redis") == await listed(place, "minio") == []
    assert len(await listed(place, "postgresql")) == 1
    assert not {"cache-auth", "store-configuration"} & place.names("v1/secrets")


def _check_connected(place: Place):
    harbor, domain = place.harbor_cluster("team")["spec"], f"{place.namespace}.svc"
    database = harbor["database"]["spec"]["postgresql"]
    assert database["hosts"] == [{"host": f"team-db.{domain}", "port": 5432}]
    assert database["username"] == "harbor"
    redis = harbor["cache"]["spec"]["redis"]
    assert (redis["host"], redis["port"], redis["sentinelMasterSet"]) == (
        f"rfs-cache.{domain}",
        26379,
        "mymaster",
    )
    s3 = harbor["storage"]["spec"]["s3"]
    assert (s3["regionendpoint"], s3["bucket"], s3["secure"]) == (f"http://minio.{domain}", "harbor", False)
    found = {one["metadata"]["name"]: one["data"] for one in place.objects("v1/secrets")}
    assert base64.b64decode(found["team-database"]["postgres-password"]) == b"Operators-own1"
    assert found["team-cache"]["redis-password"] == found["cache-auth"]["password"]


async def test_a_redis_cluster_is_listed_with_the_reason_why_not(place: Place):
    made = {"metadata": {"name": "shards"}, "spec": {"clusterSize": 3}}
    base = f"/apis/redis.redis.opstreelabs.in/v1beta2/namespaces/{place.namespace}/redisclusters"
    place.cluster.call(
        "POST", base, {"apiVersion": "redis.redis.opstreelabs.in/v1beta2", "kind": "RedisCluster", **made}
    )
    (redis,) = await listed(place, "redis")
    assert (redis["instanceType"], redis["reason"]) == ("CLUSTER", "REDIS_CLUSTER_MODE")
    assert redis["message"]
    assert redis["remedy"]
    one = {"cluster": HOME, "namespace": place.namespace, "name": "shards", "type": "CLUSTER"}
    body = {"spec": spec(cache={"type": "MCAMEL_MODE", "mcamelSpec": one})}
    assert await place.admin.refused("POST", f"{place.base}/team", body) == (400, "REDIS_CLUSTER_MODE")


async def test_middleware_that_is_not_there(place: Place):
    one = {"cluster": HOME, "namespace": place.namespace, "name": "nothing"}
    for part, word, field in (
        ("database", "MCAMEL_MODE", "mcamelSpec"),
        ("cache", "MCAMEL_MODE", "mcamelSpec"),
        ("storage", "MCAMEL_MINIO", "mcamelMinioSpec"),
    ):
        body = spec(**{part: {"type": word, field: one | ({"bucket": "b-1"} if part == "storage" else {})}})
        assert await place.admin.refused("POST", f"{place.base}/team", {"spec": body}) == (
            404,
            "MIDDLEWARE_MISSING",
        )
    elsewhere = one | {"cluster": "elsewhere"}
    body = spec(database={"type": "MCAMEL_MODE", "mcamelSpec": elsewhere})
    assert await place.admin.refused("POST", f"{place.base}/team", {"spec": body}) == (400, "INVALID_FIELD")


async def test_of_a_workspace(place: Place):
    create = f"clusters/{HOME}/namespace/{place.namespace}/middleware"
    await place.admin.ok("POST", create, services())
    tenants = await workspace(place.admin, "tenants")
    for service in ("minio", "postgresql", "redis"):
        assert (await place.admin.get(f"workspace/{tenants}/{service}"))["items"] == []
    bound = {"namespaces": [place.namespace], "workspace": tenants}
    await place.admin.ok("POST", f"clusters/{HOME}/namespaces/bind", bound)
    for service, name in (("minio", "store"), ("postgresql", "team-db"), ("redis", "cache")):
        found = await place.admin.get(f"workspace/{tenants}/{service}")
        assert [one["name"] for one in found["items"]] == [name]
    assert await place.admin.refused("GET", "workspace/999/redis") == (404, "NOT_FOUND")


async def test_what_cannot_be_made(place: Place):
    create = f"clusters/{HOME}/namespace/{place.namespace}/middleware"
    for change in (
        {"name": "Bad_"},
        {"storageSize": "much"},
        {"replicas": 0},
        {"resources": {"limits": {"x": "1"}}},
    ):
        body = {"redis": services()["redis"] | change}
        assert await place.admin.refused("POST", create, body) == (400, "INVALID_FIELD")
    gone = f"clusters/{HOME}/namespace/not-there/middleware"
    answer = await place.admin.ok("POST", gone, services())
    assert {one["status"] for one in answer.values()} == {
        "CREATE_HARBOR_MIDDLEWARE_STATUS_INTERNAL_SERVER_ERROR"
    }
    assert "not-there" in answer["redis"]["message"]


# --- whether it can be reached ----------------------------------------------


@pytest.fixture
def redis_port(tmp_path):
    with redis_running(tmp_path, "--requirepass", REDIS_PASSWORD) as port:
        yield port


def cache(port: int, password: str = REDIS_PASSWORD):
    external = {"hostAndPort": f"redis://127.0.0.1:{port}", "password": password}
    return {"cache": {"type": "EXTERNAL_MODE", "externalSpec": external}}


async def verify(place: Place, body):
    """Asked for, then done as a worker would."""
    path = f"cluster/{HOME}/namespace/{place.namespace}/harbors/team/verify"
    await place.admin.ok("POST", path, body)
    waiting = await place.admin.get(path)
    assert waiting["cache"] == {"completed": False, "isPass": False, "message": ""}
    assert await place.admin.refused("POST", path, body) == (409, "CONFLICT")
    await place.site.services.managed.verifying.run(VerifyParameters(HOME, place.namespace, "team"))
    return await place.admin.get(path)


async def test_seen_from_this_server(place: Place, redis_port: int):
    good = await verify(place, cache(redis_port))
    assert good["cache"]["completed"] is good["cache"]["isPass"] is True
    assert good["db"] == good["storage"] == {"completed": True, "isPass": True, "message": ""}
    assert [one["origin"] for one in good["rows"]] == ["server"]
    bad = await verify(place, cache(redis_port, "Wrong-pass1"))
    assert bad["cache"]["isPass"] is False
    assert bad["cache"]["message"]
    away = await verify(place, cache(free_port()))
    assert [one["verdict"] for one in away["rows"]] == ["unknown"]


async def test_nobody_asked(place: Place):
    path = f"cluster/{HOME}/namespace/{place.namespace}/harbors/team/verify"
    assert await place.admin.refused("GET", path) == (404, "NOT_FOUND")
    body = {"cache": {"type": "EXTERNAL_MODE", "externalSpec": {"hostAndPort": "mysql://x"}}}
    assert await place.admin.refused("POST", path, body) == (400, "INVALID_FIELD")


def run_pod(place: Place, folder) -> None:
    """What a kubelet and the Job's controller would: one pod, whose container really runs the command of the Job."""
    end = time.monotonic() + 30
    while not (jobs := place.objects("batch/v1/jobs")):
        assert time.monotonic() < end
        time.sleep(0.02)  # the Job comes when the check begins
    (job,) = jobs
    template, name = job["spec"]["template"], job["metadata"]["name"]
    container = template["spec"]["containers"][0]
    (secret,) = [one for one in place.objects("v1/secrets") if one["metadata"]["name"] == name]
    (folder / "targets").write_bytes(base64.b64decode(secret["data"]["targets"]))
    assert REDIS_PASSWORD not in str(job)
    python, *arguments = container["command"]
    assert python == "python"
    places = {"/check/targets": str(folder / "targets"), "/dev/termination-log": str(folder / "said")}
    command = [sys.executable, *(places.get(one, one) for one in arguments)]
    code = subprocess.run(command, check=False, timeout=60).returncode
    base = f"/api/v1/namespaces/{place.namespace}/pods"
    pod = {"metadata": {"name": name, "labels": template["metadata"]["labels"]}, "spec": template["spec"]}
    place.cluster.call("POST", base, pod)
    ended = {"exitCode": code, "message": (folder / "said").read_text()}
    said = {"name": "check", "image": "i", "imageID": "", "ready": False, "restartCount": 0}
    status_ = {"phase": "Succeeded", "containerStatuses": [said | {"state": {"terminated": ended}}]}
    place.cluster.call("PATCH", f"{base}/{name}/status", {"status": status_}, form=_MERGE)


async def test_by_a_job_inside_the_cluster(place: Place, redis_port: int, tmp_path):
    ground = place.site.services.managed._ground
    ground.terms = replace(ground.terms, check_image="kangaroo:test")
    pod = asyncio.create_task(asyncio.to_thread(run_pod, place, tmp_path))
    found = await verify(place, cache(redis_port))
    await pod
    assert found["cache"]["isPass"] is True
    assert [(one["check"], one["verdict"], one["origin"]) for one in found["rows"]] == [
        ("CACHE", "ok", "cluster")
    ]
    assert place.objects("batch/v1/jobs") == []
    assert place.names("v1/secrets") == set()
    pod = asyncio.create_task(asyncio.to_thread(run_pod, place, tmp_path))
    found = await verify(place, cache(redis_port, "Wrong-pass1"))
    await pod
    (row,) = found["rows"]
    assert (row["verdict"], row["origin"]) == ("failed", "cluster")
    assert row["remedy"]
