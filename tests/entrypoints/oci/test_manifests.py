"""Manifests, tags, referrers and lists through the front door."""

import json

import pytest

from kangaroo.base.digests import Digest
from kangaroo.base.media_types import OCI_INDEX, OCI_MANIFEST
from tests.entrypoints.oci.registry import Registry, descriptor


async def test_a_manifest_comes_back_byte_for_byte(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1", extra={"unknown": [1, {"x": " spaces  kept "}]})
    for reference in ("1", image.digest):
        got = await registry("GET", f"/v2/library/app/manifests/{reference}")
        assert (got.status, got.body) == (200, image.content)
        assert got.headers["content-type"] == OCI_MANIFEST
        assert got.headers["docker-content-digest"] == image.digest
        head = await registry("HEAD", f"/v2/library/app/manifests/{reference}")
        assert (head.status, head.body, head.headers["content-length"]) == (200, b"", str(len(image.content)))


async def test_not_modified(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    got = await registry("GET", "/v2/library/app/manifests/1", if_none_match=f'"{image.digest}"')
    assert (got.status, got.body) == (304, b"")


async def test_unknown_manifests(registry: Registry) -> None:
    missing = await registry("GET", "/v2/library/app/manifests/none")
    assert (missing.status, missing.json()["errors"][0]["code"]) == (404, "MANIFEST_UNKNOWN")
    assert (await registry("GET", f"/v2/library/app/manifests/{Digest.of(b'')}")).status == 404
    assert (await registry("GET", "/v2/library/app/manifests/sha256:bad")).status == 400


async def test_what_a_manifest_needs_must_be_there(registry: Registry) -> None:
    content = registry.image_of(b"config", [b"layer"])
    refused = await registry("PUT", "/v2/library/app/manifests/1", content, content_type=OCI_MANIFEST)
    assert (refused.status, refused.json()["errors"][0]["code"]) == (400, "MANIFEST_BLOB_UNKNOWN")


@pytest.mark.parametrize("content", [b"", b"{}", b"nonsense", b'{"schemaVersion": 1}'])
async def test_what_is_no_manifest(registry: Registry, content: bytes) -> None:
    refused = await registry("PUT", "/v2/library/app/manifests/1", content, content_type=OCI_MANIFEST)
    assert (refused.status, refused.json()["errors"][0]["code"]) == (400, "MANIFEST_INVALID")


async def test_a_manifest_with_wrong_sizes_is_refused(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    wrong = json.loads(image.content)
    wrong["layers"][0]["size"] += 1
    refused = await registry("PUT", "/v2/library/app/manifests/2", json.dumps(wrong).encode())
    assert refused.status == 400


async def test_large_manifests(registry: Registry) -> None:
    fits = await registry.push_image("library/app", "fits", extra={"annotations": {"x": "y" * 4_100_000}})
    assert (await registry("GET", "/v2/library/app/manifests/fits")).body == fits.content
    content = fits.content + b" " * (4 << 20)
    refused = await registry("PUT", "/v2/library/app/manifests/big", content)
    assert refused.status == 413


async def test_a_digest_in_the_path_must_match(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    refused = await registry("PUT", f"/v2/library/app/manifests/{Digest.of(b'other')}", image.content)
    assert (refused.status, refused.json()["errors"][0]["code"]) == (400, "DIGEST_INVALID")
    by_sha512 = Digest.of(image.content, "sha512")
    assert (await registry("PUT", f"/v2/library/app/manifests/{by_sha512}", image.content)).status == 201
    assert (await registry("GET", f"/v2/library/app/manifests/{by_sha512}")).body == image.content


async def test_several_tags_in_one_push(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    url = f"/v2/library/app/manifests/{image.digest}?tag=a&tag=b"
    assert (await registry("PUT", url, image.content)).status == 201
    assert (await registry("GET", "/v2/library/app/tags/list")).json()["tags"] == ["1", "a", "b"]


async def test_a_tag_moves(registry: Registry) -> None:
    first = await registry.push_image("library/app", "1")
    assert (await registry("GET", "/v2/library/app/manifests/1")).body == first.content
    second = await registry.push_image("library/app", "1", extra={"annotations": {"v": "2"}})
    assert (await registry("GET", "/v2/library/app/manifests/1")).body == second.content
    assert (await registry("GET", f"/v2/library/app/manifests/{first.digest}")).status == 200


async def test_deleting_a_tag_keeps_the_manifest(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    assert (await registry("DELETE", "/v2/library/app/manifests/1")).status == 202
    assert (await registry("GET", "/v2/library/app/manifests/1")).status == 404
    assert (await registry("GET", f"/v2/library/app/manifests/{image.digest}")).status == 200
    assert (await registry("DELETE", "/v2/library/app/manifests/1")).status == 404


async def test_deleting_a_manifest_takes_its_tags_and_frees_the_quota(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    assert await registry.used("library") > 0
    assert (await registry("DELETE", f"/v2/library/app/manifests/{image.digest}")).status == 202
    for reference in ("1", image.digest):
        assert (await registry("HEAD", f"/v2/library/app/manifests/{reference}")).status == 404
    assert await registry.used("library") == 0


async def test_blobs_shared_by_two_manifests_stay_counted(registry: Registry) -> None:
    first = await registry.push_image("library/app", "1")
    second = await registry.push_image("library/app", "2", extra={"annotations": {"v": "2"}})
    used = await registry.used("library")
    await registry("DELETE", f"/v2/library/app/manifests/{first.digest}")
    assert await registry.used("library") == used - len(first.content)
    await registry("DELETE", f"/v2/library/app/manifests/{second.digest}")
    assert await registry.used("library") == 0


async def test_a_push_revives_what_was_released(registry: Registry) -> None:
    image = await registry.push_image("library/app", "1")
    used = await registry.used("library")
    await registry("DELETE", f"/v2/library/app/manifests/{image.digest}")
    assert (await registry("PUT", "/v2/library/app/manifests/1", image.content)).status == 201
    assert await registry.used("library") == used


async def test_an_index(registry: Registry) -> None:
    child = await registry.push_image("library/app", "child")
    content = registry.index_of([child])
    pushed = await registry("PUT", "/v2/library/app/manifests/multi", content, content_type=OCI_INDEX)
    assert pushed.status == 201
    assert (await registry("GET", "/v2/library/app/manifests/multi")).body == content


async def test_a_sparse_index_is_accepted_by_default(registry: Registry) -> None:
    content = json.dumps(
        {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": [descriptor(OCI_MANIFEST, b"absent")]}
    ).encode()
    assert (await registry("PUT", "/v2/library/app/manifests/sparse", content)).status == 201


async def test_referrers(registry: Registry) -> None:
    subject = Digest.of(b"not here yet")
    empty = await registry("GET", f"/v2/library/app/referrers/{subject}")
    assert (empty.status, empty.json()["manifests"], empty.headers["content-type"]) == (200, [], OCI_INDEX)
    pushed = await registry.push_image(
        "library/app",
        "sig",
        extra={
            "subject": {"mediaType": OCI_MANIFEST, "digest": subject, "size": 1},
            "artifactType": "application/x.sig",
            "annotations": {"k": "v"},
        },
    )
    assert pushed.response.headers["oci-subject"] == subject
    found = (await registry("GET", f"/v2/library/app/referrers/{subject}")).json()["manifests"]
    assert found == [
        {
            "mediaType": OCI_MANIFEST,
            "digest": pushed.digest,
            "size": len(pushed.content),
            "artifactType": "application/x.sig",
            "annotations": {"k": "v"},
        }
    ]
    filtered = await registry("GET", f"/v2/library/app/referrers/{subject}?artifactType=application/x.sbom")
    assert (filtered.json()["manifests"], filtered.headers["oci-filters-applied"]) == ([], "artifactType")
    assert (await registry("GET", "/v2/library/app/referrers/sha256:bad")).status == 400


async def test_tags_come_in_pages(registry: Registry) -> None:
    image = await registry.push_image("library/app", "b")
    for tag in ("a", "C", "d"):
        await registry("PUT", f"/v2/library/app/manifests/{tag}", image.content)
    first = await registry("GET", "/v2/library/app/tags/list?n=2")
    assert first.json() == {"name": "library/app", "tags": ["C", "a"]}
    assert first.headers["link"] == '</v2/library/app/tags/list?n=2&last=a>; rel="next"'
    rest = await registry("GET", "/v2/library/app/tags/list?n=2&last=a")
    assert (rest.json()["tags"], "link" in rest.headers) == (["b", "d"], False)
    assert (await registry("GET", "/v2/library/app/tags/list?n=0")).json()["tags"] == []
    assert (await registry("GET", "/v2/library/app/tags/list?n=x")).status == 400
    assert (await registry("GET", "/v2/library/none/tags/list")).status == 404


async def test_the_catalog_is_for_administrators(registry: Registry) -> None:
    await registry.push_image("library/app", "1")
    await registry.push_image("private/app", "1")
    await registry.push_blob("library/no-manifest", b"x")
    assert (await registry("GET", "/v2/_catalog")).json() == {"repositories": ["library/app", "private/app"]}
    page = await registry("GET", "/v2/_catalog?n=1")
    assert (page.json()["repositories"], page.headers["link"]) == (
        ["library/app"],
        '</v2/_catalog?n=1&last=library%2Fapp>; rel="next"',
    )
    member = await registry.member("library", "developer")
    refused = await registry("GET", "/v2/_catalog", authorization=member)
    assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Basic realm="harbor"')


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2/app/manifests/1", 400),
        ("GET", "/v2/UPPER/app/manifests/1", 400),
        ("POST", "/v2/library/app/manifests/1", 405),
        ("GET", "/v2/library/app/nothing", 404),
        ("GET", "/v2//manifests/1", 400),
        ("GET", "/v2/library/app/manifests/", 404),
    ],
)
async def test_wrong_paths(registry: Registry, method: str, path: str, status: int) -> None:
    got = await registry(method, path)
    assert got.status == status
    assert got.json()["errors"][0]["message"]


async def test_versions_and_base(registry: Registry) -> None:
    got = await registry("GET", "/v2/")
    assert (got.status, got.headers["docker-distribution-api-version"]) == (200, "registry/2.0")
