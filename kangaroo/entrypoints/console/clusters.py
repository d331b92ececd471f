"""Clusters: registered by their kubeconfig, looked at, given a new one, deleted; with their namespaces."""

from dataclasses import replace

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.clusters import Change, ClusterName, Registration
from kangaroo.entrypoints.console.clusters_seen import (
    ABSENT,
    PHASES,
    SECRETS,
    cluster_name,
    places_of,
    told_of,
)
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit, path_of
from kangaroo.entrypoints.http.framework import Given

CLUSTERS = "/clusters"
_ONE = f"{CLUSTERS}/{{cluster:str}}"
_COLUMNS = {"name": "name", "created": "created_at"}


@get(CLUSTERS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.clusters.page(visit.actor, listing.query(_COLUMNS))
    return await visit.page("clusters/list.html", listing=listing, page=page, told_of=told_of)


@get(f"{CLUSTERS}/-/new")
async def new(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "clusters")
    return await visit.page("clusters/new.html", form=Form())


@post(CLUSTERS, status_code=303)
async def register(visit: Given[Visit]) -> Page:
    """The cluster is asked who it is, and whether the account may do what is needed, before anything is kept."""
    await visit.services.workspaces.authority.require_admin(visit.actor, "clusters")
    form = await visit.form()
    name, kubeconfig = form.required("name"), form.required("kubeconfig")
    if form.good:
        with form.attempt(CONFLICT="name", NAME_INVALID="name"):
            wanted = Registration(
                name=ClusterName.parse(name), kubeconfig=kubeconfig, description=form.text("description")
            )
            made = await visit.services.clusters.register(visit.actor, wanted)
            told = _(
                "Cluster %(name)s was registered. Give its namespaces to workspaces now.", name=made.name
            )
            return visit.go(path_of("clusters", made.name), told)
    return await visit.page("clusters/new.html", status=422, form=form)


@get(_ONE)
async def show(visit: Given[Visit], listing: Given[Listing]) -> Page:
    """With its namespaces, as it has them now."""
    services, name = visit.services, cluster_name(visit)
    cluster = await services.clusters.get(visit.actor, name)
    workspaces = []
    if (await visit.rights()).admin:
        known = await services.workspaces.directory.page(visit.actor, Window(1, 0))
        workspaces = [(one.id, one.name) for one in known.items]
    return await visit.page(
        "clusters/cluster.html",
        cluster=cluster,
        told=told_of(cluster),
        heard=await services.clusters.health.heard(visit.actor, name),
        listing=listing,
        places=await places_of(visit, name, listing),
        workspaces=workspaces,
        secrets=SECRETS,
        phases=PHASES,
        absent=ABSENT,
    )


@get(f"{_ONE}/-/converging")
async def converging(visit: Given[Visit], listing: Given[Listing]) -> Page:
    """The states of the pull secrets on the page of the list that is shown, until none of them moves."""
    name = cluster_name(visit)
    listing = replace(listing, path=path_of("clusters", name))
    return await visit.part(
        "clusters/converging.html",
        cluster=await visit.services.clusters.get(visit.actor, name),
        listing=listing,
        places=await places_of(visit, name, listing),
        secrets=SECRETS,
        again=True,
    )


@post(f"{_ONE}/-/check", status_code=303)
async def check(visit: Given[Visit]) -> Page:
    found = await visit.services.clusters.health.check(visit.actor, cluster_name(visit))
    told = told_of(found)
    if told.message:
        return visit.go(path_of("clusters", found.name), told.message, tone="warning")
    return visit.go(path_of("clusters", found.name), _("The cluster was looked at: it is healthy."))


@get(f"{_ONE}/-/edit")
async def edit(visit: Given[Visit]) -> Page:
    await visit.services.workspaces.authority.require_admin(visit.actor, "clusters")
    cluster = await visit.services.clusters.get(visit.actor, cluster_name(visit))
    form = Form.filled(description=cluster.reach.description)
    return await visit.page("clusters/edit.html", cluster=cluster, form=form)


@post(f"{_ONE}/-/edit", status_code=303)
async def update(visit: Given[Visit]) -> Page:
    """An empty kubeconfig leaves the one there is."""
    await visit.services.workspaces.authority.require_admin(visit.actor, "clusters")
    name, form = cluster_name(visit), await visit.form()
    change = Change(kubeconfig=form.text("kubeconfig") or None, description=form.text("description"))
    with form.attempt():
        await visit.services.clusters.update(visit.actor, name, change)
        return visit.go(path_of("clusters", name), _("Cluster %(name)s was changed.", name=name))
    cluster = await visit.services.clusters.get(visit.actor, name)
    return await visit.page("clusters/edit.html", status=422, cluster=cluster, form=form)


@post(f"{_ONE}/-/delete", status_code=303)
async def delete(visit: Given[Visit]) -> Page:
    name, form = cluster_name(visit), await visit.form()
    here = path_of("clusters", name)
    if form.text("confirm") != name:
        return visit.go(here, _("Nothing was deleted: the name was another."), tone="warning")
    try:
        await visit.services.clusters.remove(visit.actor, name, abandon=form.flag("abandon"))
    except Failure as failure:
        if failure.code is not Code.REFERENCED:
            raise
        return visit.go(here, failure.message(visit.language), tone="danger")
    return visit.go(CLUSTERS, _("Cluster %(name)s was deleted.", name=name))


HANDLERS = (list_, new, register, show, converging, check, edit, update, delete)
