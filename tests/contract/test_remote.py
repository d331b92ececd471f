"""The promises of `kangaroo.remote.contract`, kept by every client."""

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kangaroo.base.actors import Grant, Right
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import OCI_MANIFEST
from kangaroo.base.names import Tag
from kangaroo.base.paging import Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.names import FLAT, ImageName, SpaceName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.policies import Robot, RobotSpec
from kangaroo.remote.values import Account, Capability, Child, Credential, ImageOrder, Kind, Platform, TagInfo
from tests.contract.remotes import (  # noqa: F401  fixtures
    Remote,
    a_kangaroo,
    digest,
    every_remote,
    push,
    push_index,
    source,
)

EVERYTHING = Window(size=0)
ABSENT = digest(b"never pushed")


def image(remote: Remote, name: str = "team/app") -> ImageName:
    return ImageName.parse(remote.space, name)


async def fails(code: Code, call: Awaitable[object]) -> Failure:
    with pytest.raises(Failure) as caught:
        await call
    assert caught.value.code is code, caught.value
    assert caught.value.message("zh")
    return caught.value


async def unsupported(call: Awaitable[object]) -> None:
    failure = await fails(Code.UNSUPPORTED, call)
    assert isinstance(failure, InstanceFailure)
    assert failure.reason is Reason.UNSUPPORTED


async def read(remote: Remote, name: ImageName, blob: bytes, start: int = 0) -> bytes:
    return b"".join([piece async for piece in remote.registry.content.blob(name, digest(blob), start)])


class TestIdentity:
    async def test_it_knows_what_it_talks_to(self, remote: Remote):
        identity = await remote.registry.identify()
        assert identity.kind is remote.registry.kind is remote.kind
        assert identity.able <= remote.registry.capabilities
        assert identity.account in Account
        assert 0 < await remote.registry.probe() < 5

    async def test_what_it_lacks_is_said(self, remote: Remote):
        registry, able = remote.registry, remote.registry.capabilities
        parts = {
            Capability.SCAN: "scanning",
            Capability.RETENTION: "retention",
            Capability.REPLICATION: "replication",
            Capability.ROBOTS: "robots",
        }
        for capability, part in parts.items():
            if capability in able:
                assert getattr(registry, part)
            else:
                with pytest.raises(InstanceFailure, match=capability):
                    getattr(registry, part)

    async def test_methods_it_lacks(self, remote: Remote):
        spaces, able, name = remote.registry.spaces, remote.registry.capabilities, SpaceName("new")
        if Capability.SPACES_CREATE not in able:
            await unsupported(spaces.create(name, public=True))
        if Capability.SPACES_DELETE not in able:
            await unsupported(spaces.delete(name))
        if Capability.SPACES_VISIBILITY not in able:
            await unsupported(spaces.set_public(name, public=True))
        if Capability.QUOTA not in able:
            await unsupported(spaces.quota(name))
        if Capability.DESCRIPTION not in able:
            await unsupported(remote.registry.images.describe(image(remote), "text"))


