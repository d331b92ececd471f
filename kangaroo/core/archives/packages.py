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
    """`platform` None: all of them."""

    image: ImageName
    reference: Reference
    format: Format = Format.OCI
    platform: Platform | None = None


def package(gathered: Gathered, choice: Choice, host: str) -> Package:
    """`host`: of the registry, for the name the image gets where the archive is loaded; none, if it was asked for by
    digest. Raises PRECONDITION: Docker's own form holds one container image."""
    name = f"{host}/{choice.image}:{choice.reference}" if isinstance(choice.reference, Tag) else ""
    if choice.format is Format.OCI:
        return Package(tuple(_layout(gathered, choice.reference, name)))
    return Package(tuple(_docker(_only(gathered, choice), name)))


def _layout(gathered: Gathered, tag: Reference, name: str) -> Iterator[File]:
    yield File.of(MARK, {"imageLayoutVersion": "1.0.0"})
    entry: dict[str, Any] = _descriptor(gathered.top)
    if name:
        entry["annotations"] = {IMAGE_NAME: name, REF_NAME: str(tag)}
    yield File.of(INDEX, {"schemaVersion": 2, "manifests": [entry]})
    usual = gathered.usual()
    if usual is not None and _complete(usual):
        paths = [_path(layer.digest) for layer in usual.layers()]
        yield File.of(MANIFEST, [_entry(_path(_config(usual).digest), paths, name)])
    written: set[str] = set()
    for one in gathered.all:
        yield File(_path(one.digest), len(one.content), content=one.content)
        for blob in one.manifest.blobs:
            if blob.digest not in written:
                written.add(blob.digest)
                yield _blob(_path(blob.digest), blob)


def _docker(image: Picture, name: str) -> Iterator[File]:
    config = _config(image)
    path_of_config, layers = f"{Digest(config.digest).hex}.json", image.layers()
    paths = [f"{Digest(layer.digest).hex}.tar" for layer in layers]
    yield File.of(MANIFEST, [_entry(path_of_config, paths, name)])
    yield _blob(path_of_config, config)
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


def _entry(config: str, layers: list[str], name: str) -> dict[str, Any]:
    return {"Config": config, "RepoTags": [name] if name else None, "Layers": layers}


def _config(image: Picture) -> Descriptor:
    assert image.manifest.config is not None
    return image.manifest.config


def _descriptor(picture: Picture) -> dict[str, Any]:
    return {"mediaType": picture.media_type, "digest": str(picture.digest), "size": len(picture.content)}


def _path(digest: str) -> str:
    algorithm, _, encoded = digest.partition(":")
    return f"blobs/{algorithm}/{encoded}"


def _blob(path: str, blob: Descriptor) -> File:
    return File(path, blob.size, blob=Digest(blob.digest))
