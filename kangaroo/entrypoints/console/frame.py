"""What stands around every page: navigation, the switcher of workspaces, who is signed in."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from kangaroo.base.paging import Window
from kangaroo.core.workspaces import Workspace
from kangaroo.entrypoints.console.navigation import ACCOUNT, Entry, Group, current, shown
from kangaroo.entrypoints.console.visit import Visit

_PLACE = re.compile(r"/w/([0-9]{1,9})/")
_SWITCHED = 100  # workspaces the switcher offers; beyond it there is the page of workspaces


@dataclass(frozen=True, slots=True)
class Frame:
    """`current` is the path of the entry of the navigation one is in; `workspace` the chosen one; `account` is behind
    one's own name."""

    navigation: Sequence[Group]
    current: str
    workspaces: Sequence[Workspace]
    workspace: Workspace | None
    account: Sequence[Entry] = ()

    @property
    def places(self) -> frozenset[str]:
        """The paths of the navigation, to lead only to pages that exist and that he may see."""
        return frozenset(entry.path for group in self.navigation for entry in group.entries)


async def frame_of(visit: Visit, paths: frozenset[str]) -> Frame:
    if not visit.actor.known:
        return Frame([], "", [], None)
    page = await visit.services.workspaces.directory.page(visit.actor, Window(1, _SWITCHED))
    wanted = _in_path(visit.path) or visit.preferences.workspace
    chosen = next((one for one in page.items if one.id == wanted), None)
    account = [entry for entry in ACCOUNT if entry.path in paths]
    return Frame(shown(await visit.rights(), paths), current(visit.path), page.items, chosen, account)


def _in_path(path: str) -> int | None:
    """The workspace a page is seen from goes before the one that was chosen last."""
    found = _PLACE.match(path)
    return int(found.group(1)) if found else None
