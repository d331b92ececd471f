"""What is Artifactory's own, at a stand-in that speaks its documented REST API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from kangaroo.base.names import Tag
from kangaroo.base.paging import Window
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.names import ImageName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.values import Account, Credential, Kind
from tests.contract.remotes import push, push_index
from tests.remote.artifactory_stand_in import PASSWORD, USER, ArtifactoryStandIn
from tests.remote.serving import served

APP = ImageName.parse("docker-local", "team/app")


@asynccontextmanager
async def opened(stand_in: ArtifactoryStandIn, path: str = "") -> AsyncIterator[RemoteRegistry]:
    async with served(stand_in.app()) as url:
        registry = open_remote(Kind.JFROG, url + path, Credential(USER, PASSWORD))
        try:
            yield registry
        finally:
            await registry.close()


@pytest.mark.parametrize("path", ["", "/", "/artifactory", "/artifactory/"])
async def test_identity(path: str):
    async with opened(ArtifactoryStandIn(), path) as registry:
        identity = await registry.identify()
    assert (identity.account, identity.version, identity.user) == (Account.ADMIN, "7.77.5", USER)


async def test_a_user_is_no_administrator():
    async with opened(ArtifactoryStandIn(admin=False)) as registry:
        assert (await registry.identify()).account is Account.USER
        assert (await registry.spaces.statistics()).storage is None


async def test_statistics():
    async with opened(ArtifactoryStandIn()) as registry:
        await push(registry.content, APP)
        found = await registry.spaces.statistics()
    assert (found.private_spaces, found.private_images, found.storage) == (2, 1, 123)


async def test_times():
    async with opened(ArtifactoryStandIn()) as registry:
        image = await push(registry.content, APP)
        index = await push_index(registry.content, APP, "multi", [image])
        for digest in (image.digest, index.digest):
            artifact = await registry.images.artifact(APP, digest)
            assert artifact.pushed == artifact.tags[0].pushed == 1_714_979_290_000_000
            assert artifact.pulled == 1_715_000_000_000_000


async def test_deletion_of_tags_and_children():
    async with opened(ArtifactoryStandIn()) as registry:
        child = await push(registry.content, APP, None, b"child")
        index = await push_index(registry.content, APP, "multi", [child])
        await registry.images.delete_artifact(APP, child.digest)
        (left,) = (await registry.images.artifacts(APP, Window())).items
        assert left.digest == index.digest
        await push(registry.content, APP, "a")
        twice = await push(registry.content, APP, "b")
        await registry.images.delete_artifact(APP, twice.digest)
        assert await registry.content.tags(APP) == ["multi"]
        assert (await registry.images.artifact(APP, Tag("multi"))).size < index.size
