"""The image selector of a namespace: registry, space, image and tag one after the other, from what its workload may
use; and at the end the manifest. What is chosen stands in the URL."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from kangaroo.base.errors import Failure
from kangaroo.base.paging import Window
from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.instances import ImageName, InstanceName, SpaceName
from kangaroo.core.pull_secrets import Reference, Usable
from kangaroo.core.workspaces import Standpoint
from kangaroo.entrypoints.console.visit import Visit

_MOST = Window(1, 200)  # of each level


@dataclass(slots=True)
class Selection:
    """What is offered and chosen at each level, the upper first; `problem` is why it could not go on."""

    registries: Sequence[str] = ()
    spaces: Sequence[str] = ()
    images: Sequence[str] = ()
    tags: Sequence[str] = ()
    chosen: dict[str, str] = field(default_factory=dict)
    usable: Usable | None = None
    problem: Failure | None = None


async def select(visit: Visit, cluster: ClusterName, namespace: NamespaceName) -> Selection:
    """As far as the URL says. An upper choice that changed lets go of those below it: they are not offered then."""
    found = Selection()
    try:
        await _fill(visit, (cluster, namespace), found)
    except Failure as failure:
        found.problem = failure
    return found


async def _fill(visit: Visit, place: tuple[ClusterName, NamespaceName], found: Selection) -> None:
    workspaces, actor = visit.services.workspaces, visit.actor
    outlook = await visit.services.pull_secrets.selecting.outlook(actor, *place)
    known = {one.name: one for one in (await workspaces.looking.instances(actor, outlook, _MOST)).items}
    found.registries = list(known)
    if not (registry := _choice(visit, found, "registry", found.registries)):
        return
    name = InstanceName(registry)
    spaces = await workspaces.spaces.page(actor, outlook, name, _MOST)
    found.spaces = [str(one.space.name) for one in spaces.items]
    if not (space := _choice(visit, found, "space", found.spaces)):
        return
    at = Standpoint(outlook, name)
    _, images = await workspaces.images.page(actor, at, SpaceName.parse(space), _MOST)
    found.images = [one.name.name for one in images.items]
    if not (image := _choice(visit, found, "image", found.images)):
        return
    full = ImageName.parse(SpaceName.parse(space), image)
    _, artifacts = await workspaces.images.artifacts(actor, at, full, _MOST)
    found.tags = [tag.name for one in artifacts.items for tag in one.tags]
    if not (tag := _choice(visit, found, "tag", found.tags)):
        return
    url = known[registry].url or visit.own_url
    reference = Reference.parse(f"{url.partition('://')[2].partition('/')[0]}/{full}:{tag}")
    found.usable = await visit.services.pull_secrets.selecting.usable(actor, place, reference, visit.own_url)


def _choice(visit: Visit, found: Selection, level: str, offered: Sequence[str]) -> str:
    """What the URL says if it is offered; the only one there is without asking."""
    given = str(visit.request.query_params.get(level, ""))
    chosen = given if given in offered else offered[0] if len(offered) == 1 else ""
    if chosen:
        found.chosen[level] = chosen
    return chosen
