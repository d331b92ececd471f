"""An OCI layout in a tar file, made here: what there is in it is known to the byte."""

import hashlib
import io
import json
import tarfile
from pathlib import Path
from typing import Any

_INDEX = "application/vnd.oci.image.index.v1+json"
_MANIFEST = "application/vnd.oci.image.manifest.v1+json"
_CONFIG = "application/vnd.oci.image.config.v1+json"
_LAYER = "application/vnd.oci.image.layer.v1.tar"


def layout_archive(path: Path, architectures: list[str]) -> Path:
    """An index with an image for each architecture."""
    blobs: dict[str, bytes] = {}
    children = [
        {**_image(blobs, one), "platform": {"os": "linux", "architecture": one}} for one in architectures
    ]
    index = _kept(blobs, _INDEX, {"schemaVersion": 2, "mediaType": _INDEX, "manifests": children})
    top = {"schemaVersion": 2, "mediaType": _INDEX, "manifests": [index]}
    with tarfile.open(path, "w") as tar:
        _add(tar, "oci-layout", b'{"imageLayoutVersion":"1.0.0"}')
        _add(tar, "index.json", json.dumps(top).encode())
        for digest, content in blobs.items():
            _add(tar, f"blobs/sha256/{digest.removeprefix('sha256:')}", content)
    return path


def _image(blobs: dict[str, bytes], architecture: str) -> dict[str, Any]:
    inner = io.BytesIO()
    with tarfile.open(fileobj=inner, mode="w") as tar:
        _add(tar, "hello", architecture.encode() * 1000)
    layer = _kept(blobs, _LAYER, inner.getvalue())
    config = _kept(
        blobs,
        _CONFIG,
        {
            "architecture": architecture,
            "os": "linux",
            "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]},
            "config": {},
        },
    )
    manifest = {"schemaVersion": 2, "mediaType": _MANIFEST, "config": config, "layers": [layer]}
    return _kept(blobs, _MANIFEST, manifest)


def _kept(blobs: dict[str, bytes], media_type: str, content: Any) -> dict[str, Any]:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    digest = f"sha256:{hashlib.sha256(data).hexdigest()}"
    blobs[digest] = data
    return {"mediaType": media_type, "digest": digest, "size": len(data)}


def _add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    tar.addfile(info, io.BytesIO(content))
