"""Ctrl K: places, image spaces, images and digests, found while one types."""

from collections.abc import Sequence
from dataclasses import dataclass

from litestar import get

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import Contains, ListQuery, equal
from kangaroo.core.instances import BUILT_IN, ImageName
from kangaroo.entrypoints.console.images_values import Corner
from kangaroo.entrypoints.console.texts import N_, _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_MOST = 6  # of each kind
_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Hit:
    label: str
    href: str
    icon: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    label: str
    hits: Sequence[Hit]


@get("/palette")
async def palette(visit: Given[Visit], q: str = "") -> Page:
    """Without words: the places there are."""
    text = q.strip().lower()[:_LONGEST]
    kinds = [Kind(N_("Pages"), await _places(visit, text))]
    if text:
        kinds += [
            Kind(N_("Image spaces"), await _spaces(visit, text)),
            Kind(N_("Images"), await _images(visit, text)),
            Kind(N_("Digests"), await _digests(visit, text)),
        ]
    return await visit.part("palette.html", kinds=[kind for kind in kinds if kind.hits], asked=text)


async def _places(visit: Visit, text: str) -> list[Hit]:
    frame = await visit.house.frame(visit)
    return [
        Hit(label, entry.path, entry.icon)
        for group in frame.navigation
        for entry in group.entries
        if text in (label := _(entry.label)).lower() or text in entry.label.lower()
    ][: _MOST if text else None]


async def _spaces(visit: Visit, text: str) -> list[Hit]:
    query = ListQuery(window=Window(1, _MOST)).where("name", Contains(text))
    page = await visit.services.projects.page(visit.actor, query)
    return [Hit(one.name, Corner(BUILT_IN).url(one.name), "folder") for one in page.items]


async def _images(visit: Visit, text: str) -> list[Hit]:
    query = ListQuery(window=Window(1, _MOST)).where("name", Contains(text.partition(":")[0]))
    page = await visit.services.registry.catalogue.page_of_all(visit.actor, query)
    return [Hit(one.name, Corner(BUILT_IN).image(ImageName.split(one.name)), "package") for one in page.items]


async def _digests(visit: Visit, text: str) -> list[Hit]:
    """In which of the images one sees it is."""
    try:
        digest = Digest.parse(text if ":" in text else f"sha256:{text}")
    except Failure:
        return []
    query = ListQuery(window=Window(1, _MOST)).where("artifact_digest", equal(digest))
    return [
        Hit(one.name, Corner(BUILT_IN).image(ImageName.split(one.name), digest), "fingerprint")
        for one in (await visit.services.registry.catalogue.page_of_all(visit.actor, query)).items
    ]


HANDLERS = (palette,)
