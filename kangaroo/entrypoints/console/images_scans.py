"""Scans of an artifact from a workspace: started, watched, stopped."""

from litestar import get, post

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference
from kangaroo.base.paging import Page as Part
from kangaroo.core.instances import ImageName
from kangaroo.entrypoints.console.images_findings import Finding, findings_of, goes_on, status_word
from kangaroo.entrypoints.console.images_given import both
from kangaroo.entrypoints.console.images_shelf import Shelf
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.listing import Listing, cut
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_IMAGE = "/{registry:str}/{space:str}/{image:str}/{reference:str}"
_IN_WORKSPACE = f"/w/{{workspace:str}}/images{_IMAGE}"


async def findings(
    visit: Visit, corner: Corner, image: ImageName, digest: Digest, listing: Listing
) -> Part[Finding]:
    """Of the last scan; `q` is part of an id, a package or a severity."""
    reports = await visit.services.scan.report(visit.actor, corner.place, image, digest)
    found = findings_of(reports)
    return cut(listing, [one for one in found if one.holds(listing.q)] if listing.q else found)


@get(both(f"{_IMAGE}/-/scan"))
async def watch(
    visit: Given[Visit],
    corner: Given[Corner],
    shelf: Given[Shelf],
    image_name: Given[ImageName],
    artifact_name: Given[Reference],
) -> Page:
    """How far a scan is; when it has ended, the page with what it found."""
    found = await shelf.artifact(image_name, artifact_name)
    here = corner.image(image_name, found.row.digest)
    if not goes_on(found.row.scan):
        return visit.go(f"{here}?tab=vulnerabilities")
    abilities = await shelf.abilities(image_name.space)
    return await visit.part(
        "images/scan.html", scan=found.row.scan, here=here, abilities=abilities, status_word=status_word
    )


@post(f"{_IN_WORKSPACE}/-/scan", status_code=303)
async def start(
    visit: Given[Visit], corner: Given[Corner], image_name: Given[ImageName], artifact_name: Given[Reference]
) -> Page:
    digest = _digest(artifact_name)
    await visit.services.scan.start(visit.actor, corner.place, image_name, digest)
    return visit.go(f"{corner.image(image_name, digest)}?tab=vulnerabilities", _("The scan was started."))


@post(f"{_IN_WORKSPACE}/-/scan/stop", status_code=303)
async def stop(
    visit: Given[Visit], corner: Given[Corner], image_name: Given[ImageName], artifact_name: Given[Reference]
) -> Page:
    digest = _digest(artifact_name)
    await visit.services.scan.stop(visit.actor, corner.place, image_name, digest)
    return visit.go(f"{corner.image(image_name, digest)}?tab=vulnerabilities", _("The scan was stopped."))


def _digest(reference: Reference) -> Digest:
    if not isinstance(reference, Digest):
        raise Failure(Code.NOT_FOUND, what=str(reference))
    return reference


HANDLERS = (watch, start, stop)
