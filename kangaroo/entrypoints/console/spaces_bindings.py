"""The workspaces a space is bound to, and how far each namespace of theirs is with its pull secret."""

from litestar import get, post

from kangaroo.base.paging import Window
from kangaroo.core.instances import Point, Which
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.spaces_given import ONE, SpaceView
from kangaroo.entrypoints.console.spaces_standing import Standing, label_of, standing_of, word_of
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

_OFFERED = 500  # workspaces
_PATIENCE = 8  # looks after a change, although nothing seems to be under way yet


@get(f"{ONE}/-/bindings")
async def list_(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    return await _page(visit, space, listing, Form())


@post(f"{ONE}/-/bindings", status_code=303)
async def bind(visit: Given[Visit], space: Given[SpaceView], listing: Given[Listing]) -> Page:
    await visit.services.instances.require(visit.actor, Which(space.registry), Point.BIND_REGISTRY_SPACE)
    form = await visit.form()
    wanted = {int(text) for text in form.texts("workspaces") if text.isascii() and text.isdigit()}
    if not wanted:
        form.refuse("workspaces", _("Choose at least one."))
    if form.good:
        with form.attempt(bindingWorkspace="workspaces"):
            bindings = visit.services.workspaces.bindings
            await bindings.change(visit.actor, space.registry, space.name, "add", wanted)
            told = _("Bound. The pull secrets of their namespaces follow by themselves.")
            return visit.go(f"{space.at('bindings')}?watch=1", told)
    return await _page(visit, space, listing, form, 422)


@post(f"{ONE}/-/bindings/{{workspace:str}}/unbind", status_code=303)
async def unbind(visit: Given[Visit], space: Given[SpaceView]) -> Page:
    text = visit.segment("workspace")
    workspace = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
    bindings = visit.services.workspaces.bindings
    bound = await bindings.of(visit.actor, space.registry, space.name)
    if (await visit.form()).text("confirm") != bound.get(workspace):
        told = _("Nothing was unbound: the name was another.")
        return visit.go(space.at("bindings"), told, tone="warning")
    await bindings.change(visit.actor, space.registry, space.name, "remove", {workspace})
    told = _("Unbound. Its namespaces lose the credential as soon as their clusters answer.")
    return visit.go(f"{space.at('bindings')}?watch=1", told)


async def _page(visit: Visit, space: SpaceView, listing: Listing, form: Form, status: int = 200) -> Page:
    workspaces = visit.services.workspaces
    bound = await workspaces.bindings.of(visit.actor, space.registry, space.name)
    standings = [await standing_of(visit, identity, name) for identity, name in sorted(bound.items())]
    offered = (await workspaces.directory.page(visit.actor, Window(1, _OFFERED))).items
    return await visit.page(
        "spaces/bindings.html",
        status=status,
        space=space,
        standings=standings,
        offered=[one for one in offered if one.id not in bound],
        form=form,
        word_of=word_of,
        label_of=label_of,
        poll=_poll(space, standings, listing.filter("watch")),
    )


def _poll(space: SpaceView, standings: list[Standing], watch: str) -> str:
    """Where the page looks again: while something is under way, and shortly after a change. Empty: nowhere."""
    looks = int(watch) if watch.isascii() and watch.isdigit() and len(watch) < 4 else 0
    if any(one.moving for one in standings) or 0 < looks < _PATIENCE:
        return f"{space.at('bindings')}?watch={min(looks + 1, _PATIENCE)}"
    return ""


HANDLERS = (list_, bind, unbind)
