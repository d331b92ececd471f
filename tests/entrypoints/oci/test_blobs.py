"""Blobs through the front door: every form of upload, ranges, mounts, deletes, and what must be refused."""

import pytest

from kangaroo.base.digests import Digest
from tests.entrypoints.oci.registry import ADMIN, Registry

BLOB = b"a layer of some bytes"
DIGEST = Digest.of(BLOB)
UPLOADS = "/v2/library/app/blobs/uploads/"


async def test_post_then_put(registry: Registry) -> None:
    started = await registry("POST", UPLOADS)
    assert (started.status, started.headers["range"]) == (202, "0-0")
    ended = await registry("PUT", f"{started.headers['location']}?digest={DIGEST}", BLOB)
    assert (ended.status, ended.headers["docker-content-digest"]) == (201, DIGEST)
    got = await registry("GET", ended.headers["location"])
    assert (got.status, got.body, got.headers["content-length"]) == (200, BLOB, str(len(BLOB)))


@pytest.mark.parametrize("size", [0, 2, 300 << 10])
@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
async def test_one_request(registry: Registry, size: int, algorithm: str) -> None:
    blob = b"x" * size
    digest = Digest.of(blob, algorithm)
    assert (await registry("POST", f"{UPLOADS}?digest={digest}", blob)).status == 201
    head = await registry("HEAD", f"/v2/library/app/blobs/{digest}")
    assert (head.status, head.headers["content-length"], head.body) == (200, str(size), b"")
    assert (await registry("GET", f"/v2/library/app/blobs/{digest}")).body == blob


async def test_chunks_in_order_out_of_order_and_streamed(registry: Registry) -> None:
    url = (await registry("POST", UPLOADS)).headers["location"]
    first = await registry("PATCH", url, BLOB[:5], content_range="0-4")
    assert (first.status, first.headers["range"]) == (202, "0-4")
    wrong = await registry("PATCH", url, BLOB[7:9], content_range="7-8")
    assert (wrong.status, wrong.headers["range"], wrong.headers["location"]) == (416, "0-4", url)
    again = await registry("PATCH", url, BLOB[:5], content_range="0-4")
    assert again.status == 416
    state = await registry("GET", url)
    assert (state.status, state.headers["range"], state.headers["location"]) == (204, "0-4", url)
    streamed = await registry("PATCH", url, [BLOB[5:8], BLOB[8:10]])
    assert streamed.headers["range"] == "0-9"
    late = await registry("PUT", f"{url}?digest={DIGEST}", BLOB[11:], content_range=f"11-{len(BLOB) - 1}")
    assert late.status == 416
    ended = await registry("PUT", f"{url}?digest={DIGEST}", BLOB[10:], content_range=f"10-{len(BLOB) - 1}")
    assert ended.status == 201
    assert (await registry("GET", url)).status == 404


async def test_a_chunk_must_have_the_length_it_says(registry: Registry) -> None:
    url = (await registry("POST", UPLOADS)).headers["location"]
    refused = await registry("PATCH", url, BLOB[:5], content_range="0-7")
    assert (refused.status, refused.json()["errors"][0]["code"]) == (400, "SIZE_INVALID")
    assert (await registry("PATCH", url, BLOB, content_range="what")).status == 416


async def test_a_wrong_digest_is_refused_and_stores_nothing(registry: Registry) -> None:
    other = Digest.of(b"other")
    refused = await registry("POST", f"{UPLOADS}?digest={other}", BLOB)
    assert (refused.status, refused.json()["errors"][0]["code"]) == (400, "DIGEST_INVALID")
    url = (await registry("POST", UPLOADS)).headers["location"]
    assert (await registry("PUT", f"{url}?digest={other}", BLOB)).status == 400
    assert (await registry("PUT", f"{url}?digest=sha256:xyz")).status == 400
    assert (await registry("PUT", url)).json()["errors"][0]["code"] == "DIGEST_INVALID"
    assert (await registry("HEAD", f"/v2/library/app/blobs/{other}")).status == 404


async def test_an_upload_can_be_cancelled(registry: Registry) -> None:
    url = (await registry("POST", UPLOADS)).headers["location"]
    assert (await registry("DELETE", url)).status == 204
    gone = await registry("GET", url)
    assert (gone.status, gone.json()["errors"][0]["code"]) == (404, "BLOB_UPLOAD_UNKNOWN")
    assert (await registry("DELETE", url)).status == 404


