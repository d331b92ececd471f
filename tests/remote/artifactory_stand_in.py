"""An Artifactory in memory: what its documentation says of the REST API, as far as our client uses it."""

import base64
from typing import Any

from aiohttp import web

from tests.remote.v2_stand_in import Repository, V2StandIn, refused

USER, PASSWORD = "deployer", "Artifactory-1"
BASE = "/artifactory"


class Repositories(V2StandIn):
    """A registry for each repository: images are kept by the name of both."""

    def name(self, request: web.Request) -> str:
        return f"{request.match_info['repository']}/{request.match_info['name']}"

    def names(self, request: web.Request) -> list[str]:
        start = request.match_info["repository"] + "/"
        return sorted(name.removeprefix(start) for name in self.repositories if name.startswith(start))


class ArtifactoryStandIn:
    def __init__(self, *, admin: bool = True) -> None:
        self.admin = admin
        self.keys = ["docker-local", "docker-remote"]
        self.v2 = Repositories(BASE + "/api/docker/{repository}/v2")

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._known])
        app.add_routes(
            [
                web.get(BASE + "/api/system/version", self._version),
                web.get(BASE + "/api/repositories", self._repositories),
                web.get(BASE + "/api/storageinfo", self._storage),
                web.get(BASE + "/api/storage/{repository}/{name:.+}/{tag}/{file}", self._file),
                web.get(BASE + "/api/docker/{repository}/v2/_catalog", self.v2.catalog),
                *self.v2.routes(),
                web.delete(BASE + "/{repository}/{path:.+}", self._delete),
            ]
        )
        return app

    @web.middleware
    async def _known(self, request: web.Request, handler: Any) -> web.StreamResponse:
        expected = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if request.headers.get("Authorization") != expected:
            body = {"errors": [{"status": 401, "message": "Bad credentials"}]}
            return web.json_response(
                body, status=401, headers={"WWW-Authenticate": 'Basic realm="Artifactory"'}
            )
        response: web.StreamResponse = await handler(request)
        return response

    async def _version(self, request: web.Request) -> web.Response:
        return web.json_response({"version": "7.77.5", "revision": "77705900", "addons": []})

    async def _repositories(self, request: web.Request) -> web.Response:
        assert request.query["packageType"] == "docker"
        return web.json_response(
            [
                {"key": key, "type": "LOCAL", "packageType": "Docker", "url": f"http://x/{key}"}
                for key in self.keys
            ]
        )

    async def _storage(self, request: web.Request) -> web.Response:
        if not self.admin:
            return refused(403, "FORBIDDEN")
        rows = [{"repoKey": "docker-local", "repoType": "LOCAL", "usedSpaceInBytes": 123}]
        return web.json_response(
            {"repositoriesSummaryList": [*rows, {"repoKey": "npm", "usedSpaceInBytes": 9}]}
        )

    async def _file(self, request: web.Request) -> web.Response:
        held = self.v2.repositories.get(self.v2.name(request), Repository())
        found = held.find(request.match_info["tag"])
        index = found is not None and ("index" in found[1] or "list" in found[1])
        if found is None or request.match_info["file"] != (
            "list.manifest.json" if index else "manifest.json"
        ):
            return refused(404, "NOT_FOUND")
        if "stats" in request.query:
            return web.json_response({"downloadCount": 2, "lastDownloaded": 1_715_000_000_000})
        return web.json_response(
            {"created": "2024-05-06T07:08:09.123Z", "lastModified": "2024-05-06T07:08:10.000Z", "size": "123"}
        )

    async def _delete(self, request: web.Request) -> web.Response:
        """A folder: an image, or one of its tags."""
        path = f"{request.match_info['repository']}/{request.match_info['path']}"
        if self.v2.repositories.pop(path, None) is not None:
            return web.Response(status=204)
        name, _, folder = path.rpartition("/")
        held = self.v2.repositories.get(name, Repository())
        found = held.find(folder)
        if found is None:
            return refused(404, "NOT_FOUND")
        held.tags.pop(folder, None)
        if found[0] not in held.tags.values():
            del held.manifests[found[0]]
        return web.Response(status=204)
