"""What a collection takes and what it leaves."""

import pytest

from kangaroo.base.actors import SYSTEM
from kangaroo.base.clock import SECOND, now
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import RepositoryName
from kangaroo.core.gc import Freed, sweep_uploads
from tests.core.gc.kit import GRACE, HOUR, House, Notes, size

APP = RepositoryName("library/app")
BASE, OURS, THEIRS = b"the common layer", b"a layer of ours", b"another layer, of theirs"


async def test_only_what_nothing_refers_to_goes(house: House) -> None:
    ours = await house.push("library/ours", "1", BASE, OURS)
    theirs = await house.push("library/theirs", "1", BASE, THEIRS)
    await house.delete("library/theirs", theirs.digest)
    await house.age(3 * HOUR)
    notes = Notes()
    freed = await house.collect(notes)
    gone = size(THEIRS, theirs.config)
    assert freed == Freed(links=3, blobs=2, manifests=1, bytes=gone)
    assert f"2 blobs and 1 manifests removed, {gone} bytes freed" in notes.said
    assert await house.pulls("library/ours", ours)
    assert not await house.has_blob("library/theirs", BASE)
    assert await house.stored() == {await house.location(blob) for blob in ours.blobs}
    assert await house.used("library") == size(ours.manifest, *ours.blobs)
    assert (await house.fsck()).clean
    assert await house.collect() == Freed()


async def test_a_pull_right_after_a_collection_says_unknown(house: House) -> None:
    """What this server remembers of the blob must not outlive it."""
    image = await house.push("library/app", "1", OURS)
    assert await house.pulls("library/app", image)
    await house.delete("library/app", image.digest)
    await house.hasty.run(Notes())
    assert (await house("GET", f"/v2/library/app/blobs/{Digest.of(OURS)}")).status == 404
    assert not await house.has_blob("library/app", OURS)


async def test_a_deleted_image_can_be_pushed_again_without_its_layers_for_a_while(house: House) -> None:
    image = await house.push("library/app", "1", OURS)
    await house.age(3 * HOUR)
    await house.delete("library/app", image.digest)
    await house.age(HOUR)
    assert await house.collect() == Freed(manifests=1)
    assert await house.has_blob("library/app", OURS)
    assert await house.push_manifest("library/app", "1", image.manifest) == 201
    assert await house.used("library") == size(image.manifest, *image.blobs)
    await house.age(3 * HOUR)
    assert await house.collect() == Freed()
    assert await house.pulls("library/app", image)


async def test_what_was_uploaded_but_never_used_goes_after_its_grace(house: House) -> None:
    await house.push_blob("library/app", OURS)
    assert await house.used("library") == size(OURS)
    await house.age(GRACE - 60 * SECOND)
    assert await house.collect() == Freed()
    await house.age(120 * SECOND)
    assert await house.collect() == Freed(links=1, blobs=1, bytes=size(OURS))
    assert await house.used("library") == 0
    assert await house.stored() == set()


@pytest.mark.parametrize("role", ["developer", "guest", "nobody"])
async def test_a_head_by_who_may_push_renews_the_grace(house: House, role: str) -> None:
    await house.push_blob("library/app", OURS)
    await house.age(GRACE - 60 * SECOND)
    asker = await house.token(None, "repository:library/app:pull")
    if role != "nobody":
        asker = await house.member("library", role)
    assert await house.has_blob("library/app", OURS, authorization=asker)
    await house.age(120 * SECOND)
    freed = await house.collect()
    assert freed.blobs == (0 if role == "developer" else 1)
    assert await house.has_blob("library/app", OURS) == (role == "developer")


async def test_a_head_of_what_is_young_or_in_use_writes_nothing(house: House) -> None:
    await house.push_blob("library/app", OURS)
    before = await house.touched("library/app", OURS)
    assert await house.has_blob("library/app", OURS)
    assert await house.touched("library/app", OURS) == before
    await house.push("library/app", "1", OURS)
    await house.age(GRACE)
    before = await house.touched("library/app", OURS)
    assert await house.has_blob("library/app", OURS)
    assert await house.touched("library/app", OURS) == before


async def test_an_upload_of_what_is_there_renews_its_grace(house: House) -> None:
    await house.push_blob("library/app", OURS)
    await house.age(3 * HOUR)
    await house.push_blob("library/app", OURS)
    assert await house.collect() == Freed()
    assert len(await house.stored()) == 1


