"""How an instance is, as clients are told: made unreachable, and healthy again."""

import pytest

from kangaroo.base.clock import now
from kangaroo.core.instances.jobs import InstanceJobs
from tests.jobs.kit import until, working
from tests.remote import serving
from tests.remote.serving import docker_registry


@pytest.fixture
def jobs(site):
    return InstanceJobs(site.services.instances, site.wired.database, now).handlers()


async def test_before_the_first_probe_nothing_is_known(admin):
    shown = await admin.get("registries/kangaroo")
    assert shown["status"] == {"status": "CLUSTER_STATUS_UNSPECIFIED"}
    assert shown["health"]["state"] == "checking"
    assert shown["health"]["lastProbeTime"] == "0"
    answer = await admin.get("registries/kangaroo/health")
    assert (answer["items"], answer["pagination"]["total"]) == ([], 0)


async def test_down_and_up_again(admin, tmp_path, monkeypatch):
    with docker_registry(tmp_path) as url:
        await admin.ok("POST", "registries", {"name": "hub", "type": "DOCKER_REGISTRY", "url": url})
    states = [(await admin.ok("POST", "registries/hub/health"))["state"] for _ in range(3)]
    assert states == ["degraded", "degraded", "unhealthy"]
    shown = await admin.with_headers(accept_language="zh").get("registries/hub")
    assert shown["status"] == {"status": "UNHEALTHY"}
    health = shown["health"]
    assert (health["state"], health["reason"]) == ("unhealthy", "CONNECTION_REFUSED")
    assert "拒绝连接" in health["message"]
    assert health["remedy"]
    assert int(health["nextProbeTime"]) - int(health["lastProbeTime"]) == 5
    (listed,) = (await admin.get("registries?fuzzyName=hub"))["items"]  # it stays in the list
    assert listed["status"] == {"status": "UNHEALTHY"}
    monkeypatch.setattr(serving, "free_port", lambda: int(url.rpartition(":")[2]))
    with docker_registry(tmp_path):
        assert (await admin.ok("POST", "registries/hub/health"))["state"] == "healthy"
    history = await admin.get("registries/hub/health?pageSize=2")
    assert [one["state"] for one in history["items"]] == ["healthy", "unhealthy"]
    assert history["pagination"]["total"] == 5
    assert history["health"]["state"] == "healthy"


async def test_a_worker_looks_after_it_and_counts(site, admin, jobs, tmp_path):
    """What is due is probed; nobody has to ask."""
    async with working(site.wired.queue, jobs):
        async with site.wired.database.write() as transaction:
            await site.wired.queue.enqueue(transaction, "INSTANCE_PROBES", {})

        async def healthy():
            return (await admin.get("registries/kangaroo"))["health"]["state"] == "healthy"

        await until(healthy)
