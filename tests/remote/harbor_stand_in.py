"""A Harbor in memory: the operations our client uses, with the shapes of Harbor's swagger and the ways of its server.

Requests and answers are judged by the swagger where it is at hand: what our client sends is then what Harbor takes.
"""

import asyncio
import base64
import json
from typing import Any
from urllib.parse import unquote

from aiohttp import web

from tests.conformance import swagger
from tests.remote.harbor_engines import Engines
from tests.remote.v2_stand_in import Repository, V2StandIn, refused

ADMIN, ADMIN_PASSWORD = "admin", "Harbor12345"
PLAIN, PLAIN_PASSWORD = "alice", "Alice12345"
TIME = "2024-05-06T07:08:09.123Z"
NEVER = "0001-01-01T00:00:00.000Z"
TOKEN = "a-token"


class HarborStandIn:
    def __init__(self, version: str = "v2.10.0-abc") -> None:
        self.version = version
        self.v2 = V2StandIn()
        self.projects: dict[str, dict[str, Any]] = {}
        self.descriptions: dict[str, str] = {}
        self.healthy = True
        self.silent = False  # takes requests and never answers
        self.engines = Engines(self)
        self.add_project("library", public=True)

    def app(self) -> web.Application:
        app = web.Application(middlewares=[self._judged, self._known])
        project, image = "/api/v2.0/projects/{project}", "/api/v2.0/projects/{project}/repositories/{image}"
        artifact = image + "/artifacts/{reference}"
        app.add_routes(
            [
                web.get("/api/v2.0/systeminfo", self._info),
                web.get("/api/v2.0/health", self._health),
                web.get("/api/v2.0/users/current", self._me),
                web.get("/api/v2.0/users/current/permissions", self._my_rights),
                web.get("/api/v2.0/statistics", self._statistics),
                web.get("/api/v2.0/projects", self._list_projects),
                web.post("/api/v2.0/projects", self._create_project),
                web.get(project, self._get_project),
                web.put(project, self._update_project),
                web.delete(project, self._delete_project),
                web.get(project + "/summary", self._summary),
                web.get(project + "/repositories", self._list_images),
                web.get(image, self._get_image),
                web.put(image, self._describe),
                web.delete(image, self._delete_image),
                web.get(image + "/artifacts", self._list_artifacts),
                web.get(artifact, self._get_artifact),
                web.delete(artifact, self._delete_artifact),
                web.get(artifact + "/additions/build_history", self._history),
                web.get("/service/token", self._token),
                web.get("/v2/", self._ping),
                *self.engines.routes(),
                *self.v2.routes(),
            ]
        )
        return app

    def add_project(self, name: str, *, public: bool) -> None:
        metadata = {"public": str(public).lower()}
        number = len(self.projects) + 1
        self.projects[name] = {
            "project_id": number,
            "name": name,
            "creation_time": TIME,
            "metadata": metadata,
        }

    # --- who ----------------------------------------------------------------

    def user(self, request: web.Request) -> str:
        """Empty for nobody: Harbor takes a wrong password as none."""
        kind, _, rest = request.headers.get("Authorization", "").partition(" ")
        if kind == "Bearer" and request.path.startswith("/v2/"):
            return ADMIN if rest == TOKEN else ""
        if kind != "Basic":
            return ""
        name, _, password = base64.b64decode(rest).decode().partition(":")
        known = {ADMIN: ADMIN_PASSWORD, PLAIN: PLAIN_PASSWORD, **self.engines.robot_secrets()}
        return name if known.get(name) == password else ""

    @web.middleware
    async def _known(self, request: web.Request, handler: Any) -> web.StreamResponse:
        free = ("/api/v2.0/systeminfo", "/api/v2.0/health", "/service/token")
        if not self.user(request) and request.path not in free:
            answer = refused(401, "UNAUTHORIZED")
            if request.path.startswith("/v2/"):
                realm = f'Bearer realm="http://{request.host}/service/token",service="harbor-registry"'
                basic = "Authorization" in request.headers
                answer.headers["WWW-Authenticate"] = 'Basic realm="harbor"' if basic else realm
            return answer
        response: web.StreamResponse = await handler(request)
        return response

    @web.middleware
    async def _judged(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if self.silent:
            await asyncio.Event().wait()
        spec = swagger.load()
        operation = spec.operation(request.method, request.raw_path.partition("?")[0]) if spec else None
        answer: web.StreamResponse = await handler(request)
        if spec is None or operation is None or not isinstance(answer, web.Response):
            return answer
        wanted, sent = operation.body_schema(), await request.read()
        found = spec.problems(wanted, json.loads(sent)) if wanted and sent else []
        if answer.status < 300:
            schema = spec.response_schema(operation, answer.status)
            if schema and schema.get("type") != "string" and answer.content_type == "application/json":
                found += spec.problems(schema, json.loads(answer.body or b""))  # type: ignore[arg-type]
        assert not found, f"{operation.id}: {found}"
        return answer

    async def _info(self, request: web.Request) -> web.Response:
        seen = {"harbor_version": self.version, "project_creation_restriction": "everyone"}
        return web.json_response({"auth_mode": "db_auth", **(seen if self.user(request) else {})})

    async def _health(self, request: web.Request) -> web.Response:
        status = "healthy" if self.healthy else "unhealthy"
        parts = [{"name": "core", "status": "healthy"}, {"name": "redis", "status": status}]
        return web.json_response({"status": status, "components": parts})

    async def _me(self, request: web.Request) -> web.Response:
        user = self.user(request)
        if user in self.engines.robot_secrets():
            return refused(412, "PRECONDITION", "get current user not available for security context: robot")
        return web.json_response({"user_id": 1, "username": user, "sysadmin_flag": user == ADMIN})

    async def _my_rights(self, request: web.Request) -> web.Response:
        assert request.query["scope"] == "/system"
        rights = self.engines.robot_rights(self.user(request))
        return web.json_response([{"resource": resource, "action": action} for resource, action in rights])

    async def _token(self, request: web.Request) -> web.Response:
        return web.json_response({"token": TOKEN if self.user(request) else "nobody", "expires_in": 1800})

    async def _ping(self, request: web.Request) -> web.Response:
        return web.json_response({}, headers={"Docker-Distribution-Api-Version": "registry/2.0"})

    # --- projects -----------------------------------------------------------

    def images(self, project: str) -> dict[str, Repository]:
        found = self.v2.repositories.items()
        return {name: one for name, one in found if name.startswith(project + "/") and one.manifests}

    def project(self, request: web.Request) -> dict[str, Any]:
        """Harbor reads a number as an id, unless told otherwise."""
        name = unquote(request.match_info["project"])
        by_name = request.headers.get("X-Is-Resource-Name") == "true" or not name.isdecimal()
        found = self.projects.get(name) if by_name else None
        if found is None:
            raise web.HTTPNotFound(
                text='{"errors":[{"code":"NOT_FOUND","message":"project not found"}]}',
                content_type="application/json",
            )
        return {**found, "repo_count": len(self.images(name))}

    def page(self, request: web.Request, rows: list[Any]) -> web.Response:
        number, size = int(request.query.get("page", "1")), int(request.query.get("page_size", "10"))
        assert 1 <= size <= 100, "Harbor answers 422"
        shown = rows[(number - 1) * size : number * size]
        return web.json_response(shown, headers={"X-Total-Count": str(len(rows))})

    async def _list_projects(self, request: web.Request) -> web.Response:
        name, public = request.query.get("name", "").lower(), request.query.get("public")
        rows = [
            {**one, "repo_count": len(self.images(one["name"]))}
            for one in sorted(self.projects.values(), key=lambda one: str(one["name"]))
            if name in one["name"] and public in (None, one["metadata"]["public"])
        ]
        return self.page(request, rows)

    async def _create_project(self, request: web.Request) -> web.Response:
        asked = await request.json()
        if asked["project_name"] in self.projects:
            return refused(409, "CONFLICT", "The project named it already exists")
        self.add_project(asked["project_name"], public=asked["metadata"]["public"] == "true")
        return web.Response(status=201, headers={"Location": f"/api/v2.0/projects/{len(self.projects)}"})

    async def _get_project(self, request: web.Request) -> web.Response:
        return web.json_response(self.project(request))

    async def _update_project(self, request: web.Request) -> web.Response:
        name = self.project(request)["name"]
        self.projects[name]["metadata"] |= (await request.json())["metadata"]
        return web.Response()

    async def _delete_project(self, request: web.Request) -> web.Response:
        found = self.project(request)
        if found["repo_count"]:
            reason = "the project contains repositories, can not be deleted"
            return refused(412, "PROJECTPOLICYVIOLATION", reason)
        del self.projects[found["name"]]
        return web.Response()

    async def _summary(self, request: web.Request) -> web.Response:
        held = [blob for one in self.images(self.project(request)["name"]).values() for blob in one.blobs]
        used = sum(len(self.v2.blobs[blob]) for blob in set(held))
        return web.json_response({"quota": {"hard": {"storage": -1}, "used": {"storage": used}}})

    async def _statistics(self, request: web.Request) -> web.Response:
        counts = {"true": [0, 0], "false": [0, 0]}
        for one in self.projects.values():
            counts[one["metadata"]["public"]][0] += 1
            counts[one["metadata"]["public"]][1] += len(self.images(one["name"]))
        (public, public_repos), (private, private_repos) = counts["true"], counts["false"]
        return web.json_response(
            {
                "public_project_count": public,
                "public_repo_count": public_repos,
                "private_project_count": private,
                "private_repo_count": private_repos,
                "total_project_count": public + private,
                "total_repo_count": public_repos + private_repos,
                "total_storage_consumption": sum(map(len, self.v2.blobs.values())),
            }
        )

    # --- images -------------------------------------------------------------

    def image(self, request: web.Request) -> tuple[str, Repository]:
        """Names are encoded twice; the server has decoded them once."""
        assert "%252F" in request.raw_path or "/" not in unquote(request.match_info["image"])
        name = f"{self.project(request)['name']}/{unquote(request.match_info['image'])}"
        found = self.images(name.partition("/")[0]).get(name)
        if found is None:
            raise web.HTTPNotFound(
                text='{"errors":[{"code":"NOT_FOUND","message":"repository not found"}]}',
                content_type="application/json",
            )
        return name, found

    def _image_row(self, name: str, held: Repository) -> dict[str, Any]:
        row = {"name": name, "artifact_count": len(held.manifests), "pull_count": 3, "update_time": TIME}
        return row | {"creation_time": TIME, "description": self.descriptions.get(name, "")}

    async def _list_images(self, request: web.Request) -> web.Response:
        wanted = unquote(request.query.get("q", "")).partition("=~")[2].lower()
        found = self.images(self.project(request)["name"])
        return self.page(
            request, [self._image_row(name, found[name]) for name in sorted(found) if wanted in name]
        )

    async def _get_image(self, request: web.Request) -> web.Response:
        return web.json_response(self._image_row(*self.image(request)))

    async def _describe(self, request: web.Request) -> web.Response:
        self.descriptions[self.image(request)[0]] = (await request.json())["description"]
        return web.Response()

    async def _delete_image(self, request: web.Request) -> web.Response:
        del self.v2.repositories[self.image(request)[0]]
        return web.Response()

    def artifact_row(self, held: Repository, digest: str) -> dict[str, Any]:
        media_type, content = held.manifests[digest]
        parts = json.loads(content)
        described = [*parts.get("layers", ()), *([parts["config"]] if "config" in parts else ())]
        tags = [
            {"name": tag, "push_time": TIME, "immutable": False}
            for tag, on in held.tags.items()
            if on == digest
        ]
        row: dict[str, Any] = {
            "digest": digest,
            "type": "IMAGE",
            "manifest_media_type": media_type,
            "size": len(content) + sum(one["size"] for one in described),
            "push_time": TIME,
            "pull_time": NEVER,
            "tags": tags or None,
            "references": None,
            "scan_overview": self.engines.overview(digest),
        }
        if "config" in parts:
            config = json.loads(self.v2.blobs[parts["config"]["digest"]])
            row["extra_attrs"] = {
                name: config.get(name) for name in ("architecture", "os", "author", "created")
            }
        below = [one["digest"] for one in parts.get("manifests", ())]
        if below:
            row["size"] += sum(self.artifact_row(held, one)["size"] for one in below)
            row["references"] = [
                {"child_digest": one["digest"], "platform": one["platform"]} for one in parts["manifests"]
            ]
        return row

    async def _list_artifacts(self, request: web.Request) -> web.Response:
        held = self.image(request)[1]
        wanted = unquote(request.query.get("q", "")).partition("=~")[2].lower()
        tagged = [digest for digest in held.manifests if digest in held.tags.values()]
        rows = [self.artifact_row(held, digest) for digest in tagged]
        fitting = [row for row in rows if any(wanted in tag["name"].lower() for tag in row["tags"] or ())]
        return self.page(request, fitting)

    def artifact(self, request: web.Request) -> tuple[str, str, Repository]:
        name, held = self.image(request)
        found = held.find(request.match_info["reference"])
        if found is None:
            raise web.HTTPNotFound(
                text='{"errors":[{"code":"NOT_FOUND","message":"artifact not found"}]}',
                content_type="application/json",
            )
        return name, found[0], held

    async def _get_artifact(self, request: web.Request) -> web.Response:
        _, digest, held = self.artifact(request)
        return web.json_response(self.artifact_row(held, digest))

    async def _delete_artifact(self, request: web.Request) -> web.Response:
        name, digest, _ = self.artifact(request)
        self.v2.remove(name, digest)
        return web.Response()

    async def _history(self, request: web.Request) -> web.Response:
        _, digest, held = self.artifact(request)
        parts = json.loads(held.manifests[digest][1])
        if "config" not in parts:
            return refused(400, "BAD_REQUEST", "the artifact has no addition build_history")
        return web.json_response(json.loads(self.v2.blobs[parts["config"]["digest"]]).get("history"))