async def test_a_mounted_blob_stays_for_the_repository_it_was_mounted_in(house: House) -> None:
    image = await house.push("library/one", "1", OURS)
    url = f"/v2/private/two/blobs/uploads/?mount={Digest.of(OURS)}&from=library/one"
    assert (await house("POST", url)).status == 201
    await house.delete("library/one", image.digest)
    await house.age(3 * HOUR)
    assert (await house("POST", url.replace("library/one", "private/two"))).status == 201
    freed = await house.collect()
    assert (freed.links, freed.blobs) == (2, 1)
    assert await house.has_blob("private/two", OURS, "GET")
    assert (await house.used("library"), await house.used("private")) == (0, size(OURS))


async def test_a_deleted_tag_frees_nothing(house: House) -> None:
    image = await house.push("library/app", "1", OURS)
    await house.delete("library/app", "1")
    await house.age(3 * HOUR)
    assert await house.collect() == Freed()
    assert await house.pulls("library/app", image)


async def test_a_moved_tag_leaves_the_image_it_came_from(house: House) -> None:
    first = await house.push("library/app", "1", OURS)
    await house.push("library/app", "2", THEIRS)
    second = await house.push("library/app", "1", THEIRS)
    await house.age(3 * HOUR)
    assert await house.collect() == Freed()
    assert await house.pulls("library/app", first)
    assert await house.pulls("library/app", second)


async def test_a_dry_run_tells_what_would_go_and_takes_nothing(house: House) -> None:
    image = await house.push("library/app", "1", OURS)
    await house.push_blob("library/app", THEIRS)
    await house.delete("library/app", image.digest)
    await house.age(3 * HOUR)
    stored = await house.stored()
    dry = await house.collect(dry_run=True)
    assert dry == Freed(links=3, blobs=3, manifests=1, bytes=size(THEIRS, *image.blobs))
    assert await house.stored() == stored
    assert await house.has_blob("library/app", OURS, "GET")
    assert await house.collect() == dry


async def test_more_than_one_batch(house: House) -> None:
    blobs = [f"blob {number}".encode() for number in range(205)]
    for blob in blobs:
        await house.push_blob("library/app", blob)
    await house.age(3 * HOUR)
    assert await house.collect() == Freed(links=205, blobs=205, bytes=size(*blobs))
    assert await house.stored() == set()


class CutOff(Notes):
    """Dies at its n-th check."""

    def __init__(self, left: int) -> None:
        super().__init__()
        self.left = left

    async def check(self) -> None:
        self.left -= 1
        if not self.left:
            raise ConnectionAbortedError


async def test_a_run_that_was_cut_off_anywhere_is_continued_by_the_next(house: House) -> None:
    kept = await house.push("library/kept", "1", BASE)
    for steps in range(1, 100):
        gone = await house.push("library/gone", "1", BASE, OURS, THEIRS)
        await house.delete("library/gone", gone.digest)
        await house.age(3 * HOUR)
        try:
            await house.collect(CutOff(steps))
        except ConnectionAbortedError:
            report = await house.fsck()
            assert report.clean
            assert not report.leftovers
        else:
            break
    assert 4 < steps < 99
    assert await house.pulls("library/kept", kept)
    assert await house.stored() == {await house.location(blob) for blob in kept.blobs}


async def test_uploads_their_client_has_given_up_are_swept(house: House) -> None:
    abandoned = (await house("POST", "/v2/library/app/blobs/uploads/")).headers["location"]
    assert (await house("PATCH", abandoned, b"some bytes")).status == 202
    later = now() + SECOND
    assert await sweep_uploads(house.parts.content, Notes(), now() - HOUR) == 0
    assert (await house("GET", abandoned)).status == 204
    assert await sweep_uploads(house.parts.content, Notes(), later) == 1
    assert (await house("PATCH", abandoned, b"more bytes")).status == 404
    assert [listed async for listed in house.parts.content.uploads()] == []


async def test_an_outdated_place_is_looked_up_again(house: House) -> None:
    """What another server remembers for a moment, after a blob was collected and pushed again."""
    pull = house.services.registry.pull
    await house.push_blob("library/app", OURS)
    remembered = await pull.blob(SYSTEM, APP, Digest.of(OURS))
    await house.age(1)
    await house.hasty.run(Notes())
    with pytest.raises(Failure) as raised:
        await pull.open(APP, remembered)
    assert raised.value.code is Code.BLOB_UNKNOWN
    await house.push_blob("library/app", OURS)
    assert await house.location(OURS) != remembered.location
    reader = await pull.open(APP, remembered)
    assert b"".join([chunk async for chunk in reader.chunks()]) == OURS
    await reader.close()
