"""Pull secrets, ours: how they stand in the namespaces of a workspace, what may be asked for about them, and what a
manifest must say to use them."""

from typing import Annotated

from litestar import Router, get, post, put
from litestar.di import Provide
from litestar.params import Parameter
from msgspec import field

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.instances import InstanceName
from kangaroo.core.pull_secrets import NAME, Gap, Progress, Reference, Seen, Standing, State, Where
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.shapes import Body, Empty, Fuzzy, Listed, Shape, listed, seconds
from kangaroo.entrypoints.platform.view import View

_OF_WORKSPACE = "/workspaces/{workspace:str}/pull-secrets"
_IN_NAMESPACE = "/clusters/{cluster:str}/namespaces/{namespace:str}/pull-secret"
InCluster = Annotated[str, Parameter(query="cluster", max_length=63)]
InStates = Annotated[
    list[State] | None, Parameter(query="state", description="May be given several times; none is all.")
]


class PullSecret(Shape):
    """`reason` is a stable word, `message` is for people; `content` tells contents apart; `accounts` are the service
    accounts it is attached to. Times are 0 for what never was."""

    cluster: str
    namespace: str
    workspace: int
    name: str
    state: State
    reason: str
    message: str
    content: str
    accounts: list[str]
    last_transition_time: str
    last_sync_time: str


class Lacking(Shape):
    """An instance the namespaces cannot pull from, and why."""

    registry: str
    reason: str
    message: str


class Converged(Shape):
    """`done` of `total` namespaces stand as they should."""

    done: int
    total: int
    states: dict[str, int]
    lacking: list[Lacking]


class Outcome(Shape):
    state: State
    reason: str
    message: str


class Replaced(Shape):
    """How many credentials are replaced."""

    credentials: int


class GivenRotation(Body):
    """`registry` empty: at all of them."""

    registry: str = ""


class GivenAccounts(Body):
    accounts: list[str] = field(default_factory=list)


class Manifest(Shape):
    """`secret` is what pods name in imagePullSecrets, empty where none is needed; `state` is how it stands there, empty
    for a namespace of no workspace. `manifest` is YAML."""

    image: str
    secret: str
    state: str
    message: str
    manifest: str


@get(_OF_WORKSPACE, operation_id="PullSecrets_List")
async def list_(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    workspace_id: Given[int],
    where: Given[Where],
) -> Listed[PullSecret]:
    """By cluster and namespace; for its members and administrators."""
    wanted = Where(workspace_id, where.cluster, where.states, where.fuzzy)
    page = await services.pull_secrets.page(actor, wanted, window)
    return listed(window, page, lambda one: _shown(one, view))


@get("/pull-secrets", operation_id="PullSecrets_ListAll")
async def list_all(
    actor: Given[Actor],
    services: Given[Services],
    window: Given[Window],
    view: Given[View],
    where: Given[Where],
) -> Listed[PullSecret]:
    """Of all workspaces; for administrators."""
    page = await services.pull_secrets.page(actor, where, window)
    return listed(window, page, lambda one: _shown(one, view))


@get(f"{_OF_WORKSPACE}/progress", operation_id="PullSecrets_Progress")
async def progress(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    workspace_id: Given[int],
    where: Given[Where],
) -> Converged:
    wanted = Where(workspace_id, where.cluster, (), where.fuzzy)
    return _converged(await services.pull_secrets.progress(actor, wanted), view)


@post(f"{_OF_WORKSPACE}/reconcile", status_code=200, operation_id="PullSecrets_Reconcile")
async def reconcile(actor: Given[Actor], services: Given[Services], workspace_id: Given[int]) -> Empty:
    """Everything is looked at again; the answer does not wait for it."""
    await services.pull_secrets.reconcile(actor, workspace_id)
    return Empty()


@post(f"{_OF_WORKSPACE}/rotate", status_code=200, operation_id="PullSecrets_Rotate")
async def rotate(
    actor: Given[Actor], services: Given[Services], workspace_id: Given[int], data: GivenRotation
) -> Replaced:
    """The old credentials end when every namespace has the new ones, or after ten minutes."""
    name = InstanceName.parse(data.registry) if data.registry else None
    return Replaced(credentials=await services.pull_secrets.rotate(actor, workspace_id, name))


