"""Group Image, archives: images uploaded as files of `docker save` or as OCI layouts, and downloaded as such.

From a workspace, as one of its members; from none, by rights of one's own in the registry. The published description
has no operation for any of it; these are ours.
"""

from typing import Any

from litestar import Response, Router, get, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.response import Stream

from kangaroo.core.archives import Wish
from kangaroo.core.instances import ImageName
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.archives import TAR
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.archives_given import FROM_NONE, FROM_WORKSPACE, UploadOperation, Wanted
from kangaroo.entrypoints.platform.archives_moving import give_out, take_in
from kangaroo.entrypoints.platform.archives_shapes import UploadedImages
from kangaroo.entrypoints.platform.images_given import At

_SPACE = "/registries/{registry:str}/projects/{project:str}"
_ARCHIVES = f"{_SPACE}/archives"
_ARCHIVE = f"{_SPACE}/repositories/{{repository:str}}/artifacts/{{digest:str}}/archive"
_WORKSPACE = "/workspaces/{workspace:str}"
_UPLOAD: dict[str, Any] = {
    "status_code": 200,
    "operation_class": UploadOperation,
    "request_max_body_size": None,  # core has a limit of its own for these
    "responses": {
        200: ResponseSpec(
            UploadedImages,
            description="What was pushed, and what was not, with the reason.",
            generate_examples=False,
        )
    },
}
_DOWNLOAD: dict[str, Any] = {
    "responses": {
        200: ResponseSpec(bytes, media_type=TAR, description="A tar file.", generate_examples=False)
    }
}


@post(f"{_WORKSPACE}{_ARCHIVES}", operation_id="Image_UploadArchive", **_UPLOAD)
async def upload(
    at: Given[At], services: Given[Services], wish: Given[Wish], request: AnyRequest
) -> Response[UploadedImages] | Stream:
    """Push the images of an archive into a space; `curl -X POST -T image.tar` does it.

    It fails as a whole when the archive is not good, or when none of its images could be pushed. With
    `Accept: application/x-ndjson` the answer tells of the progress, a line at a time, the last with the result.
    """
    return await take_in(services, at, wish, request)


@get(f"{_WORKSPACE}{_ARCHIVE}", operation_id="Image_DownloadArchive", **_DOWNLOAD)
async def download(
    at: Given[At], services: Given[Services], image: Given[ImageName], wanted: Given[Wanted]
) -> Stream:
    """An artifact as a file: by its digest or a tag, an index with all its platforms or with one."""
    return await give_out(services, at, image, wanted)


@post(_ARCHIVES, operation_id="Image_UploadRegistryArchive", **_UPLOAD)
async def upload_by_rights(
    at: Given[At], services: Given[Services], wish: Given[Wish], request: AnyRequest
) -> Response[UploadedImages] | Stream:
    """The same from no workspace: into the built-in registry by the right to push to the project, for robots too; into
    others with UpdateRegistrySpace, except spaces that are private and bound to workspaces.
    """
    return await take_in(services, at, wish, request)


@get(_ARCHIVE, operation_id="Image_DownloadRegistryArchive", **_DOWNLOAD)
async def download_by_rights(
    at: Given[At], services: Given[Services], image: Given[ImageName], wanted: Given[Wanted]
) -> Stream:
    """The same from no workspace: from the built-in registry by the right to pull from the project; from others what is
    public, and with GetRegistrySpace what is private and bound to no workspace.
    """
    return await give_out(services, at, image, wanted)


HANDLERS = (
    Router("", dependencies=FROM_WORKSPACE, route_handlers=[upload, download]),
    Router("", dependencies=FROM_NONE, route_handlers=[upload_by_rights, download_by_rights]),
)
