"""Image spaces of several registries as one list: registry after registry, each by name. Each is asked for what is on
the page alone; one that cannot be asked is named beside the list."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from kangaroo.base.clock import Micros
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery
from kangaroo.core.instances import BUILT_IN, InstanceName, Point, State, cause_of
from kangaroo.core.workspaces import Choice, InstanceSeen, Outlook
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import LANGUAGE
from kangaroo.entrypoints.console.visit import Visit

_REGISTRIES = 200
_ASKED_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class SpaceRow:
    """`bound`: to how many workspaces; None for who may not know."""

    registry: str
    name: str
    public: bool
    images: int | None
    created: Micros | None
    bound: int | None = None


@dataclass(frozen=True, slots=True)
class Gathered:
    """`silent`: registries that could not be asked, each with why."""

    page: Page[SpaceRow]
    silent: list[tuple[str, str]]


Ask = Callable[[Window], Awaitable[Page[SpaceRow]]]


async def registries(visit: Visit) -> list[InstanceSeen]:
    """Those of the platform, the built-in one first."""
    looking = visit.services.workspaces.looking
    page = await looking.instances(visit.actor, Outlook(None), Window(1, _REGISTRIES))
    return sorted(page.items, key=lambda one: (one.name != BUILT_IN, one.name))


async def gather(visit: Visit, listing: Listing, known: list[InstanceSeen]) -> Gathered:
    """The page of the listing over the registries it asks for."""
    wanted = [one for one in known if listing.filter("registry") in ("", one.name)]
    silent: list[tuple[str, str]] = []
    free = asyncio.Semaphore(_ASKED_AT_ONCE)

    async def first(one: InstanceSeen) -> Page[SpaceRow] | None:
        if one.state == State.UNHEALTHY and len(wanted) > 1:
            silent.append((one.name, cause_of(one.reason, one.facts).told(LANGUAGE.get()).message))
            return None
        async with free:
            try:
                return await _asking(visit, one, listing)(Window(1, listing.size))
            except Failure as failure:
                if not failure.code.heals and failure.code is not Code.PRECONDITION:
                    raise
                silent.append((one.name, failure.message(LANGUAGE.get())))
                return None

    firsts = await asyncio.gather(*map(first, wanted))
    start, end, passed = listing.window.offset, listing.window.offset + listing.size, 0
    rows: list[SpaceRow] = []
    for one, page in zip(wanted, firsts, strict=True):
        if page is None:
            continue
        begin, stop = max(start - passed, 0), min(end - passed, page.total)
        if begin < stop:
            rows += await _between(_asking(visit, one, listing), page, (begin, stop), listing.size)
        passed += page.total
    return Gathered(Page(rows, passed), sorted(silent))


async def _between(ask: Ask, first: Page[SpaceRow], ends: tuple[int, int], size: int) -> list[SpaceRow]:
    """The rows from begin to stop of a list that gives whole pages only: on two of them at most."""
    begin, stop = ends
    rows: list[SpaceRow] = []
    for number in range(begin // size, (stop - 1) // size + 1):
        page = first if number == 0 else await ask(Window(number + 1, size))
        offset = number * size
        rows += page.items[max(begin - offset, 0) : stop - offset]
    return rows


def _asking(visit: Visit, one: InstanceSeen, listing: Listing) -> Ask:
    """In the way that shows most to who asks: all spaces, his own and the public ones, the public ones."""
    name, services, actor = InstanceName(one.name), visit.services, visit.actor

    async def everything(window: Window) -> Page[SpaceRow]:
        only_bound = listing.filter("bound") == "true"
        page = await services.workspaces.administration.page(
            actor, name, window, listing.q, only_bound=only_bound
        )
        rows = [
            SpaceRow(name, one.name, one.public, one.images, one.created, len(one.workspaces))
            for one in page.items
        ]
        return Page(rows, page.total)

    async def own(window: Window) -> Page[SpaceRow]:
        query = ListQuery(window=window)
        query = query.where("name", Contains(listing.q)) if listing.q else query
        page = await services.projects.page(actor, query)
        rows = [
            SpaceRow(name, one.name, one.metadata.get("public") == "true", one.repositories, one.created_at)
            for one in page.items
        ]
        return Page(rows, page.total)

    async def public(window: Window) -> Page[SpaceRow]:
        page = await services.workspaces.spaces.page(actor, Outlook(None), name, window, Choice(listing.q))
        rows = [
            SpaceRow(name, one.space.name, one.space.public, one.space.images, one.space.created)
            for one in page.items
        ]
        return Page(rows, page.total)

    async def asked(window: Window) -> Page[SpaceRow]:
        if (await visit.rights()).may(Point.GET_REGISTRY_SPACE):
            return await everything(window)
        return await own(window) if name == BUILT_IN else await public(window)

    return asked
