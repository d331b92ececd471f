"""Group Image, archives: images uploaded as files of `docker save` or as OCI layouts, and downloaded as such.

The published description has no operation for either; these are ours.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Any

import structlog
from litestar import Response, Router, get, post
from litestar.di import Provide
from litestar.exceptions import InternalServerException
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody
from litestar.params import Parameter
from litestar.response import Stream

from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, Tag, parse_reference
from kangaroo.core.archives import Body, Choice, Format, Outcome, Received, Tell, Wish, parse_platform
from kangaroo.core.instances import ImageName, SpaceName
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.archives_progress import MEDIA_TYPE, lines
from kangaroo.entrypoints.platform.archives_shapes import UploadedImages, uploaded
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.images_given import IN_WORKSPACE, At
from kangaroo.entrypoints.platform.shapes import Word

_SPACE = "/workspaces/{workspace:str}/registries/{registry:str}/projects/{project:str}"
_ARTIFACT = f"{_SPACE}/repositories/{{repository:str}}/artifacts/{{digest:str}}"
_NOT_IN_FILE_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_TAR = "application/x-tar"
log = structlog.get_logger(__name__)

InsteadOfRepository = Annotated[
    str,
    Parameter(
        query="repository",
        max_length=255,
        description="The image's name within the space, instead of the one in the archive.",
    ),
]
InsteadOfTag = Annotated[
    str, Parameter(query="tag", max_length=128, description="Its tag, instead of the one in the archive.")
]
OnlyPlatform = Annotated[
    str,
    Parameter(
        query="platform",
        max_length=100,
        description="Of an index: one platform alone, such as linux/arm64 or linux/arm/v7.",
    ),
]


class ArchiveFormat(Word):
    OCI = "oci"
    DOCKER = "docker"


InFormat = Annotated[
    ArchiveFormat,
    Parameter(
        query="format",
        description="oci: a layout for docker load, podman load, skopeo (oci-archive:) and ctr; "
        "docker: the older form, of one platform, for any docker load and skopeo (docker-archive:).",
    ),
]


@dataclass
class UploadOperation(Operation):
    """Whose body is a file."""

    def __post_init__(self) -> None:
        self.request_body = RequestBody(
            description="The archive: docker save or an OCI image layout, as tar, tar.gz or tar.zst.",
            content={"application/octet-stream": OpenAPIMediaType()},
            required=True,
        )


@post(
    f"{_SPACE}/archives",
    status_code=200,
    operation_id="Image_UploadArchive",
    operation_class=UploadOperation,
    request_max_body_size=None,  # core has a limit of its own for these
    responses={
        200: ResponseSpec(
            UploadedImages,
            description="What was pushed, and what was not, with the reason.",
            generate_examples=False,
        )
    },
)
async def upload(
    at: Given[At],
    services: Given[Services],
    space: Given[SpaceName],
    request: AnyRequest,
    repository: InsteadOfRepository = "",
    tag: InsteadOfTag = "",
) -> Response[UploadedImages] | Stream:
    """Push the images of an archive into a space; `curl -X POST -T image.tar` does it.

    It fails as a whole when the archive is not good, or when none of its images could be pushed. With
    `Accept: application/x-ndjson` the answer tells of the progress, a line at a time, the last with the result.
    """
    wish = Wish(
        space,
        ImageName.parse(space, repository) if repository else None,
        Tag.parse(tag) if tag else None,
    )
    body = Body(_chunks(request), request.content_length)
    archive = await services.archives.receive(at.actor, at.place, wish, body)
    host, language = at.host(archive.instance), at.view.language

    async def push(archive: Received, tell: Tell) -> list[Outcome]:
        return await services.archives.push(at.actor, at.place, archive, tell)

    if MEDIA_TYPE in request.headers.get("accept", ""):
        return Stream(lines(archive, push, host, language), media_type=MEDIA_TYPE)
    with archive:
        outcomes = await push(archive, lambda _: None)
    failures = [one.failure for one in outcomes if one.failure is not None]
    if len(failures) == len(outcomes):
        raise failures[0]
    return Response(UploadedImages(items=uploaded(outcomes, host, language)))


@get(
    f"{_ARTIFACT}/archive",
    operation_id="Image_DownloadArchive",
    responses={200: ResponseSpec(bytes, media_type=_TAR, description="A tar file.", generate_examples=False)},
)
async def download(
    at: Given[At],
    services: Given[Services],
    image: Given[ImageName],
    reference: Given[Reference],
    format_: InFormat = ArchiveFormat.OCI,
    platform: OnlyPlatform = "",
) -> Stream:
    """An artifact as a file: by its digest or a tag, an index with all its platforms or with one."""
    choice = Choice(image, reference, Format(format_), parse_platform(platform) if platform else None)
    found = await services.archives.download(at.actor, at.place, choice, at.host)
    name = _NOT_IN_FILE_NAMES.sub("-", f"{image.name}-{str(reference)[:64]}")
    headers = {
        "Content-Length": str(found.size),
        "Content-Disposition": f'attachment; filename="{name}.tar"',
    }
    return Cut(found.chunks, media_type=_TAR, headers=headers)


class Cut(Stream):
    """Ends early when what it comes from fails: the status was sent, and the length tells the client."""

    def to_asgi_response(self, *args: Any, **kwargs: Any) -> Any:
        whole = super().to_asgi_response(*args, **kwargs)

        async def answer(scope: Any, receive: Any, send: Any) -> None:
            try:
                await whole(scope, receive, send)
            except* Failure as failures:
                for failure in failures.exceptions:
                    log.warning("download cut short", path=scope["path"], reason=str(failure))

        return answer


async def _chunks(request: AnyRequest) -> AsyncIterator[bytes]:
    """Raises BAD_REQUEST when the client goes away before the end: no fault of ours."""
    try:
        async for chunk in request.stream():
            yield chunk
    except InternalServerException as error:
        raise Failure(Code.BAD_REQUEST, reason="the request ended early") from error


async def _reference(request: AnyRequest) -> Reference:
    text = segment(request, "digest")
    try:
        return parse_reference(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"artifact {text[:160]}") from failure


HANDLERS = (
    Router(
        "",
        dependencies={**IN_WORKSPACE, "reference": Provide(_reference)},
        route_handlers=[upload, download],
    ),
)
