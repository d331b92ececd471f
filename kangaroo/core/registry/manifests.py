"""Reading a manifest: pure, strict about what clients rely on, blind to fields it does not know.

OCI image-spec manifest.md and image-index.md; Docker image manifest v2 schema 2 and manifest list.
"""

from typing import Any

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import (
    IMAGE_MANIFESTS,
    INDEXES,
    MANIFESTS,
    NONDISTRIBUTABLE,
    OCI_INDEX,
    OCI_MANIFEST,
)

MAX_REFERENCES = 10_000
MAX_TYPE = 255  # bytes of a media type (RFC 6838): they stand in indexes


class Descriptor(msgspec.Struct, rename="camel", omit_defaults=True):
    """OCI image-spec descriptor.md; `size` in bytes."""

    media_type: str
    digest: str
    size: int
    annotations: dict[str, str] | None = None
    artifact_type: str | None = None
    platform: dict[str, Any] | None = None
    urls: list[str] | None = None


class _Wire(msgspec.Struct, rename="camel"):
    schema_version: int
    media_type: str = ""
    artifact_type: str = ""
    config: Descriptor | None = None
    layers: list[Descriptor] | None = None
    manifests: list[Descriptor] | None = None
    subject: Descriptor | None = None
    annotations: dict[str, str] | None = None


class Manifest(msgspec.Struct, frozen=True):
    """A manifest or index that was read. `blobs` are what must be in the repository, without repetition;
    `children` are an index's entries in order; sizes in bytes."""

    media_type: str
    artifact_type: str
    config: Descriptor | None
    blobs: list[Descriptor]
    children: list[Descriptor]
    subject: Digest | None
    annotations: dict[str, str]

    @property
    def is_index(self) -> bool:
        return self.media_type in INDEXES

    @property
    def effective_type(self) -> str:
        """The artifact type referrers are listed by: declared, else the config's media type (distribution-spec)."""
        return self.artifact_type or (self.config.media_type if self.config is not None else "")


_decoder = msgspec.json.Decoder(_Wire)


def parse(content: bytes, declared_type: str) -> Manifest:
    """`declared_type` is the Content-Type of the push, perhaps empty.

    Raises MANIFEST_INVALID with the reason, DIGEST_INVALID for a malformed digest inside.
    """
    try:
        wire = _decoder.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise _invalid(f"not a JSON manifest: {error}") from error
    if wire.schema_version != 2:
        raise _invalid(f"schemaVersion {wire.schema_version} is not supported, use 2")
    media_type = _media_type(wire, declared_type)
    references = wire.manifests if media_type in INDEXES else wire.layers
    if media_type in IMAGE_MANIFESTS and wire.config is None:
        raise _invalid("it has no config")
    if media_type in IMAGE_MANIFESTS and wire.manifests is not None:
        raise _invalid("an image manifest cannot list manifests")
    if media_type in INDEXES and (wire.layers is not None or wire.manifests is None):
        raise _invalid("an image index needs manifests and cannot have layers")
    config_type = "" if wire.config is None else wire.config.media_type
    if max(len(config_type.encode()), len(wire.artifact_type.encode())) > MAX_TYPE:
        raise _invalid(f"a media type is longer than {MAX_TYPE} bytes")
    references = references or []
    if len(references) > MAX_REFERENCES:
        raise _invalid(f"more than {MAX_REFERENCES} entries")
    return Manifest(
        media_type=media_type,
        artifact_type=wire.artifact_type,
        config=wire.config,
        blobs=[] if media_type in INDEXES else _blobs(wire.config, references),
        children=[_checked(child) for child in references] if media_type in INDEXES else [],
        subject=None if wire.subject is None else Digest.parse(wire.subject.digest),
        annotations=wire.annotations or {},
    )


def _media_type(wire: _Wire, declared_type: str) -> str:
    declared = declared_type.partition(";")[0].strip().lower()
    if declared and wire.media_type and declared != wire.media_type:
        raise _invalid(f"mediaType {wire.media_type!r} differs from Content-Type {declared!r}")
    media_type = declared or wire.media_type
    if not media_type:
        media_type = OCI_INDEX if wire.manifests is not None else OCI_MANIFEST
    if media_type not in MANIFESTS:
        raise _invalid(f"media type {media_type!r} is not a manifest type this registry stores")
    return media_type


def _blobs(config: Descriptor | None, layers: list[Descriptor]) -> list[Descriptor]:
    needed: dict[str, Descriptor] = {}
    for descriptor in [config, *layers]:
        if descriptor is None or descriptor.media_type in NONDISTRIBUTABLE or descriptor.urls:
            continue
        needed.setdefault(descriptor.digest, _checked(descriptor))
    return list(needed.values())


def _checked(descriptor: Descriptor) -> Descriptor:
    Digest.parse(descriptor.digest)
    if descriptor.size < 0:
        raise _invalid(f"{descriptor.digest} has a negative size")
    return descriptor


def _invalid(reason: str) -> Failure:
    return Failure(Code.MANIFEST_INVALID, reason=reason)