async def test_an_upload_belongs_to_its_repository(registry: Registry) -> None:
    upload = (await registry("POST", UPLOADS)).headers["docker-upload-uuid"]
    for other in ("library/other", "private/app"):
        assert (await registry("PATCH", f"/v2/{other}/blobs/uploads/{upload}", BLOB)).status == 404
    assert (await registry("PATCH", f"{UPLOADS}../{upload}", BLOB)).status in (400, 404)


@pytest.mark.parametrize(
    ("header", "part"), [("bytes=0-3", BLOB[:4]), ("bytes=5-", BLOB[5:]), ("bytes=-4", BLOB[-4:])]
)
async def test_parts(registry: Registry, header: str, part: bytes) -> None:
    await registry.push_blob("library/app", BLOB)
    got = await registry("GET", f"/v2/library/app/blobs/{DIGEST}", range=header)
    assert (got.status, got.body) == (206, part)
    assert got.headers["content-range"].endswith(f"/{len(BLOB)}")


async def test_a_part_outside_is_refused(registry: Registry) -> None:
    await registry.push_blob("library/app", BLOB)
    got = await registry("GET", f"/v2/library/app/blobs/{DIGEST}", range="bytes=900-")
    assert (got.status, got.headers["content-range"]) == (416, f"bytes */{len(BLOB)}")


async def test_mount(registry: Registry) -> None:
    await registry.push_blob("library/app", BLOB)
    mounted = await registry("POST", f"/v2/private/app/blobs/uploads/?mount={DIGEST}&from=library/app")
    assert (mounted.status, mounted.headers["location"]) == (201, f"/v2/private/app/blobs/{DIGEST}")
    assert (await registry("GET", f"/v2/private/app/blobs/{DIGEST}")).body == BLOB


async def test_a_mount_that_cannot_be_starts_an_upload(registry: Registry) -> None:
    for query in (f"mount={DIGEST}&from=library/none", f"mount={DIGEST}"):
        assert (await registry("POST", f"{UPLOADS}?{query}")).status == 202


async def test_one_cannot_mount_what_one_cannot_pull(registry: Registry) -> None:
    await registry.push_blob("private/app", BLOB)
    member = await registry.member("library", "developer")
    refused = await registry("POST", f"{UPLOADS}?mount={DIGEST}&from=private/app", authorization=member)
    assert refused.status == 202
    assert (await registry("HEAD", f"/v2/library/app/blobs/{DIGEST}", authorization=member)).status == 404


async def test_a_repository_sees_its_own_blobs_only(registry: Registry) -> None:
    await registry.push_blob("private/app", BLOB)
    assert (await registry("GET", f"/v2/library/app/blobs/{DIGEST}")).status == 404


async def test_a_blob_can_be_deleted_unless_used(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    used = await registry("DELETE", f"/v2/library/app/blobs/{image.layer}")
    assert (used.status, used.json()["errors"][0]["code"]) == (405, "BLOB_IN_USE")
    await registry.push_blob("library/app", BLOB)
    assert (await registry("DELETE", f"/v2/library/app/blobs/{DIGEST}")).status == 202
    assert (await registry("HEAD", f"/v2/library/app/blobs/{DIGEST}")).status == 404
    assert (await registry("DELETE", f"/v2/library/app/blobs/{DIGEST}")).status == 404


async def test_a_push_into_no_project_is_refused(registry: Registry) -> None:
    refused = await registry("POST", "/v2/nowhere/app/blobs/uploads/")
    assert (refused.status, refused.json()["errors"][0]["code"]) == (404, "NAME_UNKNOWN")


async def test_the_quota_counts_what_is_new_to_the_project(registry: Registry) -> None:
    await registry.set_quota("library", 1000)
    assert (await registry("POST", f"{UPLOADS}?digest={Digest.of(b'x' * 900)}", b"x" * 900)).status == 201
    other = "/v2/library/other/blobs/uploads/"
    assert (await registry("POST", f"{other}?digest={Digest.of(b'x' * 900)}", b"x" * 900)).status == 201
    refused = await registry("POST", f"{UPLOADS}?digest={Digest.of(b'y' * 200)}", b"y" * 200)
    assert (refused.status, refused.json()["errors"][0]["code"]) == (403, "DENIED")
    assert refused.json()["errors"][0]["message"].startswith("adding 200.0 B of storage resource, which when")
    assert await registry.used("library") == 900
    assert (await registry("HEAD", f"/v2/library/app/blobs/{Digest.of(b'y' * 200)}")).status == 404


async def test_head_after_login_as(registry: Registry) -> None:
    await registry.push_blob("library/app", BLOB)
    assert (await registry("HEAD", f"/v2/library/app/blobs/{DIGEST}", authorization=ADMIN)).status == 200
