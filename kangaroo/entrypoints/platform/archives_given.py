"""What the handlers of archives are given, and what is said of it in the description."""

from dataclasses import dataclass
from typing import Annotated

from litestar.di import Provide
from litestar.openapi.spec import OpenAPIMediaType, Operation, RequestBody
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, Tag, parse_reference
from kangaroo.core.archives import Wish
from kangaroo.core.instances import ImageName, SpaceName, Which
from kangaroo.core.services import Services
from kangaroo.core.workspaces import Outlook
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.images_given import IN_WORKSPACE, At
from kangaroo.entrypoints.platform.shapes import Word
from kangaroo.entrypoints.platform.view import View

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


@dataclass(frozen=True, slots=True)
class Wanted:
    """Of a download. `platform` is empty for all of an index."""

    reference: Reference
    format: ArchiveFormat
    platform: str


async def _wish(
    space: Given[SpaceName], repository: InsteadOfRepository = "", tag: InsteadOfTag = ""
) -> Wish:
    return Wish(
        space,
        ImageName.parse(space, repository) if repository else None,
        Tag.parse(tag) if tag else None,
    )


async def _wanted(
    request: AnyRequest, format_: InFormat = ArchiveFormat.OCI, platform: OnlyPlatform = ""
) -> Wanted:
    text = segment(request, "digest")
    try:
        return Wanted(parse_reference(text), format_, platform)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"artifact {text[:160]}") from failure


async def _from_none(
    actor: Given[Actor], services: Given[Services], view: Given[View], which: Given[Which]
) -> At:
    return At(actor, services.workspaces, Outlook(None), view, which.name)


_MOVED = {"wish": Provide(_wish), "wanted": Provide(_wanted)}
FROM_WORKSPACE = {**IN_WORKSPACE, **_MOVED}
FROM_NONE = {"at": Provide(_from_none), **_MOVED}
