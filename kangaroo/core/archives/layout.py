"""OCI image layouts (image-spec image-layout.md): index.json names manifests and indexes, blobs/ has all of them by
digest. They are taken as they are, byte for byte, so that digests and what is signed by them stay.
"""

from dataclasses import dataclass

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Failure
from kangaroo.base.media_types import MANIFESTS
from kangaroo.core.archives.images import Archive, Blob, Name, Node, Packed
from kangaroo.core.archives.limits import invalid
from kangaroo.core.registry.manifests import Descriptor, parse

INDEX, MARK = "index.json", "oci-layout"
# image-spec annotations.md; containerd and docker put the whole name into a key of their own.
REF_NAME, IMAGE_NAME = "org.opencontainers.image.ref.name", "io.containerd.image.name"


class _Index(msgspec.Struct):
    manifests: list[Descriptor]


@dataclass(slots=True)
class _Reading:
    """What was read already: several tags of one image are one node."""

    archive: Archive
    nodes: dict[Digest, Node]
    whole: dict[str, bool]

    def node(self, descriptor: Descriptor, depth: int) -> Node:
        """Raises ARCHIVE_INVALID: of what it needs something is not there, or not what its digest says."""
        digest = _digest(descriptor.digest)
        if digest not in self.nodes:
            limits = self.archive.limits
            if len(self.nodes) >= limits.manifests:
                raise invalid("too_many", what="manifests", limit=limits.manifests)
            if depth > limits.depth:
                raise invalid("too_many", what="indexes within one another", limit=limits.depth)
            self.nodes[digest] = self._read(digest, descriptor, depth)
        return self.nodes[digest]

    def _read(self, digest: Digest, descriptor: Descriptor, depth: int) -> Node:
        held = self.archive.blob(digest)
        if held is None:
            raise invalid("lacks", what=f"the manifest {digest}")
        content = self.archive.read(held, digest, self.archive.limits.manifest)
        actual = Digest.of(content, digest.algorithm)
        if actual != digest:
            raise invalid("json", name=digest, detail=f"its digest is {actual}")
        try:
            manifest = parse(content, descriptor.media_type)
        except Failure as failure:
            raise invalid("json", name=digest, detail=failure.message()) from failure
        blobs = tuple(self._blob(digest, blob) for blob in manifest.blobs)
        wanted = {child.digest: child for child in manifest.children}.values()
        children = tuple(self.node(child, depth + 1) for child in wanted if self._is_whole(child))
        if manifest.children and not children:
            raise invalid("lacks", what=f"every image of the index {digest}")
        return Node(digest, manifest.media_type, content, blobs, children)

    def _blob(self, manifest: Digest, blob: Descriptor) -> Blob:
        digest = Digest(blob.digest)
        held = self.archive.blob(digest)
        if held is None:
            raise invalid("lacks", what=f"{digest}, a part of {manifest}")
        if held.size != blob.size:
            detail = f"it has {held.size} bytes, the manifest {manifest} says {blob.size}"
            raise invalid("json", name=digest, detail=detail)
        return Blob(digest, held)

    def _is_whole(self, child: Descriptor) -> bool:
        """Programs that hold one platform of an index save the index, that platform, and perhaps some manifests."""
        if child.digest not in self.whole:
            self.whole[child.digest] = self._holds(child)
        return self.whole[child.digest]

    def _holds(self, child: Descriptor) -> bool:
        held = self.archive.blob(_digest(child.digest))
        if held is None:
            return False
        content = self.archive.read(held, child.digest, self.archive.limits.manifest)
        try:
            manifest = parse(content, child.media_type)
        except Failure:
            return True  # and is refused with its reason, when it is read
        return all(self.archive.blob(Digest(blob.digest)) for blob in manifest.blobs)


def images(archive: Archive) -> list[Packed]:
    """By digest, with all names they have. Raises ARCHIVE_INVALID."""
    entries = archive.json(INDEX, _Index, archive.limits.manifest).manifests
    reading = _Reading(archive, {}, {})
    found: dict[Digest, tuple[Node, list[Name]]] = {}
    for entry in entries:
        if entry.media_type not in MANIFESTS:
            continue
        node = reading.node(entry, 1)
        names = found.setdefault(node.digest, (node, []))[1]
        if (name := _name(entry.annotations or {})) is not None and name not in names:
            names.append(name)
    if not found:
        raise invalid("lacks", what=f"any image in {INDEX}")
    return [Packed(digest, node, tuple(names)) for digest, (node, names) in found.items()]


def _name(annotations: dict[str, str]) -> Name | None:
    whole, ref = annotations.get(IMAGE_NAME, ""), annotations.get(REF_NAME, "")
    if whole:
        return Name(whole)
    return Name(ref, bare=not set(":/") & set(ref)) if ref else None


def _digest(text: str) -> Digest:
    try:
        return Digest.parse(text)
    except Failure as failure:
        raise invalid("json", name=INDEX, detail=failure.message()) from failure
