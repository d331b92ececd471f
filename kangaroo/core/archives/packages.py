"""Images as archives for who cannot reach the registry: what stands in one, by the format asked for.

The layout of OCI, with manifest.json beside it where that can be said of an image, is what docker, podman, skopeo and
containerd load; Docker's own older form has nothing but manifest.json, config and layers. Layers stay compressed:
every one of these programs takes them so, and digests stay.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, Tag
from kangaroo.core.archives.gathering import Gathered, Picture, shown
from kangaroo.core.archives.layout import IMAGE_NAME, INDEX, MARK, REF_NAME
from kangaroo.core.archives.saved import MANIFEST
from kangaroo.core.archives.writing import File, Package
from kangaroo.core.registry.manifests import Descriptor
from kangaroo.remote.names import ImageName
from kangaroo.remote.values import Platform


class Format(StrEnum):
    OCI = "oci"
    DOCKER = "docker"


@dataclass(frozen=True, slots=True)
class Choice:
    """`host`: of the registry, for the name an image has where the archive is loaded. `platform` None: all."""

    image: ImageName
    reference: Reference
    host: str
    format: Format = Format.OCI
    platform: Platform | None = None

    @property
    def name(self) -> str:
        """As it is pulled, by its tag; empty when it was asked for by digest."""
        return f"{self.host}/{self.image}:{self.reference}" if isinstance(self.reference, Tag) else ""


def package(gathered: Gathered, choice: Choice) -> Package:
    """Raises PRECONDITION: Docker's own form holds one container image."""
    if choice.format is Format.OCI:
        return Package(tuple(_layout(gathered, choice)))
    return Package(tuple(_docker(_only(gathered, choice), choice)))


def _layout(gathered: Gathered, choice: Choice) -> Iterator[File]:
    yield File.of(MARK, {"imageLayoutVersion": "1.0.0"})
    entry: dict[str, Any] = _descriptor(gathered.top)
    if choice.name:
        entry["annotations"] = {IMAGE_NAME: choice.name, REF_NAME: choice.reference}
    yield File.of(INDEX, {"schemaVersion": 2, "manifests": [entry]})
    usual = gathered.usual()
    if usual is not None and _complete(usual):
        paths = [_path(layer.digest) for layer in usual.layers()]
        yield File.of(MANIFEST, [_entry(_path(_config(usual).digest), paths, choice)])
    written: set[str] = set()
    for one in gathered.all:
        yield File(_path(one.digest), len(one.content), content=one.content)
        for blob in one.manifest.blobs:
            if blob.digest not in written:
                written.add(blob.digest)
                yield _blob(_path(blob.digest), blob)


def _docker(image: Picture, choice: Choice) -> Iterator[File]:
    config = _config(image)
    name, layers = f"{Digest(config.digest).hex}.json", image.layers()
    paths = [f"{Digest(layer.digest).hex}.tar" for layer in layers]
    yield File.of(MANIFEST, [_entry(name, paths, choice)])
    yield _blob(name, config)
    for path, layer in dict(zip(paths, layers, strict=True)).items():
        yield _blob(path, layer)


def _only(gathered: Gathered, choice: Choice) -> Picture:
    image = gathered.usual()
    if image is not None and _complete(image):
        return image
    images = gathered.images()
    if len(images) > 1:
        there = ", ".join(sorted(shown(one.platform) for one in images))
        raise Failure(Code.PRECONDITION, "archive_platforms", image=choice.image, there=there)
    raise Failure(Code.PRECONDITION, "archive_no_image", image=choice.image)


def _complete(image: Picture) -> bool:
    """Layers that may not be handed on (`nondistributable`) are in no registry."""
    there = {blob.digest for blob in image.manifest.blobs}
    return all(layer.digest in there for layer in image.layers())


def _entry(config: str, layers: list[str], choice: Choice) -> dict[str, Any]:
    return {"Config": config, "RepoTags": [choice.name] if choice.name else None, "Layers": layers}


def _config(image: Picture) -> Descriptor:
    assert image.manifest.config is not None
    return image.manifest.config


def _descriptor(picture: Picture) -> dict[str, Any]:
    return {"mediaType": picture.media_type, "digest": picture.digest, "size": len(picture.content)}


def _path(digest: str) -> str:
    algorithm, _, encoded = digest.partition(":")
    return f"blobs/{algorithm}/{encoded}"


def _blob(path: str, blob: Descriptor) -> File:
    return File(path, blob.size, blob=Digest(blob.digest))
