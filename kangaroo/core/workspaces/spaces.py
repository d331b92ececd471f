"""Spaces as they show from a workspace. Whoever keeps the list is asked for what shows and nothing else, so that
totals are those of what is seen; what comes back is held against the rule once more."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.instances import InstanceKind, InstanceName, RemoteRegistry, SpaceName
from kangaroo.core.workspaces.looking import Looking, Outlook, View
from kangaroo.core.workspaces.rules import Sight
from kangaroo.remote.values import Space
from kangaroo.store.meta import workspaces_seen as rows
from kangaroo.store.meta.workspaces_seen import SpaceRow, Wanted

ASKED_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class SeenSpace:
    space: Space
    bound: bool


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of the spaces that show: `public` one or the other kind; `bound` only those bound to the workspace."""

    fuzzy: str = ""
    public: bool | None = None
    bound: bool = False

    def within(self, sight: Sight) -> Sight:
        """What is left to be seen. Of a workspace's own instance nothing is bound."""
        if self.bound:
            return Sight(bound=sight.bound)
        return sight


class Spaces:
    def __init__(self, looking: Looking) -> None:
        self._looking = looking

    async def page(
        self, actor: Actor, outlook: Outlook, name: InstanceName, window: Window, choice: Choice = Choice()
    ) -> Page[SeenSpace]:
        """By name; at other instances those bound to the workspace come first.

        Raises as `Looking.at`, and what is wrong with the instance.
        """
        view = await self._looking.at(actor, outlook, name)
        left = choice.within(view.sight)
        if left.blind:
            return Page([], 0)
        if view.instance.kind == InstanceKind.KANGAROO:
            found = await self._built_in(left, window, choice)
        else:
            async with self._looking.opener.use(actor, view.instance) as client:
                found = await _elsewhere(client, left, window, choice)
        seen = [SeenSpace(one, one.name in view.facts.bound) for one in found.items if view.sight.shows(one)]
        return Page(seen, found.total)

    async def get(self, actor: Actor, outlook: Outlook, name: InstanceName, space: SpaceName) -> SeenSpace:
        """Raises PROJECT_UNKNOWN for what does not show, whether or not it exists."""
        view = await self._looking.at(actor, outlook, name)
        async with self._looking.opener.use(actor, view.instance) as client:
            return SeenSpace(await shown(client, view, space), space in view.facts.bound)

    async def _built_in(self, left: Sight, window: Window, choice: Choice) -> Page[Space]:
        wanted = Wanted(left.everything, left.public, left.bound, choice.fuzzy, choice.public)
        async with self._looking.database.read() as snapshot:
            found = await rows.spaces(snapshot, wanted, window)
        return Page([_space(row) for row in found.items], found.total)


async def shown(client: RemoteRegistry, view: View, space: SpaceName) -> Space:
    """Raises PROJECT_UNKNOWN."""
    unknown = Failure(Code.PROJECT_UNKNOWN, project=space)
    if view.sight.blind:
        raise unknown
    try:
        found = await client.spaces.get(space)
    except Failure as failure:
        if failure.code in (Code.NOT_FOUND, Code.PROJECT_UNKNOWN):
            raise unknown from failure
        raise
    if not view.sight.shows(found):
        raise unknown
    return found


async def existing(client: RemoteRegistry, names: Sequence[str]) -> list[Space]:
    """Those of the named spaces that the instance has, by name."""
    free = asyncio.Semaphore(ASKED_AT_ONCE)

    async def one(name: str) -> Space | None:
        async with free:
            try:
                return await client.spaces.get(SpaceName(name))
            except Failure as failure:
                if failure.code in (Code.NOT_FOUND, Code.PROJECT_UNKNOWN):
                    return None
                raise

    found = await asyncio.gather(*(one(name) for name in sorted(names)))
    return [space for space in found if space is not None]


async def _elsewhere(client: RemoteRegistry, left: Sight, window: Window, choice: Choice) -> Page[Space]:
    if left.everything:
        return await client.spaces.page(window, choice.fuzzy, choice.public)
    fitting = [name for name in left.bound if choice.fuzzy.lower() in name.lower()]
    first = [
        space
        for space in (await existing(client, fitting) if fitting else [])
        if choice.public in (None, space.public) and not (space.public and left.public)
    ]
    if not left.public or choice.public is False:
        return Page(_cut(first, window), len(first))
    return await _then_public(client, first, window, choice)


async def _then_public(
    client: RemoteRegistry, first: list[Space], window: Window, choice: Choice
) -> Page[Space]:
    """A page of two lists, one behind the other; the second is kept elsewhere and gives whole pages only."""
    if not window.size:
        rest = await client.spaces.page(window, choice.fuzzy, public=True)
        return Page(first + rest.items, len(first) + rest.total)
    items = _cut(first, window)
    start, missing = max(window.offset - len(first), 0), window.size - len(items)
    number, skip = divmod(start, window.size)
    rest = await client.spaces.page(Window(number + 1, window.size), choice.fuzzy, public=True)
    items += rest.items[skip : skip + missing]
    if missing > window.size - skip and rest.total > (number + 1) * window.size:
        more = await client.spaces.page(Window(number + 2, window.size), choice.fuzzy, public=True)
        items += more.items[: missing - (window.size - skip)]
    return Page(items, len(first) + rest.total)


def _cut(items: list[Space], window: Window) -> list[Space]:
    return items[window.offset : window.offset + window.size] if window.size else list(items)


def _space(row: SpaceRow) -> Space:
    return Space(
        SpaceName(row.name), row.public, row.images, row.created_at, row.id, row.retention_id, proxy=False
    )
