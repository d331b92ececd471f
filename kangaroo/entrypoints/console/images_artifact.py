"""One artifact: its layers, how it was built, what it refers to and what refers to it, and how to get it."""

from litestar import get

from kangaroo.base.names import Reference
from kangaroo.core.instances import ImageName
from kangaroo.entrypoints.console.images_findings import goes_on, status_word
from kangaroo.entrypoints.console.images_given import both
from kangaroo.entrypoints.console.images_scans import findings
from kangaroo.entrypoints.console.images_shelf import Shelf
from kangaroo.entrypoints.console.images_values import Corner, Row
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_TABS = ("vulnerabilities", "history", "references", "config", "readme", "values", "manifest")


@get(both("/{registry:str}/{space:str}/{image:str}/{reference:str}"))
async def artifact(
    visit: Given[Visit],
    corner: Given[Corner],
    shelf: Given[Shelf],
    listing: Given[Listing],
    image_name: Given[ImageName],
    artifact_name: Given[Reference],
) -> Page:
    found = await shelf.artifact(image_name, artifact_name)
    host = await shelf.host()
    asked = listing.filter("tab")
    tab = asked if asked in _TABS else ""
    scans = await visit.services.scan.available(visit.actor, corner.place)
    shown = scans and tab == "vulnerabilities"
    digest = found.row.digest
    return await visit.page(
        "images/artifact.html",
        corner=corner,
        image=image_name,
        detail=found,
        host=host,
        tab=tab,
        pulls=pull_commands(host, image_name, found.row),
        abilities=await shelf.abilities(image_name.space),
        here=corner.image(image_name, digest),
        listing=listing,
        scans=scans,
        scan=found.row.scan,
        goes_on=goes_on,
        status_word=status_word,
        page=await findings(visit, corner, image_name, digest, listing) if shown else None,
        insecure=visit.own_url.startswith("http:") and host == visit.host,
    )


def pull_commands(host: str, image: ImageName, row: Row) -> list[tuple[str, str]]:
    """(tool, command), the usual one first; by tag where there is one."""
    name = f"{host}/{image}"
    exact = f"{name}:{row.tags[0]}" if row.tags else f"{name}@{row.digest}"
    if row.kind == "CHART":
        version = f" --version {row.tags[0]}" if row.tags else ""
        return [("helm", f"helm pull oci://{name}{version}"), ("oras", f"oras pull {exact}")]
    if row.kind == "IMAGE":
        tools = [(tool, f"{tool} pull {exact}") for tool in ("docker", "podman", "nerdctl")]
        return [*tools, ("skopeo", f"skopeo copy docker://{exact} oci:{image.name.rpartition('/')[2]}")]
    return [("oras", f"oras pull {exact}"), ("crane", f"crane manifest {exact}")]


HANDLERS = (artifact,)
