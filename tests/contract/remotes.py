"""The clients of other registries under test, each with a registry of its own over real sockets.

Docker Registry is Debian's; Harbor is a Kangaroo in processes of its own, and a stand-in; Artifactory is a stand-in.
Import the fixtures `a_kangaroo` and `every_remote` where you use them.
"""

import hashlib
import json
import uuid
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from kangaroo.base.digests import Digest
from kangaroo.base.media_types import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from kangaroo.base.names import Reference, Tag
from kangaroo.remote.contract import Content, RemoteRegistry
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.opening import open_remote
from kangaroo.remote.options import Options
from kangaroo.remote.values import Credential, Kind
from tests.e2e.server import PASSWORD as KANGAROO_PASSWORD
from tests.e2e.server import Server
from tests.remote import artifactory_stand_in, harbor_stand_in, serving
from tests.remote.artifactory_stand_in import ArtifactoryStandIn
from tests.remote.authority import Authority
from tests.remote.harbor_stand_in import HarborStandIn

CREATED = "2024-01-02T03:04:05Z"
KINDS = ["docker-registry", "docker-registry with users and TLS", "kangaroo", "harbor", "artifactory"]


@dataclass
class Remote:
    """`url` is that of a Harbor, where others can sign in."""

    registry: RemoteRegistry
    kind: Kind
    space: str
    url: str = ""


@pytest.fixture(name="kangaroo_url", scope="session")
def a_kangaroo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with Server(tmp_path_factory.mktemp("kangaroo"), workers=1) as server:
        yield server.url


@pytest.fixture(name="remote", params=KINDS)
async def every_remote(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Remote]:
    async with AsyncExitStack() as stack:
        if request.param == "kangaroo":
            found = await _kangaroo(request.getfixturevalue("kangaroo_url"))
        else:
            found = await _opened(request.param, tmp_path, stack)
        yield found
        await found.registry.close()


async def _kangaroo(url: str) -> Remote:
    """One for all tests, with a space for each of them."""
    registry, space = open_remote(Kind.HARBOR, url, Credential("admin", KANGAROO_PASSWORD)), uuid.uuid4().hex
    await registry.spaces.create(SpaceName(space), public=True)
    return Remote(registry, Kind.HARBOR, space, url)


async def _opened(param: str, folder: Path, stack: AsyncExitStack) -> Remote:
    if param == "harbor":
        url = await stack.enter_async_context(serving.served(HarborStandIn().app()))
        credential = Credential(harbor_stand_in.ADMIN, harbor_stand_in.ADMIN_PASSWORD)
        return Remote(open_remote(Kind.HARBOR, url, credential), Kind.HARBOR, "library", url)
    if param == "artifactory":
        url = await stack.enter_async_context(serving.served(ArtifactoryStandIn().app()))
        credential = Credential(artifactory_stand_in.USER, artifactory_stand_in.PASSWORD)
        return Remote(open_remote(Kind.JFROG, url, credential), Kind.JFROG, "docker-local")
    if param == "docker-registry":
        url = stack.enter_context(serving.docker_registry(folder))
        return Remote(open_remote(Kind.DOCKER_REGISTRY, url, None), Kind.DOCKER_REGISTRY, "library")
    authority = Authority(folder)
    url = stack.enter_context(serving.docker_registry(folder, users=True, tls=authority.issue("127.0.0.1")))
    credential = Credential(serving.USER, serving.PASSWORD)
    options = Options(authorities=authority.pem)
    return Remote(
        open_remote(Kind.DOCKER_REGISTRY, url, credential, options), Kind.DOCKER_REGISTRY, "library"
    )


def digest(content: bytes) -> Digest:
    return Digest(f"sha256:{hashlib.sha256(content).hexdigest()}")


def source(content: bytes, size: int = 64 << 10) -> Any:
    """As `Content.put_blob` wants it."""

    async def pieces(start: int) -> AsyncIterator[bytes]:
        for at in range(start, len(content), size):
            yield content[at : at + size]

    return pieces


async def put(content: Content, image: ImageName, blob: bytes) -> dict[str, Any]:
    await content.put_blob(image, digest(blob), len(blob), source(blob))
    return {"digest": digest(blob), "size": len(blob)}


@dataclass
class Pushed:
    digest: Digest
    content: bytes
    size: int


async def push(
    content: Content, image: ImageName, reference: str | None = "1.0", layer: bytes = b"layer"
) -> Pushed:
    """An image; without a reference only under its digest."""
    config = {
        "architecture": "arm64",
        "os": "linux",
        "author": "somebody",
        "created": CREATED,
        "history": [
            {"created": CREATED, "created_by": "COPY all"},
            {"created": CREATED, "created_by": "CMD run", "empty_layer": True},
        ],
        "layer": digest(layer),  # another image for another layer
    }
    encoded = json.dumps(config).encode()
    manifest = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": OCI_CONFIG, **await put(content, image, encoded)},
        "layers": [
            {"mediaType": "application/vnd.oci.image.layer.v1.tar", **await put(content, image, layer)}
        ],
    }
    made = await _put_manifest(content, image, reference, OCI_MANIFEST, manifest)
    made.size += len(encoded) + len(layer)
    return made


async def push_index(content: Content, image: ImageName, tag: str, below: list[Pushed]) -> Pushed:
    manifests = [
        {
            "mediaType": OCI_MANIFEST,
            "digest": one.digest,
            "size": len(one.content),
            "platform": {"os": "linux", "architecture": "arm64", "variant": f"v{number}"},
        }
        for number, one in enumerate(below)
    ]
    index = {"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": manifests}
    made = await _put_manifest(content, image, tag, OCI_INDEX, index)
    made.size += sum(one.size for one in below)
    return made


async def _put_manifest(
    content: Content, image: ImageName, tag: str | None, media_type: str, manifest: dict[str, Any]
) -> Pushed:
    encoded = json.dumps(manifest, indent=1).encode()
    reference: Reference = digest(encoded) if tag is None else Tag(tag)
    made = await content.put_manifest(image, reference, media_type, encoded)
    assert made == digest(encoded)
    return Pushed(made, encoded, len(encoded))