class TestContent:
    @pytest.mark.parametrize("size", [0, 1, 64 << 10, (5 << 20) + 1])
    async def test_what_is_pushed_is_pulled(self, remote: Remote, size: int):
        content, blob = remote.registry.content, bytes(range(256)) * (size // 256) + bytes(size % 256)
        assert await content.blob_size(image(remote), digest(blob)) is None
        await content.put_blob(image(remote), digest(blob), size, source(blob))
        assert await content.blob_size(image(remote), digest(blob)) == size
        assert await read(remote, image(remote), blob) == blob
        if size > 1:
            assert await read(remote, image(remote), blob, size // 2) == blob[size // 2 :]

    async def test_many_at_once(self, remote: Remote):
        content, blobs = remote.registry.content, [bytes([number]) * 300_000 for number in range(40)]
        await asyncio.gather(
            *(content.put_blob(image(remote), digest(blob), len(blob), source(blob)) for blob in blobs)
        )
        assert await asyncio.gather(*(read(remote, image(remote), blob) for blob in blobs)) == blobs

    async def test_another_content_is_refused(self, remote: Remote):
        content = remote.registry.content
        call = content.put_blob(image(remote), digest(b"this"), 4, source(b"that"))
        await fails(Code.DIGEST_MISMATCH, call)
        await fails(Code.SIZE_INVALID, content.put_blob(image(remote), ABSENT, 4, source(b"longer")))
        await fails(Code.SIZE_INVALID, content.put_blob(image(remote), ABSENT, 4, source(b"s")))
        assert await content.blob_size(image(remote), digest(b"this")) is None

    async def test_a_failing_source_is_what_is_raised(self, remote: Remote):
        async def broken(start: int):
            yield b"some"
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            await remote.registry.content.put_blob(image(remote), ABSENT, 1000, broken)

    async def test_absent_content(self, remote: Remote):
        content = remote.registry.content
        await push(content, image(remote))
        with pytest.raises(Failure) as caught:
            await read(remote, image(remote), b"never pushed")
        assert caught.value.code is Code.BLOB_UNKNOWN
        await fails(Code.MANIFEST_UNKNOWN, content.manifest(image(remote), ABSENT))
        await fails(Code.MANIFEST_UNKNOWN, content.head_manifest(image(remote), Tag("none")))
        await fails(Code.NOT_FOUND, content.tags(image(remote, "nothing/here")))

    async def test_manifests_keep_their_bytes(self, remote: Remote):
        content = remote.registry.content
        pushed = await push(content, image(remote), "v1")
        for reference in (Tag("v1"), pushed.digest):
            manifest = await content.manifest(image(remote), reference)
            assert (manifest.content, manifest.digest) == (pushed.content, pushed.digest)
            assert manifest.media_type == OCI_MANIFEST
            head = await content.head_manifest(image(remote), reference)
            assert (head.digest, head.size, head.media_type) == (
                pushed.digest,
                len(pushed.content),
                OCI_MANIFEST,
            )

    async def test_a_manifest_is_deleted(self, remote: Remote):
        content = remote.registry.content
        pushed = await push(content, image(remote))
        await content.delete_manifest(image(remote), pushed.digest)
        await fails(Code.MANIFEST_UNKNOWN, content.manifest(image(remote), Tag("1.0")))
        await fails(Code.MANIFEST_UNKNOWN, content.delete_manifest(image(remote), pushed.digest))

    async def test_tags(self, remote: Remote):
        content = remote.registry.content
        for tag in ("b", "a", "C-1"):
            await push(content, image(remote), tag)
        assert sorted(await content.tags(image(remote))) == ["C-1", "a", "b"]

    async def test_mount(self, remote: Remote):
        if remote.kind is Kind.JFROG:
            pytest.skip(
                "Artifactory finds blobs by their digest itself; its documentation says nothing of mounts"
            )
        content, other = remote.registry.content, image(remote, "team/other")
        await push(content, image(remote), layer=b"shared")
        assert await content.mount(other, digest(b"shared"), image(remote))
        assert await content.blob_size(other, digest(b"shared")) == 6
        assert not await content.mount(other, ABSENT, image(remote))


class TestSpaces:
    async def test_spaces_of_images(self, remote: Remote):
        await push(remote.registry.content, image(remote))
        found = await remote.registry.spaces.page(EVERYTHING)
        space = next(one for one in found.items if one.name == remote.space)
        assert space.images == 1
        assert await remote.registry.spaces.get(SpaceName(remote.space)) == space
        assert space in (await remote.registry.spaces.page(Window(), remote.space[1:4].upper())).items
        assert (await remote.registry.spaces.page(Window(), "no-such")).total == 0
        public = await remote.registry.spaces.page(EVERYTHING, public=True)
        assert (space in public.items) is space.public
        private = await remote.registry.spaces.page(EVERYTHING, public=False)
        assert public.total + private.total == found.total

    async def test_an_absent_space(self, remote: Remote):
        await fails(Code.NOT_FOUND, remote.registry.spaces.get(SpaceName("absent")))

    async def test_statistics(self, remote: Remote):
        before = await remote.registry.spaces.statistics()
        await push(remote.registry.content, image(remote))
        after = await remote.registry.spaces.statistics()
        images = after.public_images + after.private_images
        assert images == before.public_images + before.private_images + 1
        assert after.public_spaces + after.private_spaces >= 1

    async def test_life_of_a_space(self, remote: Remote):
        if Capability.SPACES_CREATE not in remote.registry.capabilities:
            pytest.skip("spaces are made elsewhere")
        spaces, name = remote.registry.spaces, SpaceName(str(time.time_ns()))  # which is no id
        await spaces.create(name, public=False)
        await fails(Code.CONFLICT, spaces.create(name, public=False))
        assert not (await spaces.get(name)).public
        await spaces.set_public(name, public=True)
        assert (await spaces.get(name)).public
        pushed = ImageName(name, "app")
        await push(remote.registry.content, pushed)
        assert (await spaces.quota(name)).used > 0
        await fails(Code.PRECONDITION, spaces.delete(name))
        await remote.registry.images.delete(pushed)
        await spaces.delete(name)
        await fails(Code.NOT_FOUND, spaces.get(name))


class TestImages:
    async def test_images_of_a_space(self, remote: Remote):
        names = ["web", "db", "team/web", "team/deep/er"]
        for name in names:
            await push(remote.registry.content, image(remote, name))
        images = remote.registry.images
        found = await images.page(SpaceName(remote.space), EVERYTHING)
        assert [one.name.name for one in found.items] == sorted(names)
        assert found.total == 4
        for one in found.items:
            assert one == await images.get(one.name)
            assert one.artifacts == 1

    async def test_pages_and_search(self, remote: Remote):
        for name in ("web", "db", "team/web", "zoo"):
            await push(remote.registry.content, image(remote, name))
        space, images = SpaceName(remote.space), remote.registry.images
        second = await images.page(space, Window(2, 3))
        assert ([one.name.name for one in second.items], second.total) == (["zoo"], 4)
        for fuzzy, expected in (("web", ["team/web", "web"]), ("m/w", ["team/web"]), (remote.space[:3], [])):
            found = await images.page(space, Window(), fuzzy, ImageOrder.NAME)
            assert [one.name.name for one in found.items] == expected
            assert found.total == len(expected)

    async def test_an_absent_image(self, remote: Remote):
        await push(remote.registry.content, image(remote))
        absent, images = image(remote, "absent"), remote.registry.images
        await fails(Code.NOT_FOUND, images.get(absent))
        await fails(Code.NOT_FOUND, images.artifacts(absent, Window()))
        await fails(Code.NOT_FOUND, images.delete(absent))

    async def test_a_deleted_image_is_gone(self, remote: Remote):
        await push(remote.registry.content, image(remote, "stays"))
        for tag in ("a", "b"):
            await push(remote.registry.content, image(remote), tag, layer=tag.encode())
        await remote.registry.images.delete(image(remote))
        found = await remote.registry.images.page(SpaceName(remote.space), EVERYTHING)
        assert [one.name.name for one in found.items] == ["stays"]

    async def test_description(self, remote: Remote):
        if Capability.DESCRIPTION not in remote.registry.capabilities:
            pytest.skip("no descriptions here")
        await push(remote.registry.content, image(remote))
        await remote.registry.images.describe(image(remote), "# 说明\n**bold**")
        assert (await remote.registry.images.get(image(remote))).description == "# 说明\n**bold**"

    async def test_flat_names(self, remote: Remote):
        if remote.kind is not Kind.DOCKER_REGISTRY:
            pytest.skip("names have spaces here")
        flat = ImageName.split("busybox")
        await push(remote.registry.content, flat)
        found = await remote.registry.images.page(SpaceName(FLAT), Window())
        assert [one.name for one in found.items] == [flat]
        assert (await remote.registry.spaces.get(SpaceName(FLAT))).images == 1


class TestArtifacts:
    async def test_one_with_tags(self, remote: Remote):
        content, images = remote.registry.content, remote.registry.images
        pushed = await push(content, image(remote), "1.0")
        await push(content, image(remote), "latest")
        other = await push(content, image(remote), "2.0", layer=b"other")
        found = await images.artifacts(image(remote), EVERYTHING)
        assert {one.digest for one in found.items} == {pushed.digest, other.digest}
        assert found.total == 2
        artifact = next(one for one in found.items if one.digest == pushed.digest)
        assert {tag.name for tag in artifact.tags} == {"1.0", "latest"}
        assert all(isinstance(tag, TagInfo) for tag in artifact.tags)
        assert artifact.size == pushed.size
        assert artifact.media_type == OCI_MANIFEST

    async def test_details(self, remote: Remote):
        pushed = await push(remote.registry.content, image(remote))
        for reference in (Tag("1.0"), pushed.digest):
            artifact = await remote.registry.images.artifact(image(remote), reference)
            assert artifact.digest == pushed.digest
            assert artifact.platform == Platform("linux", "arm64")
            assert (artifact.author, artifact.created) == ("somebody", 1_704_164_645_000_000)
            assert [tag.name for tag in artifact.tags] == ["1.0"]
        await fails(
            Code.NOT_FOUND if remote.kind is Kind.HARBOR else Code.MANIFEST_UNKNOWN,
            remote.registry.images.artifact(image(remote), ABSENT),
        )

    async def test_history(self, remote: Remote):
        pushed = await push(remote.registry.content, image(remote))
        steps = await remote.registry.images.history(image(remote), pushed.digest)
        assert [(step.created_by, step.empty) for step in steps] == [("COPY all", False), ("CMD run", True)]
        assert steps[0].created == 1_704_164_645_000_000

    async def test_an_index(self, remote: Remote):
        content, images = remote.registry.content, remote.registry.images
        below = [await push(content, image(remote), None, layer) for layer in (b"one", b"two")]
        pushed = await push_index(content, image(remote), "multi", below)
        (artifact,) = (await images.artifacts(image(remote), Window())).items
        assert artifact.children == tuple(
            Child(one.digest, Platform("linux", "arm64", f"v{number}")) for number, one in enumerate(below)
        )
        assert artifact.size == pushed.size
        assert await images.history(image(remote), pushed.digest) == []
        child = await images.artifact(image(remote), below[0].digest)
        assert (child.tags, child.size) == ((), below[0].size)

    async def test_pages_and_search_by_tag(self, remote: Remote):
        for number in range(5):
            await push(remote.registry.content, image(remote), f"v{number}", bytes([number]))
        images = remote.registry.images
        pages = [await images.artifacts(image(remote), Window(page, 2)) for page in (1, 2, 3)]
        assert [len(page.items) for page in pages] == [2, 2, 1]
        assert {page.total for page in pages} == {5}
        assert len({one.digest for page in pages for one in page.items}) == 5
        (found,) = (await images.artifacts(image(remote), Window(), "3")).items
        assert [tag.name for tag in found.tags] == ["v3"]

    async def test_a_deleted_one_is_gone(self, remote: Remote):
        content, images = remote.registry.content, remote.registry.images
        pushed = await push(content, image(remote), "1.0")
        await push(content, image(remote), "latest")
        other = await push(content, image(remote), "2.0", layer=b"other")
        await images.delete_artifact(image(remote), pushed.digest)
        found = await images.artifacts(image(remote), Window())
        assert [one.digest for one in found.items] == [other.digest]
        with pytest.raises(Failure):
            await images.delete_artifact(image(remote), pushed.digest)


@asynccontextmanager
async def signed_in(remote: Remote, robot: Robot, secret: str) -> AsyncIterator[RemoteRegistry]:
    registry = open_remote(remote.kind, remote.url, Credential(robot.username, secret))
    try:
        yield registry
    finally:
        await registry.close()


class TestRobots:
    @pytest.fixture(autouse=True)
    def _can(self, remote: Remote) -> None:
        if Capability.ROBOTS not in remote.registry.capabilities:
            pytest.skip("no robots here")

    def spec(self, remote: Remote, **others: Any) -> RobotSpec:
        grant = Grant("project", remote.space, (Right("repository", "pull"), Right("repository", "push")))
        return RobotSpec(f"ci-{remote.space}", (grant,), **others)

    async def test_life_of_a_robot(self, remote: Remote):
        robots, spec = remote.registry.robots, self.spec(remote, days=3, description="for builds")
        robot = await robots.create(spec)
        assert robot.username.endswith(spec.name)
        assert robot.grants == spec.grants
        assert robot.expires is not None
        await fails(Code.CONFLICT, robots.create(spec))
        found = await robots.find(spec.name)
        assert found is not None
        assert (found.id, found.username, found.secret) == (robot.id, robot.username, "")
        await robots.update(robot.id, self.spec(remote, disabled=True))
        changed = await robots.find(spec.name)
        assert changed is not None
        assert changed.disabled
        await robots.delete(robot.id)
        assert await robots.find(spec.name) is None
        await fails(Code.NOT_FOUND, robots.delete(robot.id))

    async def test_it_can_sign_in(self, remote: Remote):
        robot = await remote.registry.robots.create(self.spec(remote))
        async with signed_in(remote, robot, robot.secret) as registry:
            identity = await registry.identify()
            assert (identity.account, identity.user) == (Account.ROBOT, robot.username)
            assert Capability.SPACES_CREATE not in identity.able
            pushed = await push(registry.content, image(remote))
            manifest = await registry.content.manifest(image(remote), pushed.digest)
            assert manifest.content == pushed.content

    async def test_it_can_do_no_more(self, remote: Remote):
        if remote.space == "library":
            pytest.skip("the stand-in guards no projects")
        robot = await remote.registry.robots.create(self.spec(remote))
        elsewhere = ImageName.parse("library", remote.space)
        async with signed_in(remote, robot, robot.secret) as registry:
            with pytest.raises(InstanceFailure) as caught:
                await push(registry.content, elsewhere)
            assert caught.value.reason is Reason.FORBIDDEN
            await fails(Code.PRECONDITION, registry.spaces.create(SpaceName("more"), public=True))

    async def test_a_new_secret_replaces_the_old_one(self, remote: Remote):
        robot = await remote.registry.robots.create(self.spec(remote))
        secret = await remote.registry.robots.refresh(robot.id)
        async with signed_in(remote, robot, secret) as registry:
            await registry.probe()
        async with signed_in(remote, robot, robot.secret) as registry:
            with pytest.raises(InstanceFailure) as caught:
                await registry.probe()
            assert caught.value.reason is Reason.UNAUTHORIZED
