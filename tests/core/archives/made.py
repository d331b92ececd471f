"""Archives made for tests, byte by byte, as the programs that write them do."""

import gzip
import hashlib
import io
import json
import tarfile
from typing import Any

from kangaroo.base.digests import Digest
from kangaroo.base.media_types import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from kangaroo.core.archives.limits import Limits

LIMITS = Limits(archive=64 << 20)
LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
REF_NAME, IMAGE_NAME = "org.opencontainers.image.ref.name", "io.containerd.image.name"


def tar(files: dict[str, bytes | str], format_: int = tarfile.PAX_FORMAT) -> bytes:
    """A text is the target of a symbolic link."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=format_) as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            if isinstance(content, str):
                entry.type, entry.linkname = tarfile.SYMTYPE, content
                archive.addfile(entry)
            else:
                entry.size = len(content)
                archive.addfile(entry, io.BytesIO(content))
    return packed.getvalue()


def layer(text: str) -> bytes:
    """A plain tar file."""
    return tar({"file": text.encode()})


def digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def config(layers: list[bytes], **more: Any) -> bytes:
    words = {
        "architecture": "amd64",
        "os": "linux",
        "rootfs": {"type": "layers", "diff_ids": [digest(one) for one in layers]},
    }
    return json.dumps(words | more).encode()


def saved(*images: tuple[list[str] | None, list[bytes]], **more: Any) -> dict[str, bytes | str]:
    """What `docker save` writes: tags and layers of each image."""
    files: dict[str, bytes | str] = {}
    entries = []
    for tags, layers in images:
        content = config(layers, **more)
        path = f"{digest(content)[7:]}.json"
        paths = [f"{digest(one)[7:]}/layer.tar" for one in layers]
        files |= {path: content} | dict(zip(paths, layers, strict=True))
        entries.append({"Config": path, "RepoTags": tags, "Layers": paths})
    return files | {"manifest.json": json.dumps(entries).encode()}


class Layout:
    """An OCI layout; every method returns the descriptor of what it put there."""

    def __init__(self) -> None:
        self.blobs: dict[str, bytes] = {}
        self.entries: list[dict[str, Any]] = []

    def blob(self, media_type: str, content: bytes, **more: Any) -> dict[str, Any]:
        self.blobs[digest(content)] = content
        return {"mediaType": media_type, "digest": digest(content), "size": len(content)} | more

    def image(self, text: str, **more: Any) -> dict[str, Any]:
        one = layer(text)
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": self.blob(OCI_CONFIG, config([one], **more)),
            "layers": [self.blob(LAYER, gzip.compress(one, mtime=0))],
        }
        return self.blob(OCI_MANIFEST, json.dumps(manifest).encode())

    def index(self, *children: dict[str, Any]) -> dict[str, Any]:
        return self.blob(
            OCI_INDEX,
            json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children}).encode(),
        )

    def named(self, descriptor: dict[str, Any], **annotations: str) -> Digest:
        entry = {**descriptor, "annotations": annotations} if annotations else descriptor
        self.entries.append(entry)
        return Digest(descriptor["digest"])

    def files(self) -> dict[str, bytes | str]:
        index = json.dumps({"schemaVersion": 2, "manifests": self.entries}).encode()
        found: dict[str, bytes | str] = {
            "oci-layout": b'{"imageLayoutVersion":"1.0.0"}',
            "index.json": index,
        }
        return found | {f"blobs/{name.replace(':', '/')}": content for name, content in self.blobs.items()}

    def tar(self) -> bytes:
        return tar(self.files())
