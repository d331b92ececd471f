"""Group Image, scans: of artifacts that show in a workspace, and the scanner of a space of the platform."""

from typing import Any

import msgspec
from litestar import Router, get, post, put

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.core.instances import ImageName, SpaceName, Which
from kangaroo.core.scan import Scanner
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.images import ARTIFACTS
from kangaroo.entrypoints.platform.images_given import IN_WORKSPACE, At
from kangaroo.entrypoints.platform.shapes import Empty, Shape, Word, seconds

_ARTIFACT = f"{ARTIFACTS}/{{digest:str}}"


class HealthWord(Word):
    UNSPECIFIED = "unspecified"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


class ScannerShape(Shape):
    """Of the scanner's credential nothing goes out."""

    access_credential: str
    adapter: str
    auth: str
    created: str = msgspec.field(name="CreateTime")  # sic
    description: str
    disabled: bool
    health: HealthWord
    is_default: bool
    name: str
    skip_cert_verify: bool
    update_time: str
    url: str
    use_internal_addr: bool
    uuid: str
    vendor: str
    version: str


class ScannerAnswer(Shape):
    scanner: ScannerShape | None


class Report(Shape):
    report: str


class Vulnerabilities(Shape):
    """What the scanner found, by the media type of its report."""

    reports: dict[str, Any]


@get("/registries/{registry:str}/project/{project:str}/scanner", operation_id="Image_GetScannerOfProject")
async def scanner(
    actor: Given[Actor], services: Given[Services], which: Given[Which], space: Given[SpaceName]
) -> ScannerAnswer:
    found = await services.scan.scanner(actor, which.name, space)
    return ScannerAnswer(scanner=None if found is None else _scanner(found))


@post(f"{_ARTIFACT}/scan", status_code=200, operation_id="Image_ScanArtifact")
async def start(
    at: Given[At], services: Given[Services], image: Given[ImageName], artifact: Given[Digest]
) -> Empty:
    await services.scan.start(at.actor, at.place, image, artifact)
    return Empty()


@put(f"{_ARTIFACT}/scan", operation_id="Image_StopScanArtifact")
async def stop(
    at: Given[At], services: Given[Services], image: Given[ImageName], artifact: Given[Digest]
) -> Empty:
    await services.scan.stop(at.actor, at.place, image, artifact)
    return Empty()


@get(f"{_ARTIFACT}/scan/{{report:str}}", operation_id="Image_GetScanReport")
async def log(
    at: Given[At],
    services: Given[Services],
    request: AnyRequest,
    image: Given[ImageName],
    artifact: Given[Digest],
) -> Report:
    """The scan's log: what it found is under `vulnerabilities`."""
    report = segment(request, "report")
    return Report(report=await services.scan.log(at.actor, at.place, image, artifact, report))


@get(f"{_ARTIFACT}/vulnerabilities", operation_id="Scan_GetVulnerabilities")
async def vulnerabilities(
    at: Given[At], services: Given[Services], image: Given[ImageName], artifact: Given[Digest]
) -> Vulnerabilities:
    """Empty before the first scan."""
    return Vulnerabilities(reports=await services.scan.report(at.actor, at.place, image, artifact))


def _scanner(one: Scanner) -> ScannerShape:
    return ScannerShape(
        access_credential="",
        adapter=one.adapter,
        auth="",
        created=seconds(one.created),
        description=one.description,
        disabled=one.disabled,
        health=HealthWord.HEALTHY if one.healthy else HealthWord.UNHEALTHY,
        is_default=one.default,
        name=one.name,
        skip_cert_verify=one.skip_verify,
        update_time=seconds(one.updated),
        url=one.url,
        use_internal_addr=one.internal_address,
        uuid=one.id,
        vendor=one.vendor,
        version=one.version,
    )


HANDLERS = (
    scanner,
    Router("", dependencies=IN_WORKSPACE, route_handlers=[start, stop, log, vulnerabilities]),
)
