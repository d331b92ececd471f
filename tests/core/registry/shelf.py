"""Puts images, indexes, charts and signatures into a registry, by the way a push takes through core."""

import gzip
import io
import itertools
import json
import tarfile
from typing import Any

from kangaroo.base.actors import SYSTEM
from kangaroo.base.digests import Digest
from kangaroo.base.media_types import HELM_CONFIG, OCI_CONFIG, OCI_EMPTY, OCI_INDEX, OCI_MANIFEST
from kangaroo.base.names import RepositoryName, parse_reference
from kangaroo.core.services import Services

LAYER = "application/vnd.oci.image.layer.v1.tar"
CHART_LAYER = "application/vnd.cncf.helm.chart.content.v1.tar+gzip"
SIMPLE_SIGNING = "application/vnd.dev.cosign.simplesigning.v1+json"
NOTATION = "application/vnd.cncf.notary.signature"
SBOM = "application/vnd.goharbor.harbor.sbom.v1"
_numbers = itertools.count()


def descriptor(media_type: str, content: bytes, **more: Any) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": Digest.of(content), "size": len(content)} | more


class Shelf:
    """`sizes` remembers every manifest by its digest."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self.manifests: dict[Digest, bytes] = {}

    async def blob(self, name: str, content: bytes) -> bytes:
        uploads = self._services.registry.uploads
        await uploads.put(SYSTEM, RepositoryName.parse(name), Digest.of(content), content)
        return content

    async def manifest(self, name: str, tag: str | None, body: dict[str, Any]) -> Digest:
        content = json.dumps({"schemaVersion": 2} | body).encode()
        digest = Digest.of(content)
        reference = digest if tag is None else parse_reference(tag)
        await self._services.registry.push.manifest(
            SYSTEM, RepositoryName.parse(name), reference, content, body["mediaType"]
        )
        self.manifests[digest] = content
        return digest

    async def image(
        self, name: str, tag: str | None = None, *, layer: bytes | None = None, **config: Any
    ) -> Digest:
        """A new one unless its layer and config were there before."""
        words = {"architecture": "amd64", "os": "linux"} | config
        layer = b"layer %d" % next(_numbers) if layer is None else layer
        await self.blob(name, layer)
        settings = await self.blob(name, json.dumps(words).encode())
        body = {
            "mediaType": OCI_MANIFEST,
            "config": descriptor(OCI_CONFIG, settings),
            "layers": [descriptor(LAYER, layer)],
        }
        return await self.manifest(name, tag, body)

    async def index(self, name: str, tag: str | None, *children: Digest, **more: Any) -> Digest:
        platform = {"architecture": "amd64", "os": "linux", "os.version": "1", "variant": "v8"}
        entries = [
            {
                "mediaType": OCI_MANIFEST,
                "digest": child,
                "size": len(self.manifests.get(child, b"")),
                "platform": platform,
                "annotations": {"place": str(place)},
            }
            for place, child in enumerate(children)
        ]
        return await self.manifest(name, tag, {"mediaType": OCI_INDEX, "manifests": entries} | more)

    async def referrer(self, name: str, subject: Digest, kind: str = NOTATION, **more: Any) -> Digest:
        """What names its subject, which need not be there."""
        content = await self.blob(name, b"signature %d" % next(_numbers))
        nothing = await self.blob(name, b"{}")
        body = {
            "mediaType": OCI_MANIFEST,
            "artifactType": kind,
            "config": descriptor(OCI_EMPTY, nothing),
            "layers": [descriptor("application/jose+json", content)],
            "subject": {"mediaType": OCI_MANIFEST, "digest": subject, "size": 2},
        }
        return await self.manifest(name, None, body | more)

    async def cosign(self, name: str, subject: Digest) -> Digest:
        """A signature by cosign's tag."""
        payload = await self.blob(name, b"payload %d" % next(_numbers))
        nothing = await self.blob(name, b'{"x": 1}')
        body = {
            "mediaType": OCI_MANIFEST,
            "config": descriptor(OCI_CONFIG, nothing),
            "layers": [descriptor(SIMPLE_SIGNING, payload)],
        }
        return await self.manifest(name, f"sha256-{subject.hex}.sig", body)

    async def chart(self, name: str, tag: str, files: dict[str, bytes], **words: Any) -> Digest:
        words = {"name": "web", "version": "1.2.3", "apiVersion": "v2"} | words
        config = await self.blob(name, json.dumps(words).encode())
        archive = await self.blob(name, archived(files))
        body = {
            "mediaType": OCI_MANIFEST,
            "config": descriptor(HELM_CONFIG, config),
            "layers": [descriptor(CHART_LAYER, archive)],
        }
        return await self.manifest(name, tag, body)


def archived(files: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(path)
            entry.size = len(content)
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue())
