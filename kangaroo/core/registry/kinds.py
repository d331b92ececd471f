"""What kind of thing an artifact is, and what its config says about it: Harbor's `type` and `extra_attrs`.

Pure; the config's bytes come from the caller. Rules as in Harbor's processors (IMAGE, CHART, WASM, …).
"""

import re
from typing import Any

import msgspec

from kangaroo.base.media_types import DOCKER_CONFIG, HELM_CONFIG, INDEXES, OCI_CONFIG
from kangaroo.core.registry.manifests import Manifest

CONFIG_LIMIT = 1 << 20  # bytes; a larger config is not looked into
_BY_TYPE = {
    OCI_CONFIG: "IMAGE",
    DOCKER_CONFIG: "IMAGE",
    HELM_CONFIG: "CHART",
    "application/vnd.wasm.config.v1+json": "WASM",
    "application/vnd.wasm.config.v0+json": "WASM",
    "application/vnd.goharbor.harbor.sbom.v1": "SBOM",
    "application/vnd.cncf.model.config.v1+json": "CNAI",
    "application/vnd.cncf.model.manifest.v1+json": "CNAI",
    "application/vnd.cnab.manifest.v1": "CNAB",
}
_VENDOR = re.compile(r"application/vnd\.[^.]+\.([^.]+)\.config(?:\.[^+]+)?\+json")
_IMAGE_FIELDS = ("architecture", "author", "config", "created", "os")


def kind_of(manifest: Manifest) -> str:
    """Harbor's artifact type in capitals; UNKNOWN when nothing tells."""
    if manifest.media_type in INDEXES and not manifest.artifact_type:
        return "CNAB" if manifest.annotations.get("org.opencontainers.artifactType") in _BY_TYPE else "IMAGE"
    if manifest.artifact_type in _BY_TYPE:
        return _BY_TYPE[manifest.artifact_type]
    config_type = "" if manifest.config is None else manifest.config.media_type
    if config_type in _BY_TYPE:
        return _BY_TYPE[config_type]
    vendor = _VENDOR.fullmatch(config_type)
    return vendor.group(1).upper() if vendor else "UNKNOWN"


def has_attributes(manifest: Manifest) -> bool:
    """Whether the config is worth reading."""
    config = manifest.config
    return config is not None and config.media_type.endswith("json") and 2 < config.size <= CONFIG_LIMIT


def attributes_of(kind: str, config: bytes) -> dict[str, Any]:
    """What the config says; nothing when it is not a JSON object."""
    try:
        found = msgspec.json.decode(config)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    if kind == "IMAGE":
        return {field: found[field] for field in _IMAGE_FIELDS if found.get(field) is not None}
    return found


ACCESSORIES = {
    "application/vnd.cncf.notary.signature": "signature.notation",
    "application/vnd.dev.cosign.artifact.sig.v1+json": "signature.cosign",
    "application/vnd.dev.sigstore.bundle.v0.3+json": "signature.cosign",
    "application/vnd.goharbor.harbor.sbom.v1": "sbom.harbor",
    "application/vnd.oci.image.layer.nydus": "accelerator.nydus",
}
_COSIGN_TAG = re.compile(r"sha256-([0-9a-f]{64})\.sig")
_SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"


def accessory_of(manifest: Manifest, tag: str | None) -> tuple[str, str] | None:
    """(Harbor's accessory type, the digest it belongs to), or None for an artifact in its own right."""
    if manifest.subject is not None:
        return ACCESSORIES.get(manifest.effective_type, "subject.accessory"), manifest.subject
    cosign = _COSIGN_TAG.fullmatch(tag or "")
    if cosign and any(blob.media_type == _SIMPLE_SIGNING for blob in manifest.blobs):
        return "signature.cosign", f"sha256:{cosign.group(1)}"
    return None
