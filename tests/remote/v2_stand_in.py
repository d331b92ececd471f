"""A registry in memory that speaks the OCI distribution-spec, for stand-ins of registries that are more than that."""

import itertools
import json
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import sha256

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Repository:
    manifests: dict[str, tuple[str, bytes]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    blobs: set[str] = field(default_factory=set)

    def find(self, reference: str) -> tuple[str, str, bytes] | None:
        digest = self.tags.get(reference, reference)
        found = self.manifests.get(digest)
        return (digest, *found) if found else None


def digest_of(content: bytes) -> str:
    return f"sha256:{sha256(content).hexdigest()}"


def refused(status: int, code: str, message: str = "") -> web.Response:
    return web.json_response({"errors": [{"code": code, "message": message or code.lower()}]}, status=status)


class V2StandIn:
    """`prefix` is what stands before the name of an image in a path, with `/v2`."""

    def __init__(self, prefix: str = "/v2") -> None:
        self.repositories: dict[str, Repository] = {}
        self.blobs: dict[str, bytes] = {}
        self._uploads: dict[str, bytearray] = {}
        self._numbers = itertools.count(1)
        self._prefix = prefix

    def routes(self) -> list[web.RouteDef]:
        image = self._prefix + "/{name:.+}"
        return [
            web.post(image + "/blobs/uploads/", self._begin),
            web.get(image + "/blobs/uploads/{upload}", self._where),
            web.patch(image + "/blobs/uploads/{upload}", self._append),
            web.put(image + "/blobs/uploads/{upload}", self._finish),
            web.delete(image + "/blobs/uploads/{upload}", self._cancel),
            web.get(image + "/blobs/{digest}", self._blob),
            web.get(image + "/tags/list", self._tags),
            web.get(image + "/manifests/{reference}", self._manifest),
            web.put(image + "/manifests/{reference}", self._put),
            web.delete(image + "/manifests/{reference}", self._delete),
        ]

    def name(self, request: web.Request) -> str:
        """The key of an image among `repositories`."""
        return request.match_info["name"]

    def names(self, request: web.Request) -> list[str]:
        return sorted(self.repositories)

    async def catalog(self, request: web.Request) -> web.Response:
        return self._page(request, "repositories", self.names(request))

    def _repository(self, request: web.Request) -> Repository:
        return self.repositories.setdefault(self.name(request), Repository())

    def _page(self, request: web.Request, key: str, names: list[str]) -> web.Response:
        rest = [name for name in names if name > request.query.get("last", "")]
        size = int(request.query.get("n", "1000"))
        headers = {}
        if len(rest) > size:
            headers["Link"] = f'<{request.path}?n={size}&last={rest[size - 1]}>; rel="next"'
        return web.json_response({key: rest[:size]}, headers=headers)

    async def _tags(self, request: web.Request) -> web.Response:
        found = self.repositories.get(self.name(request))
        if found is None:
            return refused(404, "NAME_UNKNOWN")
        return self._page(request, "tags", sorted(found.tags))

    async def _manifest(self, request: web.Request) -> web.Response:
        found = self._repository(request).find(request.match_info["reference"])
        if found is None:
            return refused(404, "MANIFEST_UNKNOWN")
        digest, media_type, content = found
        return web.Response(
            body=content, headers={"Content-Type": media_type, "Docker-Content-Digest": digest}
        )

    async def _put(self, request: web.Request) -> web.Response:
        content, repository = await request.read(), self._repository(request)
        digest, reference = digest_of(content), request.match_info["reference"]
        parts = json.loads(content)
        needed = [one["digest"] for one in (*parts.get("layers", ()), parts.get("config")) if one]
        if not set(needed) <= repository.blobs:
            return refused(400, "MANIFEST_BLOB_UNKNOWN")
        repository.manifests[digest] = (request.headers["Content-Type"], content)
        if ":" not in reference:
            repository.tags[reference] = digest
        return web.Response(status=201, headers={"Docker-Content-Digest": digest})

    async def _delete(self, request: web.Request) -> web.Response:
        if not self.remove(self.name(request), request.match_info["reference"]):
            return refused(404, "MANIFEST_UNKNOWN")
        return web.Response(status=202)

    def remove(self, name: str, digest: str) -> bool:
        repository = self.repositories.get(name)
        if repository is None or repository.manifests.pop(digest, None) is None:
            return False
        repository.tags = {tag: on for tag, on in repository.tags.items() if on != digest}
        return True

    async def _blob(self, request: web.Request) -> web.Response:
        digest = request.match_info["digest"]
        if digest not in self._repository(request).blobs:
            return refused(404, "BLOB_UNKNOWN")
        content = self.blobs[digest]
        asked = re.fullmatch(r"bytes=(\d+)-", request.headers.get("Range", ""))
        if asked is None:
            return web.Response(body=content, headers={"Docker-Content-Digest": digest})
        start = int(asked[1])
        if start >= len(content):
            return refused(416, "RANGE_INVALID")
        headers = {"Content-Range": f"bytes {start}-{len(content) - 1}/{len(content)}"}
        return web.Response(status=206, body=content[start:], headers=headers)

    async def _begin(self, request: web.Request) -> web.Response:
        mounted, origin = request.query.get("mount", ""), request.query.get("from", "")
        if mounted in self.repositories.get(origin, Repository()).blobs:
            self._repository(request).blobs.add(mounted)
            return web.Response(status=201, headers={"Location": request.path})
        upload = str(next(self._numbers))
        self._uploads[upload] = bytearray()
        return self._accepted(request, upload, request.path + upload)

    def _accepted(self, request: web.Request, upload: str, path: str, status: int = 202) -> web.Response:
        end = max(0, len(self._uploads[upload]) - 1)
        return web.Response(status=status, headers={"Location": path, "Range": f"0-{end}"})

    async def _where(self, request: web.Request) -> web.Response:
        upload = request.match_info["upload"]
        if upload not in self._uploads:
            return refused(404, "BLOB_UPLOAD_UNKNOWN")
        return self._accepted(request, upload, request.path, 204)

    async def _append(self, request: web.Request) -> web.Response:
        upload = request.match_info["upload"]
        held = self._uploads.get(upload)
        if held is None:
            return refused(404, "BLOB_UPLOAD_UNKNOWN")
        if int(request.headers.get("Content-Range", "0").partition("-")[0]) != len(held):
            return refused(416, "RANGE_INVALID")
        async for chunk in request.content.iter_any():
            held += chunk
        return self._accepted(request, upload, request.path)

    async def _finish(self, request: web.Request) -> web.Response:
        held = bytes(self._uploads.get(request.match_info["upload"], b"")) + await request.read()
        digest = request.query["digest"]
        if digest_of(held) != digest:
            return refused(400, "DIGEST_INVALID")
        del self._uploads[request.match_info["upload"]]
        self.blobs[digest] = held
        self._repository(request).blobs.add(digest)
        return web.Response(
            status=201, headers={"Location": f"{request.path}", "Docker-Content-Digest": digest}
        )

    async def _cancel(self, request: web.Request) -> web.Response:
        self._uploads.pop(request.match_info["upload"], None)
        return web.Response(status=204)
