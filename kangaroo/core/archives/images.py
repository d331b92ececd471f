"""What an archive holds: images as it has them, before anybody gave them a place in a registry."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.core.archives.limits import Limits, invalid
from kangaroo.core.archives.spool import Spool
from kangaroo.core.archives.tar import Contents, Held

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Blob:
    digest: Digest
    held: Held


@dataclass(frozen=True, slots=True)
class Node:
    """A manifest in its own bytes, with the blobs it needs; of an index, its children. What an index refers to and
    the archive does not hold whole is left out."""

    digest: Digest
    media_type: str
    content: bytes
    blobs: tuple[Blob, ...] = ()
    children: tuple["Node", ...] = ()

    @property
    def size(self) -> int:
        """Bytes a pull of everything transfers."""
        nodes = list(self.manifests())
        blobs = {blob.digest: blob.held.size for node in nodes for blob in node.blobs}
        return sum(len(node.content) for node in nodes) + sum(blobs.values())

    def manifests(self, seen: set[Digest] | None = None) -> Iterator["Node"]:
        """Itself and all below, children first, each once: the order in which a registry takes them."""
        seen = set() if seen is None else seen
        if self.digest not in seen:
            seen.add(self.digest)
            for child in self.children:
                yield from child.manifests(seen)
            yield self


@dataclass(frozen=True, slots=True)
class Saved:
    """An image as `docker save` writes it: config and layers, for which a manifest has yet to be made."""

    config: Held
    layers: tuple[Held, ...]
    diff_ids: tuple[Digest, ...]


@dataclass(frozen=True, slots=True)
class Name:
    """What an archive calls an image: `text` as it has it; `bare`: a tag alone."""

    text: str
    bare: bool = False


@dataclass(frozen=True, slots=True)
class Packed:
    """One image of an archive. `title` is for people: a digest or the name of its config."""

    title: str
    image: Node | Saved
    names: tuple[Name, ...] = ()


@dataclass(slots=True)
class Archive:
    """The bytes, and where which of them are. `root`: the folder everything stands in; `taken`: bytes read of what
    has to be understood, in all."""

    spool: Spool
    contents: Contents
    limits: Limits
    root: str = ""
    taken: int = 0

    def find(self, path: str) -> Held | None:
        return self.contents.find(self.root + path)

    def blob(self, digest: Digest) -> Held | None:
        return self.find(f"blobs/{digest.algorithm}/{digest.hex}")

    def read(self, held: Held, name: str, limit: int) -> bytes:
        """A small file. Raises ARCHIVE_INVALID when it is none, or when there are too many of them."""
        if held.size > limit:
            raise invalid("json", name=name, detail=f"it has {held.size} bytes, more than {limit}")
        self.taken += held.size
        if self.taken > self.limits.understood:
            raise invalid("too_many", what="bytes of manifests and configs", limit=self.limits.understood)
        return self.spool.read(held.offset, held.size)

    def json(self, path: str, shape: type[T], limit: int) -> T:
        """Raises ARCHIVE_INVALID for what is not there, too large, or of another shape."""
        held = self.find(path)
        if held is None:
            raise invalid("lacks", what=path)
        return decoded(self.read(held, path, limit), path, shape)


def decoded(content: bytes, name: str, shape: type[T]) -> T:
    """Raises ARCHIVE_INVALID."""
    try:
        return msgspec.json.decode(content, type=shape)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise invalid("json", name=name, detail=str(error)) from error


def counted(items: Sequence[T], limit: int, what: str) -> Sequence[T]:
    """Raises ARCHIVE_INVALID for more."""
    if len(items) > limit:
        raise invalid("too_many", what=what, limit=limit)
    return items
