"""Namespaces: given to workspaces and taken back, their pull secrets looked after; and, for who deploys into one,
which images its workload may use."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.instances import Point
from kangaroo.core.pull_secrets import NAME, Seen, State, Where
from kangaroo.entrypoints.console.clusters_seen import SECRETS, cluster_name, namespace_name, secrets_of
from kangaroo.entrypoints.console.clusters_selecting import select
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.texts import _, ngettext
from kangaroo.entrypoints.console.visit import Page, Visit, path_of
from kangaroo.entrypoints.http.framework import Given

_ONE = "/clusters/{cluster:str}"
_NAMESPACE = f"{_ONE}/{{namespace:str}}"


@post(f"{_ONE}/-/bind", status_code=303)
async def bind(visit: Given[Visit]) -> Page:
    """Those that are selected, to the workspace that was chosen."""
    name, form = cluster_name(visit), await visit.form()
    chosen, here = _selected(form), path_of("clusters", name)
    workspace = form.number("workspace")
    if not chosen or not workspace:
        return visit.go(here, _("Select namespaces and choose a workspace."), tone="warning")
    try:
        await visit.services.clusters.namespaces.bind(visit.actor, name, chosen, workspace)
    except Failure as failure:
        return _refused(visit, here, failure)
    told = ngettext(
        "%(count)s namespace was bound: its pull secret is on its way.",
        "%(count)s namespaces were bound: their pull secrets are on their way.",
        len(chosen),
    )
    return visit.go(here, told % {"count": len(chosen)})


@post(f"{_ONE}/-/unbind", status_code=303)
async def unbind(visit: Given[Visit]) -> Page:
    name, form = cluster_name(visit), await visit.form()
    chosen, here = _selected(form), path_of("clusters", name)
    try:
        await visit.services.clusters.namespaces.unbind(visit.actor, name, chosen)
    except Failure as failure:
        return _refused(visit, here, failure)
    told = ngettext(
        "%(count)s namespace belongs to no workspace any more; its pull secret is taken away.",
        "%(count)s namespaces belong to no workspace any more; their pull secrets are taken away.",
        len(chosen),
    )
    return visit.go(here, told % {"count": len(chosen)})


@post(f"{_ONE}/-/reconcile", status_code=303)
async def reconcile(visit: Given[Visit]) -> Page:
    """Everything of the workspaces that have namespaces here."""
    name = cluster_name(visit)
    await visit.services.workspaces.authority.require_admin(visit.actor, "pull secrets")
    for workspace in sorted({one.workspace for one in (await secrets_of(visit, name)).values()}):
        await visit.services.pull_secrets.reconcile(visit.actor, workspace)
    return visit.go(path_of("clusters", name), _("All pull secrets of the cluster are looked at now."))


@get(_NAMESPACE)
async def show(visit: Given[Visit]) -> Page:
    """For administrators, and members of the workspace it belongs to."""
    cluster, namespace = cluster_name(visit), namespace_name(visit)
    workspace = await visit.services.clusters.namespaces.workspace_of(visit.actor, cluster, namespace)
    secret = None if workspace is None else await _secret(visit, workspace, cluster, namespace)
    return await visit.page(
        "clusters/namespace.html",
        cluster=cluster,
        namespace=namespace,
        workspace=None if workspace is None else await _workspace(visit, workspace),
        secret=secret,
        secrets=SECRETS,
        secret_name=NAME,
        foreign=secret is not None and secret.state is State.CONFLICT,
        may_change=workspace is not None and await _may_change(visit, workspace),
        form=Form.filled(accounts=" ".join(secret.accounts) if secret else ""),
        selection=await select(visit, cluster, namespace),
    )


@post(f"{_NAMESPACE}/-/mend", status_code=303)
async def mend(visit: Given[Visit]) -> Page:
    """Now, and not by a job."""
    cluster, namespace = cluster_name(visit), namespace_name(visit)
    here = path_of("clusters", cluster, namespace)
    try:
        await visit.services.pull_secrets.mend(visit.actor, cluster, namespace)
    except Failure as failure:
        return _refused(visit, here, failure)
    return visit.go(here, _("The pull secret was looked at; how it stands is shown here."), tone="info")


@post(f"{_NAMESPACE}/-/overwrite", status_code=303)
async def overwrite(visit: Given[Visit]) -> Page:
    cluster, namespace = cluster_name(visit), namespace_name(visit)
    here = path_of("clusters", cluster, namespace)
    if (await visit.form()).text("confirm") != namespace:
        return visit.go(here, _("Nothing was overwritten: the name was another."), tone="warning")
    try:
        standing = await visit.services.pull_secrets.overwrite(visit.actor, cluster, namespace)
    except Failure as failure:
        return _refused(visit, here, failure)
    if standing.state is not State.APPLIED:
        return visit.go(here, standing.told(visit.language), tone="warning")
    return visit.go(here, _("The secret is ours now, and in place."))


@post(f"{_NAMESPACE}/-/accounts", status_code=303)
async def choose(visit: Given[Visit]) -> Page:
    """The service accounts whose pods use it without naming it."""
    cluster, namespace, form = cluster_name(visit), namespace_name(visit), await visit.form()
    here = path_of("clusters", cluster, namespace)
    names = form.text("accounts").replace(",", " ").split()
    try:
        await visit.services.pull_secrets.choose(visit.actor, cluster, namespace, names)
    except Failure as failure:
        return _refused(visit, here, failure)
    return visit.go(here, _("The service accounts are changed within seconds."))


async def _secret(
    visit: Visit, workspace: int, cluster: ClusterName, namespace: NamespaceName
) -> Seen | None:
    where = Where(workspace=workspace, cluster=cluster, fuzzy=namespace)
    page = await visit.services.pull_secrets.page(visit.actor, where, Window(1, 0))
    return next((one for one in page.items if one.namespace == namespace), None)


async def _workspace(visit: Visit, workspace: int) -> tuple[int, str]:
    found = await visit.services.workspaces.directory.get(visit.actor, workspace)
    return found.id, found.name


async def _may_change(visit: Visit, workspace: int) -> bool:
    """Whether the buttons are shown; core refuses them all the same."""
    if (await visit.rights()).admin:
        return True
    points = await visit.services.workspaces.authority(visit.actor, workspace)
    return Point.UPDATE_CONNECTED_REGISTRY in points


def _selected(form: Form) -> list[NamespaceName]:
    return [NamespaceName.parse(one) for one in form.texts("selected")]


def _refused(visit: Visit, url: str, failure: Failure) -> Page:
    """Back to the page, which tells why; that somebody may not is a page of its own."""
    if failure.code in (Code.FORBIDDEN, Code.UNAUTHORIZED, Code.NOT_FOUND):
        raise failure
    return visit.go(url, failure.message(visit.language), tone="danger")


HANDLERS = (bind, unbind, reconcile, show, mend, overwrite, choose)
