"""Layers as tar files, compressed on their way to a registry: the same bytes give the same digest, always.

gzip without a name and a time. The level is a part of what a digest depends on, and stays: one less than usual is half
as fast again, for a hundredth more bytes.
"""

import hashlib
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from kangaroo.base.digests import Digest, hasher
from kangaroo.core.archives.limits import invalid
from kangaroo.core.archives.spool import Spool, in_thread
from kangaroo.core.archives.tar import Held

_LEVEL = 5


@dataclass(frozen=True, slots=True)
class Layer:
    """The `number`th of an image, counted from one; `diff_id` is the digest its config says it has unpacked."""

    number: int
    held: Held
    diff_id: Digest


async def compressed(
    spool: Spool, layer: Layer, folder: Path, told: Callable[[int], None]
) -> tuple[Spool, Digest]:
    """A spool with the compressed layer, which the caller closes, and its digest. `told` hears how many bytes were
    read, in all.

    Raises ARCHIVE_INVALID for a layer that is not what the config says.
    """
    packing = _Packing(spool, layer, Spool(folder))
    try:
        done = 0
        while count := await in_thread(packing.some):
            told(done := done + count)
        packing.check(layer)
    except BaseException:
        packing.packed.close()
        raise
    return packing.packed, Digest(f"sha256:{packing.digest.hexdigest()}")


class _Packing:
    """A piece at a time, in threads."""

    def __init__(self, spool: Spool, layer: Layer, packed: Spool) -> None:
        self.packed = packed
        self.digest = hashlib.sha256()
        self._unpacked = hasher(layer.diff_id.algorithm)
        self._pieces = spool.pieces(layer.held)
        self._gzip = zlib.compressobj(_LEVEL, zlib.DEFLATED, 31)

    def some(self) -> int:
        """How many bytes were read; 0 at the end."""
        piece = next(self._pieces, b"")
        self._unpacked.update(piece)
        data = self._gzip.compress(piece) if piece else self._gzip.flush()
        self.digest.update(data)
        self.packed.write(data)
        return len(piece)

    def check(self, layer: Layer) -> None:
        actual = f"{layer.diff_id.algorithm}:{self._unpacked.hexdigest()}"
        if actual != layer.diff_id:
            raise invalid("layer", number=layer.number, actual=actual, digest=layer.diff_id)
