"""A registry in process, spoken to through /v2 as a client would, with the short cuts tests need behind it."""

import base64
import itertools
import json
from dataclasses import dataclass
from typing import Any

from kangaroo.base.actors import SYSTEM, Grant, Right
from kangaroo.base.digests import Digest
from kangaroo.base.media_types import OCI_CONFIG, OCI_INDEX, OCI_MANIFEST
from kangaroo.base.names import ProjectName
from kangaroo.base.paging import Window
from kangaroo.core.access import Profile, RobotSpec, Role
from kangaroo.core.services import Services
from kangaroo.store.meta import projects as project_rows
from kangaroo.store.meta.database import Database
from tests.asgi import Client, Response

PASSWORD = "Passw0rd-of-tests"
LAYER_TYPE = "application/vnd.oci.image.layer.v1.tar"
ROLES = {
    "projectAdmin": Role.PROJECT_ADMIN,
    "maintainer": Role.MAINTAINER,
    "developer": Role.DEVELOPER,
    "guest": Role.GUEST,
    "limitedGuest": Role.LIMITED_GUEST,
}


def basic(username: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{username}:{password}".encode()).decode()


ADMIN = basic("admin", PASSWORD)


def descriptor(media_type: str, content: bytes) -> dict[str, Any]:
    return {"mediaType": media_type, "digest": Digest.of(content), "size": len(content)}


@dataclass
class Image:
    content: bytes
    digest: Digest
    layer: Digest
    response: Response


class Registry(Client):
    """Calls go as admin unless `authorization` says otherwise."""

    def __init__(self, application: Any, services: Services, database: Database) -> None:
        super().__init__(application, authorization=ADMIN)
        self.anonymous = Client(application)
        self.services = services
        self.database = database
        self._numbers = itertools.count()

    async def push_blob(self, repository: str, content: bytes) -> Digest:
        digest = Digest.of(content)
        answer = await self("POST", f"/v2/{repository}/blobs/uploads/?digest={digest}", content)
        assert answer.status == 201, answer.body
        return digest

    def image_of(self, config: bytes, layers: list[bytes], extra: dict[str, Any] | None = None) -> bytes:
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": descriptor(OCI_CONFIG, config),
            "layers": [descriptor(LAYER_TYPE, layer) for layer in layers],
        }
        return json.dumps(manifest | (extra or {}), indent=3).encode()

    def index_of(self, images: list[Image]) -> bytes:
        children = [descriptor(OCI_MANIFEST, image.content) for image in images]
        return json.dumps({"schemaVersion": 2, "mediaType": OCI_INDEX, "manifests": children}).encode()

    async def push_image(self, repository: str, tag: str, extra: dict[str, Any] | None = None) -> Image:
        config, layer = (
            json.dumps({"architecture": "amd64", "os": "linux"}).encode(),
            b"layer of " + repository.encode(),
        )
        await self.push_blob(repository, config)
        await self.push_blob(repository, layer)
        content = self.image_of(config, [layer], extra)
        url = f"/v2/{repository}/manifests/{tag}"
        response = await self("PUT", url, content, content_type=OCI_MANIFEST)
        assert response.status == 201, response.body
        return Image(content, Digest.of(content), Digest.of(layer), response)

    async def token(self, authorization: str | None, scope: str) -> str:
        client = self.anonymous if authorization is None else self
        headers = {} if authorization is None else {"authorization": authorization}
        answer = await client("GET", f"/service/token?service=harbor-registry&scope={scope}", **headers)
        assert answer.status == 200, answer.body
        return f"Bearer {answer.json()['token']}"

    async def member(self, project: str | None, role: str) -> str:
        """The Basic credentials of a new user with a role in a project, or none."""
        name = f"user{next(self._numbers)}"
        await self.services.access.users.create(
            SYSTEM, name, PASSWORD, Profile(email=f"{name}@example.test", realname=name)
        )
        if project is not None:
            await self.services.access.members.add(SYSTEM, ProjectName(project), name, ROLES[role])
        return basic(name, PASSWORD)

    async def dismiss_members(self, project: str) -> None:
        members = self.services.access.members
        found = await members.page(SYSTEM, ProjectName(project), Window(1, 100))
        for member in found.items:
            await members.remove(SYSTEM, ProjectName(project), member.id)

    async def robot(self, project: str, actions: list[str]) -> str:
        grant = Grant("project", project, tuple(Right("repository", action) for action in actions))
        spec = RobotSpec(name=f"ci{next(self._numbers)}", level="project", grants=(grant,))
        _, secret = await self.services.access.robots.create(SYSTEM, spec)
        return basic(f"robot${project}+{spec.name}", secret)

    async def set_quota(self, project: str, hard: int) -> None:
        found = await project_rows.find(self.database.lookup, ProjectName(project))
        assert found is not None
        async with self.database.write() as transaction:
            await project_rows.set_hard(transaction, found.id, hard, 0)

    async def used(self, project: str) -> int:
        found = await project_rows.find(self.database.lookup, ProjectName(project))
        assert found is not None
        return (await project_rows.quota(self.database.lookup, found.id)).used