@post(f"{_IN_NAMESPACE}/overwrite", status_code=200, operation_id="PullSecrets_Overwrite")
async def overwrite(
    actor: Given[Actor], services: Given[Services], view: Given[View], request: AnyRequest
) -> Outcome:
    """A secret of this name that somebody else made is lost."""
    cluster, namespace = _place(segment(request, "cluster"), segment(request, "namespace"))
    standing = await services.pull_secrets.overwrite(actor, cluster, namespace)
    return _outcome(standing, view)


@put(f"{_IN_NAMESPACE}/accounts", operation_id="PullSecrets_ChooseAccounts")
async def choose(
    actor: Given[Actor], services: Given[Services], request: AnyRequest, data: GivenAccounts
) -> Empty:
    """The service accounts it is attached to, unless the annotation kangaroo.io/pull-secret-accounts of the namespace
    says otherwise."""
    cluster, namespace = _place(segment(request, "cluster"), segment(request, "namespace"))
    await services.pull_secrets.choose(actor, cluster, namespace, data.accounts)
    return Empty()


@get("/select/manifest", operation_id="PullSecrets_Manifest")
async def manifest(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    text: Annotated[str, Parameter(query="image", max_length=600)],
    cluster: Annotated[str, Parameter(query="cluster", max_length=63)],
    namespace: Annotated[str, Parameter(query="namespace", max_length=63)],
) -> Manifest:
    """Of a pod that runs the image in this namespace, if it may: `image` as host/space/name[:tag][@digest]."""
    place, reference = _place(cluster, namespace), Reference.parse(text)
    found = await services.pull_secrets.selecting.usable(actor, place, reference, view.own_url)
    standing = found.standing
    return Manifest(
        image=found.image,
        secret=found.secret,
        state=standing.state if standing else "",
        message=standing.told(view.language) if standing else "",
        manifest=found.manifest,
    )


async def where_of(fuzzy: Fuzzy = "", cluster: InCluster = "", states: InStates = None) -> Where:
    name = _cluster(cluster) if cluster else None
    return Where(cluster=name, states=tuple(states or ()), fuzzy=fuzzy)


def _cluster(text: str) -> ClusterName:
    try:
        return ClusterName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"cluster {text[:80]}") from failure


def _place(cluster: str, namespace: str) -> tuple[ClusterName, NamespaceName]:
    try:
        return _cluster(cluster), NamespaceName.parse(namespace)
    except Failure as failure:
        if failure.code is Code.NOT_FOUND:
            raise
        raise Failure(Code.NOT_FOUND, what=f"namespace {namespace[:80]}") from failure


def _shown(one: Seen, view: View) -> PullSecret:
    return PullSecret(
        cluster=one.cluster,
        namespace=one.namespace,
        workspace=one.workspace,
        name=NAME,
        state=one.state,
        reason=one.reason,
        message=one.told(view.language),
        content=one.content,
        accounts=list(one.accounts),
        last_transition_time=seconds(one.changed_at),
        last_sync_time=seconds(one.synced_at),
    )


def _converged(one: Progress, view: View) -> Converged:
    return Converged(
        done=one.done,
        total=one.total,
        states={str(state): count for state, count in sorted(one.by_state.items())},
        lacking=[_lacking(gap, view) for gap in one.gaps],
    )


def _lacking(gap: Gap, view: View) -> Lacking:
    return Lacking(registry=gap.instance, reason=gap.reason, message=gap.told(view.language))


def _outcome(standing: Standing, view: View) -> Outcome:
    return Outcome(state=standing.state, reason=standing.reason, message=standing.told(view.language))


HANDLERS = (
    Router(
        "",
        dependencies={"where": Provide(where_of)},
        route_handlers=[list_, list_all, progress, reconcile, rotate, overwrite, choose, manifest],
    ),
)
