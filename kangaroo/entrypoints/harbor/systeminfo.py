"""Tag systeminfo: what a client should know of this installation before, and after, it signs in."""

from urllib.parse import urlsplit

from litestar import Response, get

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.shapes import Shape, time
from kangaroo.entrypoints.harbor.surroundings import Surroundings
from kangaroo.entrypoints.http.framework import AnyRequest, Given

# The Harbor whose API this is: clients choose their ways by it.
HARBOR_VERSION = "v2.16.0-kangaroo"


class GeneralInfo(Shape):
    """Zeros are shown: these are pointers in Harbor."""

    auth_mode: str
    banner_message: str
    harbor_version: str
    oidc_provider_name: str
    primary_auth_mode: bool
    self_registration: bool


class FullInfo(GeneralInfo):
    """What only those see who signed in."""

    current_time: str
    external_url: str
    has_ca_root: bool
    notification_enable: bool
    project_creation_restriction: str
    read_only: bool
    registry_storage_provider_name: str
    registry_url: str


class Storage(Shape):
    total: int
    free: int


class SystemInfo(Shape):
    storage: list[Storage]


@get("/systeminfo")
async def info(
    actor: Given[Actor], services: Given[Services], surroundings: Given[Surroundings], request: AnyRequest
) -> Response[GeneralInfo | FullInfo]:
    configured = await services.access.configuration.values()
    general = GeneralInfo(
        auth_mode=configured.auth_mode,
        banner_message=configured.banner_message,
        harbor_version=HARBOR_VERSION,
        oidc_provider_name=configured.oidc_name if configured.auth_mode == "oidc_auth" else "",
        primary_auth_mode=configured.primary_auth_mode,
        self_registration=configured.self_registration,
    )
    if not actor.known:
        return Response(general)
    url = surroundings.external_url or f"{request.scope['scheme']}://{request.headers.get('host', '')}"
    return Response(
        FullInfo(
            **{name: getattr(general, name) for name in general.__struct_fields__},
            current_time=time(surroundings.clock()),
            external_url=url,
            has_ca_root=surroundings.root_certificate() is not None,
            notification_enable=configured.notification_enable,
            project_creation_restriction=configured.project_creation_restriction,
            read_only=configured.read_only,
            registry_storage_provider_name=surroundings.storage,
            registry_url=urlsplit(url).netloc,
        )
    )


@get("/systeminfo/volumes")
async def volumes(
    actor: Given[Actor], services: Given[Services], surroundings: Given[Surroundings]
) -> SystemInfo:
    await services.access.require(actor, "system-volumes", "read")
    volume = await surroundings.volume()
    return SystemInfo(storage=[] if volume is None else [Storage(total=volume.total, free=volume.free)])


@get("/systeminfo/getcert")
async def root_certificate(surroundings: Given[Surroundings]) -> Response[bytes]:
    """For clients that have to trust us before they can talk to us."""
    certificate = surroundings.root_certificate()
    if certificate is None:
        raise Failure(Code.NOT_FOUND, what="root certificate")
    headers = {"Content-Disposition": "attachment; filename=ca.crt"}
    return Response(certificate, headers=headers, media_type="application/octet-stream")


HANDLERS = (info, volumes, root_certificate)
