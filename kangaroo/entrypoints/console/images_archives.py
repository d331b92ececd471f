"""Images as files: uploaded with what becomes of them told while they are pushed, and downloaded.

An upload is answered when the archive was received and found good: a piece of HTML a line, each instead of the one
before, the last with what came of it. Who leaves the page, or stops, ends it.
"""

from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import Any

import structlog
from litestar import Response, get, post
from litestar.response import Stream

from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, Tag
from kangaroo.core.archives import (
    BlobSent,
    Choice,
    Format,
    ImageBegins,
    LayerPacked,
    Outcome,
    Received,
    Step,
    Tell,
    Wish,
    parse_platform,
)
from kangaroo.core.instances import ImageName, SpaceName
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.images_given import both
from kangaroo.entrypoints.console.images_shelf import Shelf
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.rendering import render
from kangaroo.entrypoints.console.texts import LANGUAGE, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.archives import body_of, file_answer, followed
from kangaroo.entrypoints.http.framework import AnyRequest, Given

_SPACE = "/{registry:str}/{space:str}"
log = structlog.get_logger(__name__)


@get(both(f"{_SPACE}/-/upload"))
async def upload_page(
    visit: Given[Visit], corner: Given[Corner], shelf: Given[Shelf], space_name: Given[SpaceName]
) -> Page:
    """Nobody chooses a file of gigabytes to be refused."""
    if not (await shelf.abilities(space_name)).push:
        raise Failure(Code.FORBIDDEN, action="push", resource=f"space {space_name}")
    return await visit.page("images/upload.html", corner=corner, space=space_name, form=Form())


@post(both(f"{_SPACE}/-/upload"), status_code=200, request_max_body_size=None)
async def upload(
    visit: Given[Visit], corner: Given[Corner], space_name: Given[SpaceName], request: AnyRequest
) -> Stream | Response[dict[str, str]]:
    """The body is the archive; for the script of the page."""
    asked = {name: request.query_params.get(name, "").strip() for name in ("image", "tag")}
    archives = visit.services.archives
    try:
        wish = Wish(
            space_name,
            ImageName.parse(space_name, asked["image"]) if asked["image"] else None,
            Tag.parse(asked["tag"]) if asked["tag"] else None,
        )
        archive = await archives.receive(visit.actor, corner.place, wish, body_of(request))
    except Failure as failure:
        return Response({"message": failure.message(LANGUAGE.get())}, status_code=failure.code.status)

    async def push(archive: Received, tell: Tell) -> list[Outcome]:
        return await archives.push(visit.actor, corner.place, archive, tell)

    told = _told(corner, space_name, aclosing(followed(archive, push)))
    return Stream(told, media_type="text/html; charset=utf-8", headers={"X-Accel-Buffering": "no"})


async def _told(corner: Corner, space: SpaceName, following: aclosing[Any]) -> AsyncIterator[bytes]:
    """The status was sent: what goes wrong now stands in the last line."""
    values: dict[str, Any] = {"corner": corner, "space": space, "failure": "", "outcomes": []}
    image: ImageBegins | None = None
    try:
        async with following as steps:
            async for one in steps:
                image = one if isinstance(one, ImageBegins) else image
                if isinstance(one, Step):
                    yield _line("images/uploading.html", image=image, **_doing(one))
                else:
                    values["outcomes"] = [(outcome, _refused(outcome)) for outcome in one]
    except Failure as failure:
        values["failure"] = failure.message(LANGUAGE.get())
    except Exception:
        log.exception("upload failed")
        values["failure"] = Failure(Code.INTERNAL).message(LANGUAGE.get())
    yield _line("images/uploaded.html", **values)


def _doing(step: Step) -> dict[str, Any]:
    """What is being done, and how far it is in bytes; `total` 0 while nobody knows."""
    match step:
        case LayerPacked(number, done, total):
            return {"told": _("Compressing layer %(number)s", number=number), "done": done, "total": total}
        case BlobSent(digest, done, total):
            return {"told": _("Sending %(digest)s", digest=digest[:19]), "done": done, "total": total}
        case ImageBegins():
            return {"told": _("Preparing"), "done": 0, "total": 0}


def _refused(outcome: Outcome) -> str:
    return "" if outcome.failure is None else outcome.failure.message(LANGUAGE.get())


def _line(template: str, **values: Any) -> bytes:
    return render(template, "", values).replace("\n", " ").encode() + b"\n"


@get(both(f"{_SPACE}/{{image:str}}/{{reference:str}}/-/archive"))
async def download(
    visit: Given[Visit],
    corner: Given[Corner],
    shelf: Given[Shelf],
    image_name: Given[ImageName],
    artifact_name: Given[Reference],
) -> Stream:
    """A tar file: `format` is oci or docker, `platform` one of an index."""
    query = visit.request.query_params
    try:
        format_ = Format(query.get("format") or Format.OCI)
    except ValueError as error:
        raise Failure(Code.INVALID_FIELD, field="format", reason="use oci or docker") from error
    platform = query.get("platform", "")
    choice = Choice(image_name, artifact_name, format_, parse_platform(platform) if platform else None)
    host = await shelf.host()
    found = await visit.services.archives.download(visit.actor, corner.place, choice, lambda _: host)
    visit.headers.append((b"cache-control", b"no-store"))
    return file_answer(found, choice)


HANDLERS = (upload_page, upload, download)
