"""What fsck finds, what it mends, and how a damaged image becomes whole again."""

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from kangaroo.base.digests import Digest
from kangaroo.core.gc import Report
from kangaroo.store.meta.schema.access import quotas
from kangaroo.store.meta.schema.registry import manifests, project_blobs
from kangaroo.store.meta.statements import Query
from tests.core.gc.kit import HOUR, House, Notes, size

LAYER = b"a layer that everything depends on"


def file_of(tmp_path: Path, location: str) -> Path:
    return tmp_path / "content" / "blobs" / location


def lose(path: Path) -> None:
    path.unlink()


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[5] ^= 1
    path.write_bytes(content)


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-1])


def kinds(report: Report) -> list[str]:
    return [problem.kind for problem in report.damage]


async def test_a_sound_registry_is_clean(house: House) -> None:
    image = await house.push("library/app", "1", LAYER)
    report = await house.fsck()
    assert report == Report(blobs=2, bytes=size(*image.blobs), manifests=1)
    assert report.clean


@pytest.mark.parametrize(("harm", "kind"), [(lose, "missing"), (flip, "corrupt"), (cut, "corrupt")])
async def test_a_damaged_blob_is_healed_by_whoever_pushes_it_next(
    house: House, tmp_path: Path, harm: Callable[[Path], None], kind: str
) -> None:
    image = await house.push("library/app", "1", LAYER)
    other = await house.push("private/app", "1", LAYER)
    assert await house.pulls("library/app", image)
    harm(file_of(tmp_path, await house.location(LAYER)))
    for repair, repaired in ((False, 0), (True, 1), (True, 0)):
        report = await house.fsck(repair=repair)
        assert [(problem.kind, problem.what) for problem in report.damage] == [(kind, Digest.of(LAYER))]
        assert report.repaired == repaired
        assert not report.clean
    assert not await house.has_blob("library/app", LAYER)
    assert not await house.has_blob("private/app", LAYER, "GET")
    assert await house.push_manifest("library/app", "2", image.manifest) == 400
    await house.push_blob("private/app", LAYER)
    assert await house.pulls("library/app", image)
    assert await house.pulls("private/app", other)
    assert (await house.fsck()).clean


async def test_a_blob_that_came_back_is_served_again(house: House, tmp_path: Path) -> None:
    """From a backup, or because its storage was not mounted."""
    image = await house.push("library/app", "1", LAYER)
    path = file_of(tmp_path, await house.location(LAYER))
    away = path.rename(tmp_path / "away")
    assert kinds(await house.fsck(repair=True)) == ["missing"]
    away.rename(path)
    assert not await house.pulls("library/app", image)
    assert kinds(await house.fsck()) == ["marked"]
    assert (await house.fsck(repair=True)).repaired == 1
    assert await house.pulls("library/app", image)
    assert (await house.fsck()).clean


async def test_a_damaged_blob_nobody_needs_is_collected(house: House, tmp_path: Path) -> None:
    image = await house.push("library/app", "1", LAYER)
    lose(file_of(tmp_path, await house.location(LAYER)))
    await house.fsck(repair=True)
    await house.delete("library/app", image.digest)
    await house.age(3 * HOUR)
    assert (await house.collect()).blobs == 2
    assert (await house.fsck()).clean
    assert await house.stored() == set()


async def test_content_that_no_push_finished_is_left_over(house: House) -> None:
    """A server that died between the blob and its row; a young one may be a push under way."""
    image = await house.push("library/app", "1", LAYER)
    stored = await house.parts.content.put(Digest.of(b"lost"), b"lost")
    report = await house.fsck(repair=True)
    assert [(problem.kind, problem.what) for problem in report.leftovers] == [("leftover", stored.location)]
    assert (report.clean, report.repaired) == (True, 0)
    report = await house.fsck(repair=True, ahead=100 * HOUR)
    assert (len(report.leftovers), report.repaired) == (1, 1)
    assert await house.stored() == {await house.location(blob) for blob in image.blobs}
    assert (await house.fsck()).leftovers == []


async def test_what_waits_in_the_trash_is_not_left_over(house: House) -> None:
    class Stop(Notes):
        async def check(self) -> None:
            if any("delete blob" in line for line in self.said):
                raise ConnectionAbortedError

    for number in range(205):  # more than one batch of the collector
        await house.push_blob("library/app", b"blob %d" % number)
    await house.age(3 * HOUR)
    with pytest.raises(ConnectionAbortedError):
        await house.collect(Stop())
    assert len(await house.stored()) == 5
    assert (await house.fsck()).leftovers == []
    await house.collect()
    assert await house.stored() == set()


async def test_a_manifest_whose_bytes_have_changed_is_named(house: House) -> None:
    image = await house.push("library/app", "1", LAYER)
    async with house.database.write() as transaction:
        await transaction.run(Query(update(manifests).values(content=image.manifest + b" ")))
    report = await house.fsck()
    assert ("manifest", image.digest) in [(problem.kind, problem.what) for problem in report.damage]


async def test_a_ledger_that_does_not_add_up_is_rebuilt(house: House) -> None:
    image = await house.push("library/app", "1", LAYER)
    await house.push("library/other", "1", LAYER)
    await house.push("private/app", "1", LAYER)
    await house.push_blob("library/app", b"never used")
    before = (await house.used("library"), await house.used("private"))
    async with house.database.write() as transaction:
        await transaction.run(Query(update(quotas).values(used=quotas.c.used + 7)))
    report = await house.fsck()
    assert kinds(report) == ["quota", "quota"]
    assert str(before[0] + 7) in report.damage[0].detail
    assert (await house.fsck(repair=True)).repaired == 2
    assert (await house.fsck()).clean
    assert (await house.used("library"), await house.used("private")) == before
    await house.delete("library/app", image.digest)
    await house.age(3 * HOUR)
    await house.collect()
    assert (await house.fsck()).clean
    assert await house.used("library") < before[0]


async def test_an_entry_of_the_ledger_that_is_wrong_is_found_before_it_does_harm(house: House) -> None:
    """Its sum is still right: with one link too many, the last delete would not free the bytes."""
    image = await house.push("library/app", "1", LAYER)
    await house.push("private/app", "1", LAYER)
    async with house.database.write() as transaction:
        await transaction.run(Query(update(project_blobs).values(links=project_blobs.c.links + 1)))
    report = await house.fsck(repair=True)
    assert [problem.detail for problem in report.damage] == [
        "3 entries of the ledger differ from its links"
    ] * 2
    assert (await house.fsck()).clean
    await house.delete("library/app", image.digest)
    assert await house.used("library") == 0
    async with house.database.write() as transaction:
        await transaction.run(Query(delete(project_blobs)))
    assert kinds(await house.fsck(repair=True)) == ["quota"]
    assert (await house.fsck()).clean


async def test_fsck_beside_pushes_and_collections_finds_nothing(house: House) -> None:
    over = asyncio.Event()

    async def change() -> None:
        for number in range(40):
            layer = LAYER + b"%d" % number
            image = await house.push("library/app", "1", layer)
            await house.delete("library/app", image.digest)
            await house.hasty.run(Notes())
        over.set()

    async def check() -> list[Report]:
        reports = []
        while not over.is_set():
            reports.append(await house.fsck())
        return reports

    both: tuple[Awaitable[None], Awaitable[list[Report]]] = (change(), check())
    _, reports = await asyncio.gather(*both)
    assert [report.damage for report in reports if not report.clean] == []
