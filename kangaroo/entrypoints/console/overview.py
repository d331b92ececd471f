"""The first page: what needs somebody, how the registries are, how much they hold."""

from litestar import get

from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given


@get("/")
async def overview(visit: Given[Visit]) -> Page:
    return await visit.page("overview/overview.html")


HANDLERS = (overview,)
