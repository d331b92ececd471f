"""Which of the formats an archive has, and its images."""

from kangaroo.core.archives import layout, saved
from kangaroo.core.archives.images import Archive, Packed, Saved
from kangaroo.core.archives.limits import Limits, invalid
from kangaroo.core.archives.spool import Spool
from kangaroo.core.archives.tar import Held, contents

_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


def images_of(spool: Spool, limits: Limits) -> list[Packed]:
    """Blocking. Raises ARCHIVE_INVALID with what is wrong and where."""
    archive = _archive(spool, limits)
    is_layout = archive.find(layout.INDEX) is not None
    if archive.find(saved.MANIFEST) is not None:
        found = saved.images(archive) if not is_layout else _of_both(archive)
        if found is not None:
            return found
    return layout.images(archive)


def compression(spool: Spool, layer: Held) -> str:
    """Of a layer: gzip, zstd, or empty for a tar file as it is."""
    begin = spool.read(layer.offset, min(4, layer.size))
    if begin.startswith(_GZIP):
        return "gzip"
    return "zstd" if begin == _ZSTD else ""


def _archive(spool: Spool, limits: Limits) -> Archive:
    """Somebody may have packed the folder instead of what is in it."""
    archive = Archive(spool, contents(spool.read, spool.size, limits), limits)
    marks = (saved.MANIFEST, layout.INDEX)
    if any(archive.find(mark) for mark in marks):
        return archive
    below = {
        path.rpartition("/")[0]
        for path in archive.contents.files
        if path.count("/") == 1 and path.endswith(marks)
    }
    if len(below) != 1:
        raise invalid("foreign")
    return Archive(spool, archive.contents, limits, f"{below.pop()}/")


def _of_both(archive: Archive) -> list[Packed] | None:
    """Newer dockers write both. Where the engine unpacked the layers (it lists `repositories`, then), the layout was
    made up for the archive alone, its digests are known to nobody, and the images are better pushed compressed; else
    the layout is the original."""
    if archive.find(saved.REPOSITORIES) is None:
        return None
    found = saved.images(archive)
    layers = {layer for one in found if isinstance(one.image, Saved) for layer in one.image.layers}
    if layers and all(not compression(archive.spool, layer) for layer in layers):
        return found
    return None
