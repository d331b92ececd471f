"""What an artifact says about itself beyond its config: how an image was built, what is in a chart."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import INDEXES
from kangaroo.base.names import Reference, RepositoryName
from kangaroo.core.registry.additions_chart import read_file
from kangaroo.core.registry.artifacts import known_artifact
from kangaroo.core.registry.manifests import Descriptor, Manifest, parse
from kangaroo.core.registry.pull import Parts
from kangaroo.store.content.contract import Reader
from kangaroo.store.meta import registry
from kangaroo.store.meta.artifacts import Artifact

LARGEST = 4 << 20  # bytes of one addition
JSON = "application/json; charset=utf-8"
_BY_KIND = {
    "IMAGE": ("build_history",),
    "WASM": ("build_history",),
    "CHART": ("values.yaml", "readme.md", "dependencies"),
    "SBOM": ("sbom",),
}
_TEXTS = {"values.yaml": "text/plain; charset=utf-8", "readme.md": "text/markdown; charset=utf-8"}
_SBOM = "application/vnd.goharbor.harbor.sbom.v1"


@dataclass(frozen=True, slots=True)
class Addition:
    media_type: str
    content: bytes


def additions_of(artifact: Artifact) -> tuple[str, ...]:
    """The names of what there is to ask for."""
    return () if artifact.manifest_media_type in INDEXES else _BY_KIND.get(artifact.kind, ())


class Additions:
    def __init__(self, parts: Parts) -> None:
        self._parts = parts

    async def get(self, actor: Actor, name: RepositoryName, reference: Reference, addition: str) -> Addition:
        """`addition` in lower case. Raises MANIFEST_UNKNOWN, BAD_REQUEST when the artifact has no such thing,
        TOO_LARGE."""
        await self._parts.access.require(actor, "artifact-addition", "read", name.project)
        artifact = await known_artifact(self._parts.database.lookup, name, reference)
        if addition not in additions_of(artifact):
            reason = f"addition {addition.upper()} isn't supported for {artifact.kind}"
            raise Failure(Code.BAD_REQUEST, reason=reason)
        if addition == "dependencies":
            found = msgspec.json.decode(artifact.attributes, type=dict[str, Any]).get("dependencies")
            return Addition(JSON, msgspec.json.encode(found or []))
        manifest = await self._manifest(name, artifact.digest)
        if addition == "build_history":
            return Addition(JSON, await self._history(name, manifest))
        layer = next((blob for blob in manifest.blobs if blob != manifest.config), None)
        if layer is None:
            raise Failure(Code.BAD_REQUEST, reason=f"{artifact.digest} has no layer")
        if addition == "sbom":
            return Addition(_SBOM, await self._content(name, layer))
        reader = await self._open(name, layer)
        try:
            return Addition(_TEXTS[addition], await read_file(reader, addition, LARGEST))
        finally:
            await reader.close()

    async def vulnerabilities(
        self, actor: Actor, name: RepositoryName, reference: Reference
    ) -> Mapping[str, Any]:
        """Reports by media type: none while nothing scans. Raises MANIFEST_UNKNOWN."""
        await self._parts.access.require(actor, "artifact-addition", "read", name.project)
        await known_artifact(self._parts.database.lookup, name, reference)
        return {}

    async def _manifest(self, name: RepositoryName, digest: Digest) -> Manifest:
        found = await registry.manifest(self._parts.database.lookup, name, digest)
        if found is None:
            raise Failure(Code.MANIFEST_UNKNOWN, reference=digest, repository=name)
        return parse(found.content, found.media_type)

    async def _history(self, name: RepositoryName, manifest: Manifest) -> bytes:
        assert manifest.config is not None
        try:
            config = msgspec.json.decode(await self._content(name, manifest.config))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise Failure(Code.BAD_REQUEST, reason="the config of the image is no JSON") from error
        history = config.get("history") if isinstance(config, dict) else None
        return msgspec.json.encode(history or [])

    async def _content(self, name: RepositoryName, blob: Descriptor) -> bytes:
        if blob.size > LARGEST:
            raise Failure(Code.TOO_LARGE, what=blob.digest, limit=LARGEST)
        reader = await self._open(name, blob)
        try:
            return b"".join([chunk async for chunk in reader.chunks()])
        finally:
            await reader.close()

    async def _open(self, name: RepositoryName, blob: Descriptor) -> Reader:
        found = await registry.blob(self._parts.database.lookup, name, Digest(blob.digest))
        if found is not None:
            try:
                return await self._parts.content.open(found.location)
            except Failure as failure:
                if failure.code is not Code.NOT_FOUND:
                    raise
        raise Failure(Code.BLOB_UNKNOWN, digest=blob.digest, repository=name)
