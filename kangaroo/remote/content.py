"""Manifests and blobs over `/v2` (OCI distribution-spec 1.1), for every kind of registry: the contract's `Content`."""

from collections.abc import AsyncIterator
from urllib.parse import quote

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.media_types import DOCKER_LIST, DOCKER_MANIFEST, OCI_ARTIFACT, OCI_INDEX, OCI_MANIFEST
from kangaroo.base.names import Reference
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.remote.answers import Answer
from kangaroo.remote.contract import Source
from kangaroo.remote.downloads import Download
from kangaroo.remote.links import next_page
from kangaroo.remote.names import ImageName
from kangaroo.remote.uploads import Upload, cancel
from kangaroo.remote.v2 import V2, scope
from kangaroo.remote.values import Descriptor, Manifest

_ACCEPT = {
    "Accept": f"{OCI_INDEX}, {OCI_MANIFEST}, {DOCKER_LIST}, {DOCKER_MANIFEST}, {OCI_ARTIFACT}, */*;q=0.1"
}
_TAGS_AT_ONCE = 1000


class _Tags(msgspec.Struct):
    tags: list[str] | None = None


class _Typed(msgspec.Struct, rename="camel"):
    media_type: str = ""


class V2Content:
    def __init__(self, v2: V2) -> None:
        self._v2 = v2

    async def tags(self, image: ImageName) -> list[str]:
        found: list[str] = []
        target: str | None = f"{self._v2.root(image)}/tags/list?n={_TAGS_AT_ONCE}"
        while target:
            answer = await self._v2.call("GET", target, scope(image, "pull"))
            if answer.status == 404:
                raise Failure(Code.NOT_FOUND, what=f"image {image}")
            self._must(answer, 200, f"tags of {image}")
            found += answer.json(_Tags).tags or []
            target = next_page(answer)
        return found

    async def manifest(self, image: ImageName, reference: Reference) -> Manifest:
        answer = await self._manifest("GET", image, reference)
        stated = reference if isinstance(reference, Digest) else self._stated(answer)
        actual = Digest.of(answer.body, stated.algorithm if stated else "sha256")
        if stated is not None and stated != actual:
            raise Failure(Code.DIGEST_MISMATCH, digest=stated, actual=actual)
        return Manifest(_media_type(answer), actual, answer.body)

    async def head_manifest(self, image: ImageName, reference: Reference) -> Descriptor:
        answer = await self._manifest("HEAD", image, reference)
        digest, size = self._stated(answer), answer.headers.get("Content-Length", "")
        if digest is None or not size.isdecimal() or not answer.headers.get("Content-Type"):
            whole = await self.manifest(image, reference)
            return Descriptor(whole.media_type, whole.digest, len(whole.content))
        return Descriptor(_media_type(answer), digest, int(size))

    async def put_manifest(
        self, image: ImageName, reference: Reference, media_type: str, content: bytes
    ) -> Digest:
        answer = await self._v2.call(
            "PUT",
            f"{self._v2.root(image)}/manifests/{reference}",
            scope(image, "pull,push"),
            headers={"Content-Type": media_type},
            body=content,
        )
        self._must(answer, 201, f"manifest {reference} of {image}")
        return Digest.of(content, reference.algorithm if isinstance(reference, Digest) else "sha256")

    async def delete_manifest(self, image: ImageName, digest: Digest) -> None:
        target = f"{self._v2.root(image)}/manifests/{digest}"
        answer = await self._v2.call("DELETE", target, scope(image, "delete,pull"))
        if answer.status == 404:
            raise Failure(Code.MANIFEST_UNKNOWN, reference=digest, repository=str(image))
        if answer.status == 405:
            raise InstanceFailure(Reason.DELETE_DISABLED, url=answer.origin)
        if answer.status not in (200, 202):
            raise self._v2.refusal(answer, f"manifest {digest} of {image}")

    async def blob_size(self, image: ImageName, digest: Digest) -> int | None:
        target = f"{self._v2.root(image)}/blobs/{digest}"
        answer = await self._v2.call("HEAD", target, scope(image, "pull"))
        if answer.status == 404:
            return None
        self._must(answer, 200, f"blob {digest}")
        return int(answer.headers.get("Content-Length", "0"))

    async def small_blob(self, image: ImageName, digest: Digest, limit: int) -> bytes:
        """In memory. Raises TOO_LARGE."""
        held = bytearray()
        async for chunk in self.blob(image, digest):
            held += chunk
            if len(held) > limit:
                raise Failure(Code.TOO_LARGE, what=f"blob {digest}", limit=limit)
        return bytes(held)

    def blob(self, image: ImageName, digest: Digest, start: int = 0) -> AsyncIterator[bytes]:
        return Download(self._v2, image, digest).chunks(start)

    async def put_blob(self, image: ImageName, digest: Digest, size: int, source: Source) -> None:
        await Upload(self._v2, image, digest, size).run(source)

    async def mount(self, image: ImageName, digest: Digest, origin: ImageName) -> bool:
        target = f"{self._v2.root(image)}/blobs/uploads/?mount={digest}&from={quote(str(origin), safe='')}"
        scopes = (*scope(image, "pull,push"), *scope(origin, "pull"))
        answer = await self._v2.call("POST", target, scopes, headers={"Content-Length": "0"})
        if answer.status == 202:
            await cancel(self._v2, image, answer)
            return False
        self._must(answer, 201, f"blob {digest}")
        return True

    async def _manifest(self, method: str, image: ImageName, reference: Reference) -> Answer:
        target = f"{self._v2.root(image)}/manifests/{reference}"
        answer = await self._v2.call(method, target, scope(image, "pull"), headers=_ACCEPT)
        if answer.status == 404:
            raise Failure(Code.MANIFEST_UNKNOWN, reference=reference, repository=str(image))
        self._must(answer, 200, f"manifest {reference} of {image}")
        return answer

    def _stated(self, answer: Answer) -> Digest | None:
        text = answer.headers.get("Docker-Content-Digest", "")
        try:
            return Digest.parse(text) if text else None
        except Failure as failure:
            raise InstanceFailure(Reason.BAD_ANSWER, url=answer.origin, detail=failure.message()) from failure

    def _must(self, answer: Answer, status: int, what: str) -> None:
        if answer.status != status:
            raise self._v2.refusal(answer, what)


def _media_type(answer: Answer) -> str:
    header = answer.headers.get("Content-Type", "").partition(";")[0].strip()
    return header if header and header != "application/json" else answer.json(_Typed).media_type
