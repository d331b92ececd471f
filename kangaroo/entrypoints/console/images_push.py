"""The command to push with: a temporary login, and how it is used."""

from typing import Any

from litestar import get, post

from kangaroo.core.instances import Point
from kangaroo.core.workspaces import Endpoint, Pass, commands
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

HOURS = (1, 8, 24, 168, 720)


@get("/w/{workspace:str}/images/{registry:str}/-/push")
async def dialog(visit: Given[Visit], corner: Given[Corner]) -> Page:
    """Before anything is made: for how long."""
    await _check(visit, corner)
    return await visit.page(
        "images/push.html", corner=corner, form=Form.filled(hours=24), hours=HOURS, told=None
    )


@post("/w/{workspace:str}/images/{registry:str}/-/push", status_code=200)
async def make(visit: Given[Visit], corner: Given[Corner]) -> Page:
    """A credential that pushes where the workspace may push; its secret is shown now and never again."""
    workspace, workspaces = await _check(visit, corner), visit.services.workspaces
    form = await visit.form()
    hours = form.number("hours") or 24
    values: dict[str, Any] = {"told": None}
    with form.attempt():
        issued = await workspaces.credentials.login(visit.actor, workspace, corner.registry, hours * 3600)
        endpoint = workspaces.endpoint(issued, visit.own_url)
        space = issued.spaces[0] if issued.spaces else "SPACE"
        values = {
            "told": commands(endpoint, Pass(issued.username, issued.secret), f"{space}/IMAGE:TAG"),
            "issued": issued,
            "pushes": push_commands(endpoint, space),
        }
    status = 200 if form.good else 422
    return await visit.page(
        "images/push.html", status=status, corner=corner, form=form, hours=HOURS, **values
    )


async def _check(visit: Visit, corner: Corner) -> int:
    """The workspace. Raises FORBIDDEN, which is no fault of what was typed."""
    assert corner.workspace is not None
    await visit.services.workspaces.authority.require(visit.actor, Point.CREATE_IMAGE, corner.workspace)
    return corner.workspace


def push_commands(endpoint: Endpoint, space: str) -> list[tuple[str, str]]:
    """(tool, command), the usual one first. Words in capitals are the reader's to replace."""
    name = f"{endpoint.host}/{space}/IMAGE:TAG"
    unverified = endpoint.plain or endpoint.insecure
    skip = "--tls-verify=false " if unverified else ""
    helm = " --plain-http" if endpoint.plain else " --insecure-skip-tls-verify" if endpoint.insecure else ""
    nerdctl = "nerdctl --insecure-registry" if unverified else "nerdctl"
    return [
        ("docker", f"docker tag IMAGE:TAG {name}\ndocker push {name}"),
        ("podman", f"podman push {skip}IMAGE:TAG {name}"),
        ("nerdctl", f"nerdctl tag IMAGE:TAG {name}\n{nerdctl} push {name}"),
        ("skopeo", f"skopeo copy --all {skip.replace('--', '--dest-')}SOURCE docker://{name}"),
        ("helm", f"helm push CHART.tgz oci://{endpoint.host}/{space}{helm}"),
    ]


HANDLERS = (dialog, make)
