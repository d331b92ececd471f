"""Images that look like those of real teams: build history, layers of uneven sizes, labels, several platforms.

Every byte follows from the name of the image, so that digests and sizes are the same in every run.
"""

import gzip
import hashlib
import io
import json
import random
import tarfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

CREATED = "2026-01-05T08:00:00Z"
_OCI = "application/vnd.oci.image"
INDEX, MANIFEST = f"{_OCI}.index.v1+json", f"{_OCI}.manifest.v1+json"
_CONFIG, _LAYER = f"{_OCI}.config.v1+json", f"{_OCI}.layer.v1.tar+gzip"
_EMPTY = "application/vnd.oci.empty.v1+json"
_SIGNATURE = "application/vnd.dev.cosign.artifact.sig.v1+json"
Steps = Sequence[tuple[str, int]]
"""Commands of a build with the KiB of the layer each leaves; 0 leaves none."""


@dataclass
class Made:
    """`content` is the manifest that a tag would name; `blobs` and `others` (manifests) must be there first."""

    content: bytes
    media_type: str = MANIFEST
    blobs: dict[str, bytes] = field(default_factory=dict)
    others: list["Made"] = field(default_factory=list)

    @property
    def digest(self) -> str:
        return _digest(self.content)


def image(seed: str, steps: Steps, architecture: str = "amd64", **labels: str) -> Made:
    layers = [
        _layer(f"{seed} {architecture} {number}", size) for number, (_, size) in enumerate(steps) if size
    ]
    history = [
        {"created": CREATED, "created_by": command} | ({} if size else {"empty_layer": True})
        for command, size in steps
    ]
    config = _json(
        {
            "created": CREATED,
            "architecture": architecture,
            "os": "linux",
            "author": "platform team",
            "config": {
                "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"],
                "Entrypoint": ["/usr/local/bin/app"],
                "ExposedPorts": {"8080/tcp": {}},
                "User": "65532",
                "Labels": labels,
            },
            "rootfs": {"type": "layers", "diff_ids": [_digest(gzip.decompress(one)) for one in layers]},
            "history": history,
        }
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "config": _descriptor(_CONFIG, config),
        "layers": [_descriptor(_LAYER, one) for one in layers],
    }
    return Made(_json(manifest), blobs={_digest(one): one for one in (config, *layers)})


def index(seed: str, steps: Steps, architectures: Sequence[str], **labels: str) -> Made:
    children = [image(seed, steps, one, **labels) for one in architectures]
    described = [
        _descriptor(MANIFEST, child.content) | {"platform": {"os": "linux", "architecture": architecture}}
        for child, architecture in zip(children, architectures, strict=True)
    ]
    content = _json({"schemaVersion": 2, "mediaType": INDEX, "manifests": described})
    return Made(content, INDEX, others=children)


def signature(of: Made) -> Made:
    """As cosign attaches one by the referrers of OCI 1.1."""
    payload = _json({"critical": {"image": {"docker-manifest-digest": of.digest}}})
    empty = b"{}"
    manifest = {
        "schemaVersion": 2,
        "mediaType": MANIFEST,
        "artifactType": _SIGNATURE,
        "config": _descriptor(_EMPTY, empty),
        "layers": [_descriptor("application/vnd.dev.cosign.simplesigning.v1+json", payload)],
        "subject": _descriptor(of.media_type, of.content),
    }
    return Made(_json(manifest), blobs={_digest(empty): empty, _digest(payload): payload})


def _layer(seed: str, kibibytes: int) -> bytes:
    content = random.Random(seed).randbytes(kibibytes << 10)
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        entry = tarfile.TarInfo("app/content")
        entry.size = len(content)
        archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), 1, mtime=0)


def _json(value: Any) -> bytes:
    return json.dumps(value, indent=2).encode()


def _digest(content: bytes) -> str:
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def _descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": _digest(content), "size": len(content)}
