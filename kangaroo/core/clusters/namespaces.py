"""Namespaces: as the clusters have them, and whose they are. A namespace belongs to one workspace at most."""

from collections.abc import Collection

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import NamespaceBound, NamespaceUnbound
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.journal import Deed
from kangaroo.core.clusters.directory import Directory, unknown
from kangaroo.core.clusters.names import ClusterName, NamespaceName
from kangaroo.core.clusters.opener import Opener
from kangaroo.core.clusters.values import Cluster, NamespaceOrder, SeenNamespace
from kangaroo.core.instances.points import Point
from kangaroo.core.workspaces import Authority
from kangaroo.jobs import Queue
from kangaroo.kube.contract import NAMESPACE, Object
from kangaroo.store.meta import clusters as cluster_rows
from kangaroo.store.meta import clusters_namespaces as rows
from kangaroo.store.meta.clusters_namespaces import BoundNamespace
from kangaroo.store.meta.database import Dangling, Database, Duplicate


class Namespaces:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND."""

    def __init__(
        self, database: Database, queue: Queue, directory: Directory, authority: Authority, opener: Opener
    ) -> None:
        self._database = database
        self._queue = queue
        self._directory = directory
        self._authority = authority
        self._opener = opener

    async def of_cluster(
        self,
        actor: Actor,
        name: ClusterName,
        window: Window,
        fuzzy: str = "",
        order: NamespaceOrder = NamespaceOrder.NAME,
    ) -> Page[SeenNamespace]:
        """As the cluster has them now; bound ones that it has no more too, with no phase.

        `fuzzy` is a part of the name. Raises what is wrong with the cluster.
        """
        cluster = await self._directory.get(actor, name)
        async with self._opener.use(cluster) as client:
            listing = await client.list(NAMESPACE)
        async with self._database.read() as snapshot:
            bound = {one.namespace: one for one in await rows.of_cluster(snapshot, cluster.id)}
        seen = [_seen(one, bound.pop(one["metadata"]["name"], None)) for one in listing.items]
        seen += [SeenNamespace(one.namespace, "", bound=one) for one in bound.values()]
        wanted = _ordered([one for one in seen if fuzzy.lower() in one.name], order)
        cut = wanted[window.offset : window.offset + window.size] if window.size else wanted
        return Page(cut, len(wanted))

    async def of_workspace(
        self, actor: Actor, workspace: int, window: Window, fuzzy: str = ""
    ) -> Page[BoundNamespace]:
        """By cluster and name, for its members and administrators."""
        if not await self._authority.manages(actor, workspace):
            await self._authority.require(actor, Point.GET_IMAGE, workspace)
        await self._authority.exists(workspace)
        async with self._database.read() as snapshot:
            return await rows.page_of_workspace(snapshot, workspace, fuzzy, window)

    async def bind(
        self, actor: Actor, name: ClusterName, namespaces: Collection[NamespaceName], workspace: int
    ) -> list[BoundNamespace]:
        """All of them, or none; those that belong to it already stay. For administrators.

        Raises CONFLICT when one belongs to another workspace, INVALID_FIELD when there is none of this name in the
        cluster, and what is wrong with the cluster.
        """
        await self._authority.require_admin(actor, "namespaces")
        cluster = await self._directory.get(actor, name)
        await self._authority.exists(workspace)
        await self._check_there(cluster, namespaces)
        try:
            async with self._database.write() as transaction:
                if not await cluster_rows.hold(transaction, cluster.id):
                    raise unknown(name)
                before = await rows.of_names(transaction, cluster.id, namespaces)
                _check_free(before.values(), workspace)
                now, new = self._queue.clock(), sorted(set(namespaces) - before.keys())
                await rows.add(transaction, cluster.id, new, workspace, actor.name, now)
                for namespace in new:
                    event = NamespaceBound(
                        actor=actor.name, at=now, cluster=cluster.id, namespace=namespace, workspace=workspace
                    )
                    await self._queue.emit(transaction, event)
                    text = f"{name}/{namespace} to workspace {workspace}"
                    await self._authority.record(transaction, actor, Deed("create_namespace-binding", text))
                bound = await rows.of_names(transaction, cluster.id, namespaces)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what="one of the bindings") from error
        except Dangling as error:
            raise Failure(Code.NOT_FOUND, what=f"workspace {workspace}") from error
        return [bound[one] for one in sorted(bound)]

    async def unbind(self, actor: Actor, name: ClusterName, namespaces: Collection[NamespaceName]) -> None:
        """Whatever workspace they belong to; the cluster need not answer. For administrators."""
        await self._authority.require_admin(actor, "namespaces")
        cluster = await self._directory.get(actor, name)
        async with self._database.write() as transaction:
            before = await rows.of_names(transaction, cluster.id, namespaces)
            if missing := sorted(set(namespaces) - before.keys()):
                raise Failure(Code.NOT_FOUND, what=f"binding of {name}/{missing[0]}")
            now = self._queue.clock()
            for namespace, one in sorted(before.items()):
                await rows.remove(transaction, cluster.id, namespace)
                event = NamespaceUnbound(
                    actor=actor.name, at=now, cluster=cluster.id, namespace=namespace, workspace=one.workspace
                )
                await self._queue.emit(transaction, event)
                text = f"{name}/{namespace} from workspace {one.workspace}"
                await self._authority.record(transaction, actor, Deed("delete_namespace-binding", text))

    async def workspace_of(self, actor: Actor, name: ClusterName, namespace: NamespaceName) -> int | None:
        """The workspace a namespace belongs to, for those who belong to it; None for none."""
        cluster = await cluster_rows.find(self._database.lookup, name)
        found = cluster and await rows.get(self._database.lookup, cluster.id, namespace)
        if not found:
            await self._directory.get(actor, name)
            return None
        if not await self._authority.manages(actor, found.workspace):
            await self._authority.require(actor, Point.GET_IMAGE, found.workspace)
        return found.workspace

    async def _check_there(self, cluster: Cluster, namespaces: Collection[NamespaceName]) -> None:
        async with self._opener.use(cluster) as client:
            there = {one["metadata"]["name"] for one in (await client.list(NAMESPACE)).items}
        if missing := sorted(set(namespaces) - there):
            reason = f"cluster {cluster.name} has no namespace {missing[0]}"
            raise Failure(Code.INVALID_FIELD, field="namespaces", reason=reason)


def _seen(found: Object, bound: BoundNamespace | None) -> SeenNamespace:
    metadata, status = found["metadata"], found.get("status") or {}
    created = str(metadata.get("creationTimestamp", ""))
    return SeenNamespace(metadata["name"], str(status.get("phase", "")), created, bound)


def _ordered(seen: list[SeenNamespace], order: NamespaceOrder) -> list[SeenNamespace]:
    by_name = sorted(seen, key=lambda one: one.name, reverse=order is NamespaceOrder.NAME_BACKWARDS)
    if order in (NamespaceOrder.OLDEST, NamespaceOrder.NEWEST):
        by_name.sort(key=lambda one: one.created, reverse=order is NamespaceOrder.NEWEST)
    return by_name


def _check_free(before: Collection[BoundNamespace], workspace: int) -> None:
    for one in before:
        if one.workspace != workspace:
            raise Failure(
                Code.CONFLICT,
                "namespace_taken",
                namespace=one.namespace,
                cluster=one.cluster_name,
                workspace=one.workspace_name,
            )
