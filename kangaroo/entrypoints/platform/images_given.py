"""What the handlers of group Image work at: who asks, from which workspace, and at which instance."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlsplit

from litestar.di import Provide
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.clusters import ClusterName, NamespaceName
from kangaroo.core.instances import Instance, InstanceName, Which
from kangaroo.core.services import Services
from kangaroo.core.workspaces import Outlook, Standpoint, Workspaces
from kangaroo.entrypoints.http.framework import AnyRequest, Given
from kangaroo.entrypoints.platform.given import segment
from kangaroo.entrypoints.platform.registries_shapes import url_of
from kangaroo.entrypoints.platform.view import View

Glass = Annotated[
    str,
    Parameter(
        query="breakGlass",
        max_length=1000,
        description="Why a system administrator looks into a workspace he is no member of. It is written down.",
    ),
]
FromWorkspace = Annotated[
    str, Parameter(query="workspace", max_length=20, description="The id of a workspace; empty: from none.")
]

FromCluster = Annotated[
    str, Parameter(query="cluster", max_length=63, description="With `namespace`: instead of a workspace.")
]
FromNamespace = Annotated[str, Parameter(query="namespace", max_length=63)]


@dataclass(frozen=True, slots=True)
class Desk:
    actor: Actor
    workspaces: Workspaces
    outlook: Outlook
    view: View

    def host(self, instance: Instance) -> str:
        return urlsplit(url_of(instance, self.view)).netloc


@dataclass(frozen=True, slots=True)
class At(Desk):
    """A desk at one instance."""

    instance: InstanceName

    @property
    def place(self) -> Standpoint:
        return Standpoint(self.outlook, self.instance)


async def _desk(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    workspace_id: Given[int],
    glass: Glass = "",
) -> Desk:
    return Desk(actor, services.workspaces, Outlook(workspace_id, glass), view)


async def _at(desk: Given[Desk], which: Given[Which]) -> At:
    return At(desk.actor, desk.workspaces, desk.outlook, desk.view, which.name)


async def _selecting(
    actor: Given[Actor],
    services: Given[Services],
    view: Given[View],
    workspace: FromWorkspace = "",
    cluster: FromCluster = "",
    namespace: FromNamespace = "",
) -> Desk:
    """From a workspace; or from a namespace, which is from the workspace it belongs to, if it does."""
    if cluster and namespace:
        try:
            place = ClusterName.parse(cluster), NamespaceName.parse(namespace)
        except Failure as failure:
            raise Failure(Code.NOT_FOUND, what=f"namespace {namespace} of cluster {cluster}") from failure
        outlook = await services.pull_secrets.selecting.outlook(actor, *place)
        return Desk(actor, services.workspaces, outlook, view)
    if workspace and not (workspace.isascii() and workspace.isdigit() and 0 < int(workspace) < 1 << 31):
        raise Failure(Code.NOT_FOUND, what=f"workspace {workspace}")
    return Desk(actor, services.workspaces, Outlook(int(workspace) if workspace else None), view)


async def _selecting_at(desk: Given[Desk], request: AnyRequest) -> At:
    text = segment(request, "registry")
    try:
        name = InstanceName.parse(text)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, what=f"registry {text[:80]}") from failure
    return At(desk.actor, desk.workspaces, desk.outlook, desk.view, name)


IN_WORKSPACE = {"desk": Provide(_desk), "at": Provide(_at)}
SELECTING = {"desk": Provide(_selecting), "at": Provide(_selecting_at)}
