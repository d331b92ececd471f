"""Bringing images in: the command to push with, and archives that are uploaded."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request, Response, get, post

from kangaroo.base.errors import Failure
from kangaroo.base.names import Tag
from kangaroo.core.archives import Body, Outcome, Wish
from kangaroo.core.instances import ImageName, SpaceName
from kangaroo.core.workspaces import Outlook, Pass, Standpoint, commands
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.images_given import both
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.notices import Notice, keep
from kangaroo.entrypoints.console.texts import LANGUAGE, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

HOURS = (1, 8, 24, 168, 720)


@get("/w/{workspace:str}/images/{registry:str}/-/push")
async def dialog(visit: Given[Visit], corner: Given[Corner]) -> Page:
    """Before anything is made: for how long."""
    return await visit.page(
        "images/push.html", corner=corner, form=Form.filled(hours=24), hours=HOURS, told=None
    )


@post("/w/{workspace:str}/images/{registry:str}/-/push", status_code=200)
async def make(visit: Given[Visit], corner: Given[Corner]) -> Page:
    """A credential that pushes where the workspace may push; its secret is shown now and never again."""
    form = await visit.form()
    hours = form.number("hours") or 24
    values: dict[str, Any] = {"told": None}
    with form.attempt():
        assert corner.workspace is not None
        workspaces = visit.services.workspaces
        issued = await workspaces.credentials.login(
            visit.actor, corner.workspace, corner.registry, hours * 3600
        )
        endpoint = workspaces.endpoint(issued, visit.own_url)
        space = issued.spaces[0] if issued.spaces else "SPACE"
        values = {
            "told": commands(endpoint, Pass(issued.username, issued.secret), f"{space}/IMAGE:TAG"),
            "issued": issued,
            "target": f"{endpoint.host}/{space}/IMAGE:TAG",
        }
    return await visit.page("images/push.html", corner=corner, form=form, hours=HOURS, **values)


@get(both("/{registry:str}/{space:str}/-/upload"))
async def upload_page(visit: Given[Visit], corner: Given[Corner], space_name: Given[SpaceName]) -> Page:
    return await visit.page("images/upload.html", corner=corner, space=space_name, form=Form())


@post(both("/{registry:str}/{space:str}/-/upload"), status_code=200, request_max_body_size=None)
async def upload(
    visit: Given[Visit],
    corner: Given[Corner],
    space_name: Given[SpaceName],
    request: Request[Any, Any, Any],
) -> Response[dict[str, str]]:
    """The body is the archive; for the script of the page, which shows how far it is."""
    try:
        told, failed = await _uploaded(visit, corner, space_name, request)
    except Failure as failure:
        return Response({"message": failure.message(LANGUAGE.get())}, status_code=failure.code.status)
    visit.headers.append(keep(Notice(told, "warning" if failed else "success")))
    return Response({"next": corner.url(space_name)})


async def _uploaded(
    visit: Visit, corner: Corner, space: SpaceName, request: Request[Any, Any, Any]
) -> tuple[str, bool]:
    """What became of it, and whether an image was left out."""
    image, tag = request.query_params.get("image", "").strip(), request.query_params.get("tag", "").strip()
    wish = Wish(space, ImageName.parse(space, image) if image else None, Tag.parse(tag) if tag else None)
    place = Standpoint(Outlook(corner.workspace), corner.registry)
    length = request.headers.get("content-length", "")
    body = Body(_chunks(request), int(length) if length.isdigit() else None)
    archives = visit.services.archives
    with await archives.receive(visit.actor, place, wish, body) as received:
        outcomes = await archives.push(visit.actor, place, received, lambda _step: None)
    return " ".join(_told(one) for one in outcomes), any(one.failure for one in outcomes)


async def _chunks(request: Request[Any, Any, Any]) -> AsyncIterator[bytes]:
    async for chunk in request.stream():
        yield chunk


def _told(outcome: Outcome) -> str:
    if outcome.failure is None:
        return _("%(image)s was uploaded.", image=outcome.target)
    return f"{outcome.target}: {outcome.failure.message(LANGUAGE.get())}"


HANDLERS = (dialog, make, upload_page, upload)
