"""The quota ledger is exact to the byte, whoever pushes at once."""

import asyncio

import pytest

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code
from kangaroo.base.names import ProjectName
from kangaroo.store.meta import audit
from tests.core.projects.conftest import Ground, refused

PUSHERS = 32
SHARED = b"a layer everybody has" * 50


def own(number: int) -> tuple[bytes, bytes]:
    """Config and layer of one pusher; every fourth has the same."""
    return f'{{"os":"linux","n":{number // 4}}}'.encode(), f"layer {number // 4}".encode() * (number // 4 + 1)


async def upload(ground: Ground, repository: str, content: bytes) -> int:
    url = f"/v2/{repository}/blobs/uploads/?digest={Digest.of(content)}"
    return (await ground.registry("POST", url, content)).status


async def push(ground: Ground, number: int) -> tuple[list[bytes], bytes | None]:
    """The blobs and the manifest that were accepted."""
    repository = f"p/app{number}"
    config, layer = own(number)
    accepted = [blob for blob in (config, layer, SHARED) if await upload(ground, repository, blob) == 201]
    if len(accepted) < 3:
        return accepted, None
    manifest = ground.registry.image_of(config, [layer, SHARED])
    answer = await ground.registry("PUT", f"/v2/{repository}/manifests/1", manifest)
    return accepted, manifest if answer.status == 201 else None


async def used(ground: Ground) -> int:
    booked = await ground.registry.used("p")
    async with ground.database.read() as snapshot:
        assert await audit.drifts(snapshot) == []  # against a sum over what is linked
    return booked


async def test_concurrent_pushes_end_exact_to_the_byte(ground: Ground) -> None:
    await ground.project("p")
    results = await asyncio.gather(*(push(ground, number) for number in range(PUSHERS)))
    assert all(manifest is not None for _, manifest in results)
    distinct = {blob for blobs, manifest in results for blob in (*blobs, manifest)}
    assert await used(ground) == sum(len(blob) for blob in distinct if blob is not None)

    async def delete(number: int) -> None:
        manifest = results[number][1]
        assert manifest is not None
        url = f"/v2/p/app{number}/manifests/{Digest.of(manifest)}"
        assert (await ground.registry("DELETE", url)).status == 202

    await asyncio.gather(*(delete(number) for number in range(PUSHERS)))
    assert await used(ground) == 0


async def test_concurrent_pushes_stop_at_the_limit(ground: Ground) -> None:
    p = await ground.project("p")
    quota = (await ground.projects.get(ground.admin, p)).id
    hard = len(SHARED) + 1500
    await ground.projects.quotas.update(ground.admin, quota, {"storage": hard})
    results = await asyncio.gather(*(push(ground, number) for number in range(PUSHERS)))
    distinct = {blob for blobs, manifest in results for blob in (*blobs, manifest) if blob is not None}
    total = sum(map(len, distinct))
    assert await used(ground) == total <= hard
    refusals = [number for number, (_, manifest) in enumerate(results) if manifest is None]
    assert 0 < len(refusals) < PUSHERS


async def test_the_words_of_a_refusal(ground: Ground) -> None:
    p = await ground.project("p")
    quota = (await ground.projects.get(ground.admin, p)).id
    await ground.projects.quotas.update(ground.admin, quota, {"storage": 1000})
    answer = await ground.registry("POST", f"/v2/p/app/blobs/uploads/?digest={Digest.of(SHARED)}", SHARED)
    assert (answer.status, answer.json()["errors"][0]["code"]) == (403, "DENIED")
    assert answer.json()["errors"][0]["message"] == (
        "adding 1.0 KiB of storage resource, which when updated to current usage of 0.0 B "
        "will exceed the configured upper limit of 1000.0 B."
    )


async def test_quotas_can_be_switched_off(ground: Ground) -> None:
    p = await ground.project("p")
    quota = (await ground.projects.get(ground.admin, p)).id
    await ground.projects.quotas.update(ground.admin, quota, {"storage": 1})
    assert await upload(ground, "p/app", SHARED) == 403
    await ground.configure(quota_per_project_enable=False)
    assert await upload(ground, "p/app", SHARED) == 201
    assert await used(ground) == len(SHARED)  # it counts all the same
    await ground.configure(quota_per_project_enable=True)
    assert await upload(ground, "p/app", b"more") == 403
    assert await upload(ground, "p/other", SHARED) == 201  # nothing new to the project


@pytest.mark.parametrize(
    "hard", [{}, {"storage": 0}, {"storage": -2}, {"count": 5}, {"storage": 5, "count": 5}]
)
async def test_limits_that_are_none(lawn: Ground, hard: dict[str, int]) -> None:
    p = await lawn.project("p")
    quota = (await lawn.projects.get(lawn.admin, p)).id
    with refused(Code.BAD_REQUEST):
        await lawn.projects.quotas.update(lawn.admin, quota, hard)
    with refused(Code.NOT_FOUND):
        await lawn.projects.quotas.update(lawn.admin, quota + 1, {"storage": 5})
    assert (await lawn.projects.summary(lawn.admin, ProjectName("p"))).quota is not None
