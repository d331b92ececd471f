"""A Harbor elsewhere as stories of the platform meet it: its stand-in, registered as `far`, and what people hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kangaroo.base.paging import Window
from kangaroo.base.query import ListQuery
from kangaroo.core.notices import Notice
from tests.core.workspaces.kit import harbor, member, workspace
from tests.entrypoints.platform.client import PlatformClient
from tests.entrypoints.platform.conftest import Site
from tests.remote.harbor_stand_in import HarborStandIn
from tests.remote.serving import served


@dataclass(frozen=True)
class Far:
    """`place` is a workspace that the private space `secret` is bound to."""

    stand_in: HarborStandIn
    url: str
    place: int
    people: dict[str, PlatformClient]

    def space(self, name: str) -> int:
        number: int = self.stand_in.projects[name]["project_id"]
        return number

    @property
    def tables(self) -> dict[str, dict[int, dict]]:
        return self.stand_in.engines.tables


@asynccontextmanager
async def far_harbor(site: Site, admin: PlatformClient) -> AsyncIterator[Far]:
    """With `admin`, `boss`, `editor` and `viewer` of the workspace, a `stranger` and `nobody`."""
    stand_in = HarborStandIn()
    for name in ("secret", "other"):
        stand_in.add_project(name, public=False)
    async with served(stand_in.app()) as url:
        await harbor(admin, url)
        place = await workspace(admin, "One")
        await admin.ok("POST", f"registries/far/projects/secret/binding/{place}")
        people = {"admin": admin, "nobody": PlatformClient(site)}
        for name, role in (("boss", "Admin"), ("editor", "Editor"), ("viewer", "Viewer")):
            people[name] = await member(site, admin, place, name, f"Workspace {role}")
        elsewhere = await workspace(admin, "Two")
        people["stranger"] = await member(site, admin, elsewhere, "stranger", "Workspace Admin")
        yield Far(stand_in, url, place, people)


async def notices(site: Site, word: str) -> list[tuple[str, str, str]]:
    """What the audit log tells of resources whose type has this word, oldest first."""
    return [
        (one.actor, f"{one.operation}_{one.resource_type}", one.resource)
        for one in await _everything(site)
        if word in one.resource_type
    ]


async def descriptions(site: Site) -> list[str]:
    """The same in sentences, of everything."""
    return [one.description for one in await _everything(site)]


async def _everything(site: Site) -> list[Notice]:
    found = await site.services.audit.page(await site.admin(), ListQuery(window=Window(size=0)))
    return list(reversed(found.items))
