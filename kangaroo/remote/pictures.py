"""What manifests and configs tell of an image (OCI image-spec): sizes, children, platform, history.

For registries that keep the bytes and know nothing of what is in them.
"""

from typing import TypeVar

import msgspec

from kangaroo.base.clock import Micros
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import DOCKER_CONFIG, INDEXES, OCI_CONFIG
from kangaroo.remote.content import V2Content
from kangaroo.remote.moments import moment
from kangaroo.remote.names import ImageName
from kangaroo.remote.together import together
from kangaroo.remote.values import BuildStep, Child, Manifest, Platform

T = TypeVar("T")
_CONFIG_LIMIT = 8 << 20
_MOST_CHILDREN = 200


class _Platform(msgspec.Struct):
    os: str = ""
    architecture: str = ""
    variant: str = ""
    os_version: str = msgspec.field(name="os.version", default="")

    def value(self) -> Platform:
        return Platform(self.os, self.architecture, self.variant, self.os_version)


class _Descriptor(msgspec.Struct, rename="camel"):
    digest: str
    size: int = 0
    media_type: str = ""
    platform: _Platform | None = None


class _Manifest(msgspec.Struct):
    """Of an image or an index."""

    config: _Descriptor | None = None
    layers: list[_Descriptor] | None = None
    manifests: list[_Descriptor] | None = None


class _Step(msgspec.Struct):
    created: str = ""
    created_by: str = ""
    comment: str = ""
    empty_layer: bool = False


class Config(_Platform):
    """Of an image."""

    created: str = ""
    author: str = ""
    history: list[_Step] | None = None

    @property
    def at(self) -> Micros | None:
        return moment(self.created)

    def steps(self) -> list[BuildStep]:
        return [
            BuildStep(step.created_by, moment(step.created), step.comment, step.empty_layer)
            for step in self.history or ()
        ]


def children(manifest: Manifest) -> tuple[Child, ...]:
    """Of an index, those of digests we can check."""
    if manifest.media_type not in INDEXES:
        return ()
    listed = _read(manifest.content, _Manifest).manifests or []
    return tuple(
        Child(Digest.parse(one.digest), one.platform.value() if one.platform else Platform())
        for one in listed
    )


async def size(content: V2Content, image: ImageName, manifest: Manifest) -> int:
    """What a pull of it transfers, children included; what is not there counts nothing."""
    parts = _read(manifest.content, _Manifest)
    own = len(manifest.content) + sum(one.size for one in parts.layers or ())
    own += parts.config.size if parts.config else 0
    if manifest.media_type not in INDEXES:
        return own
    below = [child.digest for child in children(manifest)[:_MOST_CHILDREN]]
    return own + sum(await together(_child_size(content, image, digest) for digest in below))


async def _child_size(content: V2Content, image: ImageName, digest: Digest) -> int:
    try:
        return await size(content, image, await content.manifest(image, digest))
    except Failure as failure:
        if failure.code is Code.MANIFEST_UNKNOWN:
            return 0
        raise


async def config(content: V2Content, image: ImageName, manifest: Manifest) -> Config | None:
    """None for an index, and for what is no image."""
    described = _read(manifest.content, _Manifest).config
    if described is None or described.media_type not in (OCI_CONFIG, DOCKER_CONFIG):
        return None
    held = await content.small_blob(image, Digest.parse(described.digest), _CONFIG_LIMIT)
    return _read(held, Config)


def _read(content: bytes, shape: type[T]) -> T:
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise Failure(Code.MANIFEST_INVALID, reason=str(error)[:200]) from error
