"""Copies: the whole tree, its tags, its bytes in the quota; on both databases."""

import pytest

from kangaroo.app.wiring import Wired
from kangaroo.base.actors import ANONYMOUS, SYSTEM
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, RepositoryName, Tag
from kangaroo.base.query import ListQuery
from kangaroo.core.registry import Details
from kangaroo.store.meta import projects as rows
from tests.core.registry.shelf import Shelf

SOURCE = RepositoryName("library/app")
TARGET = RepositoryName("other/app")


@pytest.fixture
async def project(wired: Wired) -> int:
    return await wired.services.projects.create(SYSTEM, ProjectName("other"))


async def used(wired: Wired, project: str) -> int:
    found = await rows.find(wired.database.lookup, ProjectName(project))
    assert found is not None
    return (await rows.quota(wired.database.lookup, found.id)).used


async def shown(wired: Wired, name: RepositoryName) -> dict[Digest, list[str]]:
    """Digests in the list with their tags."""
    found = await wired.services.registry.artifacts.page(SYSTEM, name, ListQuery(), Details())
    return {one.artifact.digest: sorted(tag.name for tag in one.tags) for one in found.items}


@pytest.mark.usefixtures("project")
async def test_a_tree_is_copied_whole(wired: Wired, shelf: Shelf) -> None:
    registry = wired.services.registry
    children = [await shelf.image(SOURCE) for _ in range(2)]
    index = await shelf.index(SOURCE, "v1", *children)
    await registry.tags.create(SYSTEM, SOURCE, index, Tag("latest"))
    signature = await shelf.cosign(SOURCE, index)
    report = await shelf.referrer(SOURCE, children[0])
    assert await registry.copies.copy(SYSTEM, TARGET, SOURCE, Tag("v1")) == index
    assert await shown(wired, TARGET) == {index: ["latest", "v1"]}
    copy = await registry.artifacts.get(SYSTEM, TARGET, index)
    original = await registry.artifacts.get(SYSTEM, SOURCE, index)
    assert copy.artifact.attributes == original.artifact.attributes
    assert copy.artifact.size == original.artifact.size
    assert [one.digest for one in copy.children] == children
    assert all(one.child_id for one in copy.children)
    assert [one.digest for one in copy.accessories] == [signature]
    child = await registry.artifacts.get(SYSTEM, TARGET, children[0])
    assert [one.digest for one in child.accessories] == [report]
    for digest in (index, *children, signature, report):
        pulled = await registry.pull.manifest(SYSTEM, TARGET, digest)
        assert pulled.content == shelf.manifests[digest]
    assert await used(wired, "other") == await used(wired, "library")
    await registry.catalogue.delete(SYSTEM, TARGET)
    assert await used(wired, "other") == 0


@pytest.mark.usefixtures("project")
async def test_a_second_copy_adds_only_what_is_new(wired: Wired, shelf: Shelf) -> None:
    registry = wired.services.registry
    image = await shelf.image(SOURCE, "v1")
    await registry.copies.copy(SYSTEM, TARGET, SOURCE, image)
    booked = await used(wired, "other")
    await registry.tags.create(SYSTEM, SOURCE, image, Tag("v2"))
    await registry.copies.copy(SYSTEM, TARGET, SOURCE, image)
    assert await shown(wired, TARGET) == {image: ["v1", "v2"]}
    assert await used(wired, "other") == booked
    assert await registry.copies.copy(SYSTEM, SOURCE, SOURCE, Tag("v1")) == image


@pytest.mark.usefixtures("project")
async def test_a_tag_in_the_target_moves(wired: Wired, shelf: Shelf) -> None:
    registry = wired.services.registry
    old, new = await shelf.image(TARGET, "v1"), await shelf.image(SOURCE, "v1")
    assert (await registry.pull.manifest(SYSTEM, TARGET, Tag("v1"))).digest == old
    await registry.copies.copy(SYSTEM, TARGET, SOURCE, new)
    assert await shown(wired, TARGET) == {new: ["v1"], old: []}
    assert (await registry.pull.manifest(SYSTEM, TARGET, Tag("v1"))).digest == new


async def test_what_a_copy_is_refused_for(wired: Wired, shelf: Shelf, project: int) -> None:
    copies = wired.services.registry.copies
    image = await shelf.image(SOURCE, "v1")
    signature = await shelf.cosign(SOURCE, image)

    async def refusal(target: str, source: str, reference: Digest | Tag, who=SYSTEM) -> Code:
        with pytest.raises(Failure) as failure:
            await copies.copy(who, RepositoryName(target), RepositoryName(source), reference)
        return failure.value.code

    assert await refusal(TARGET, SOURCE, signature) is Code.DENIED
    assert await refusal(TARGET, SOURCE, Tag("v2")) is Code.MANIFEST_UNKNOWN
    assert await refusal(TARGET, "library/none", image) is Code.REPOSITORY_UNKNOWN
    assert await refusal("nowhere/app", SOURCE, image) is Code.PROJECT_UNKNOWN
    assert await refusal(TARGET, SOURCE, image, ANONYMOUS) is Code.UNAUTHORIZED
    async with wired.database.write() as transaction:
        await rows.set_hard(transaction, project, 10, 0)
    assert await refusal(TARGET, SOURCE, image) is Code.QUOTA_EXCEEDED
    with pytest.raises(Failure) as failure:
        await shown(wired, TARGET)
    assert failure.value.code is Code.REPOSITORY_UNKNOWN
    assert await used(wired, "other") == 0
