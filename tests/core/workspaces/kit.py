"""What stories about tenants are told with: workspaces, members, private spaces, and what a credential is good for."""

import base64

from aiohttp import web

from kangaroo.base.digests import Digest
from kangaroo.entrypoints import oci
from tests.entrypoints.oci.registry import Registry
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import PASSWORD, Site
from tests.remote.harbor_stand_in import ADMIN, ADMIN_PASSWORD
from tests.remote.v2_stand_in import V2StandIn

SPACES = "workspaces/{}/registries/kangaroo/projects"


async def workspace(admin: PlatformClient, alias: str) -> int:
    made: int = (await admin.ok("POST", "workspaces", {"alias": alias}))["workspaceId"]
    return made


async def member(
    site: Site, admin: PlatformClient, place: int, name: str, role: str = "Workspace Editor"
) -> PlatformClient:
    await site.user(name)
    body = {"memberName": name, "roleName": role}
    await admin.ok("POST", f"workspaces/{place}/members", body)
    return PlatformClient(site).signed_in(name, PASSWORD)


async def private(admin: PlatformClient, name: str, *workspaces: int) -> None:
    await admin.ok("POST", "registries/kangaroo/projects", {"project": name})
    bound = {"bindingWorkspace": [str(one) for one in workspaces]}
    await admin.ok("PUT", f"registries/kangaroo/projects/{name}/binding", bound)


async def names(client: PlatformClient, place: int, query: str = "") -> list[str]:
    answer = await client.get(SPACES.format(place) + query)
    assert answer["pagination"]["total"] >= len(answer["items"])
    return [one["name"] for one in answer["items"]]


def registry(site: Site, username: str, password: str) -> Registry:
    made = Registry(oci.application(site.services, ""), site.services, site.wired.database)
    credentials = base64.b64encode(f"{username}:{password}".encode()).decode()
    made.headers = {**made.headers, "authorization": f"Basic {credentials}"}
    return made


def password_of(answer: dict) -> str:
    """From the command, as a person would take it."""
    command: str = answer["cmd"]
    return command.removeprefix("printf %s ").split(" |")[0].strip("'")


async def may_push(site: Site, username: str, password: str, repository: str) -> bool:
    client = registry(site, username, password)
    answer = await client("POST", f"/v2/{repository}/blobs/uploads/")
    assert answer.status in (202, 401, 403), answer.body
    return answer.status == 202


async def may_pull(site: Site, username: str, password: str, repository: str) -> bool:
    answer = await registry(site, username, password)("GET", f"/v2/{repository}/tags/list")
    return answer.status == 200


async def pushed(site: Site, repository: str, *tags: str) -> Digest:
    """An image, put there as the administrator."""
    client = registry(site, "admin", PASSWORD)
    images = [await client.push_image(repository, tag) for tag in tags]
    return images[-1].digest


async def harbor(admin: PlatformClient, url: str, place: int | None = None, name: str = "far") -> None:
    """Register a Harbor (a stand-in at `url`) for the platform, or for a workspace."""
    body = {
        "name": name,
        "type": "HARBOR",
        "url": url,
        "credential": {"username": ADMIN, "password": ADMIN_PASSWORD},
    }
    path = "registries" if place is None else f"workspaces/{place}/registries"
    await admin.ok("POST", path, body)


def plain_registry() -> web.Application:
    """A Docker Registry: no users, no robots, no private spaces."""

    async def ping(_: web.Request) -> web.Response:
        return web.json_response({}, headers={"Docker-Distribution-Api-Version": "registry/2.0"})

    app = web.Application()
    app.add_routes([web.get("/v2/", ping), *V2StandIn().routes()])
    return app
