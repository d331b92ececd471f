"""What is told of an upload while it goes on."""

from collections.abc import Callable
from dataclasses import dataclass

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Failure
from kangaroo.core.archives.naming import Target


@dataclass(frozen=True, slots=True)
class ImageBegins:
    """`number` counts from one."""

    number: int
    of: int
    target: Target


@dataclass(frozen=True, slots=True)
class LayerPacked:
    """Bytes of a layer that were compressed."""

    number: int
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class BlobSent:
    """Bytes the registry took; what it had already is done at once."""

    digest: Digest
    done: int
    total: int


Step = ImageBegins | LayerPacked | BlobSent
Tell = Callable[[Step], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of an image: its digest and size in bytes, or why it was not pushed."""

    target: Target
    digest: Digest | None = None
    size: int = 0
    failure: Failure | None = None
