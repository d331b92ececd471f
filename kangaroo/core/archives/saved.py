"""Archives of `docker save` (Docker 1.10 or newer), and of all that imitate it: manifest.json names configs, layers and
tags. Layers are tar files, or links to one another in older archives; some programs compress them.
"""

from typing import Annotated

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Failure
from kangaroo.core.archives.images import Archive, Name, Packed, Saved, counted, decoded
from kangaroo.core.archives.limits import invalid
from kangaroo.core.archives.tar import Held

MANIFEST, REPOSITORIES = "manifest.json", "repositories"
_MAX_LAYERS = 1_000
Path = Annotated[str, msgspec.Meta(max_length=1_000)]


class _Entry(msgspec.Struct, rename="pascal"):
    config: Path
    layers: list[Path] | None = None
    repo_tags: list[Path] | None = None


class _Rootfs(msgspec.Struct):
    diff_ids: list[str] | None = None


class _Config(msgspec.Struct):
    rootfs: _Rootfs | None = None


def images(archive: Archive) -> list[Packed]:
    """Raises ARCHIVE_INVALID."""
    entries = archive.json(MANIFEST, list[_Entry], archive.limits.manifest)
    counted(entries, archive.limits.manifests, "images")
    if not entries:
        raise invalid("lacks", what=f"any image in {MANIFEST}")
    return [_packed(archive, entry) for entry in entries]


def _packed(archive: Archive, entry: _Entry) -> Packed:
    held = archive.find(entry.config)
    if held is None:
        raise invalid("lacks", what=f"the config {entry.config}")
    config = decoded(archive.read(held, entry.config, archive.limits.config), entry.config, _Config)
    paths = counted(entry.layers or [], _MAX_LAYERS, "layers")
    layers = tuple(_layer(archive, path) for path in paths)
    diff_ids = tuple(_diff_id(entry.config, text) for text in (config.rootfs or _Rootfs()).diff_ids or ())
    if len(diff_ids) != len(layers):
        detail = f"it names {len(diff_ids)} layers, {MANIFEST} {len(layers)}"
        raise invalid("json", name=entry.config, detail=detail)
    names = tuple(Name(text) for text in dict.fromkeys(entry.repo_tags or ()))
    return Packed(entry.config, Saved(held, layers, diff_ids), names)


def _layer(archive: Archive, path: str) -> Held:
    held = archive.find(path)
    if held is None:
        raise invalid("lacks", what=f"the layer {path}")
    return held


def _diff_id(config: str, text: str) -> Digest:
    try:
        return Digest.parse(text)
    except Failure as failure:
        raise invalid("json", name=config, detail=failure.message()) from failure
