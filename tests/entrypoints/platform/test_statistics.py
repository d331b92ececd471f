"""How much instances hold, as clients are told."""

import time

import pytest

from kangaroo.base.digests import Digest
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.core.instances import ImageName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.values import Kind
from tests.contract.remotes import push
from tests.remote.serving import docker_registry

DIGEST = Digest.of(b"abc")


@pytest.fixture
def registry(tmp_path):
    with docker_registry(tmp_path) as url:
        yield url


async def _push(url: str, name: str) -> None:
    client = open_remote(Kind.DOCKER_REGISTRY, url, None)
    try:
        await push(client.content, ImageName.split(name), layer=name.encode())
    finally:
        await client.close()


async def test_of_the_built_in_registry_they_are_exact(site, admin):
    before = await admin.get("registries/kangaroo/statistic")
    assert before["totalProjectCount"] == "1"
    boss = await site.admin()
    await site.services.projects.create(boss, ProjectName("closed"))
    await site.services.registry.uploads.put(boss, RepositoryName("closed/a"), DIGEST, b"abc")
    after = await admin.get("registries/kangaroo/statistic")
    assert (after["publicProjectCount"], after["privateProjectCount"]) == ("1", "1")
    assert after["totalStorageConsumption"] == "3"
    assert abs(int(after["asOf"]) - time.time()) < 5
    detail = await admin.get("registries/kangaroo/detail")
    assert (detail["projectNum"], detail["usageStorage"]) == (2, "3")
    series = await admin.get("registries/kangaroo/storage_statistic")
    assert series["data"][-1]["value"] == "3"


async def test_of_others_they_are_as_of_the_last_count(site, admin, registry):
    await _push(registry, "team/app")
    await admin.ok("POST", "registries", {"name": "hub", "type": "DOCKER_REGISTRY", "url": registry})
    first = await admin.get("registries/hub/statistic")
    assert (first["totalProjectCount"], first["totalRepoCount"]) == ("1", "1")
    await _push(registry, "other/app")
    assert await admin.get("registries/hub/statistic") == first
    fresh = await admin.get("registries/hub/statistic?fresh=true")
    assert fresh["totalRepoCount"] == "2"
    assert (await admin.get("registries/hub/detail"))["repositoryNum"] == 2


async def test_an_unreachable_one_answers_from_the_last_count(admin, tmp_path):
    with docker_registry(tmp_path) as url:
        await admin.ok("POST", "registries", {"name": "hub", "type": "DOCKER_REGISTRY", "url": url})
        counted = await admin.get("registries/hub/statistic")
    assert await admin.get("registries/hub/statistic") == counted
    assert await admin.refused("GET", "registries/hub/statistic?fresh=true") == (503, "CONNECTION_REFUSED")


async def test_time_series(admin):
    assert await admin.refused("GET", "registries/kangaroo/storage_statistic?start=20&end=10") == (
        400,
        "BAD_REQUEST",
    )
    assert (await admin.get("registries/kangaroo/storage_statistic?start=10&end=20"))["data"] == []
    for wrong in ("start=x", "start=-1", "end=99999999999999"):
        status, _ = await admin.refused("GET", f"registries/kangaroo/storage_statistic?{wrong}")
        assert status == 400
