"""Registering, changing and removing clusters. What their kubeconfig says is tried out before it is kept."""

from dataclasses import replace

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.events import ClusterRegistered, ClusterRemoved, NamespaceUnbound
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access.journal import Deed
from kangaroo.core.clusters.checking import Look, identified
from kangaroo.core.clusters.directory import Directory, unknown
from kangaroo.core.clusters.names import ClusterName
from kangaroo.core.clusters.opener import Opener
from kangaroo.core.clusters.probing import Probing
from kangaroo.core.clusters.values import Change, Cluster, Registration
from kangaroo.core.workspaces import Authority
from kangaroo.jobs import Queue
from kangaroo.kube.kubeconfig import Kubeconfig, parse
from kangaroo.store.meta import clusters as rows
from kangaroo.store.meta import clusters_namespaces as namespaces
from kangaroo.store.meta.clusters import Reach
from kangaroo.store.meta.database import Database, Duplicate, Transaction

_LONGEST_TEXT = 1000


class Registering(Directory):
    def __init__(self, database: Database, queue: Queue, authority: Authority, opener: Opener) -> None:
        super().__init__(database, authority)
        self._queue = queue
        self._clock = queue.clock
        self.opener = opener
        self.health = Probing(database, queue, self, opener)

    async def register(self, actor: Actor, registration: Registration) -> Cluster:
        """After asking it who it is, and whether the account may do what we need.

        Raises INVALID_FIELD (the kubeconfig, with the entry that is wrong), CONFLICT (the name is taken, or the
        cluster is registered already), and the InstanceFailure that says what is wrong with it.
        """
        await self._manage(actor)
        kubeconfig = parse(registration.kubeconfig)
        description = _checked(registration.description)
        if await rows.find(self._database.lookup, registration.name) is not None:
            raise Failure(Code.CONFLICT, what=f"cluster {registration.name}")
        look = await self._tried(kubeconfig)
        reach = Reach(kubeconfig.server, self.opener.sealed(kubeconfig), look.identity, description)
        try:
            async with self._database.write() as transaction:
                await _check_new(transaction, look.identity)
                now = self._clock()
                identity = await rows.add(transaction, registration.name, actor.name, reach, now)
                await self.health.note(transaction, identity, look)
                event = ClusterRegistered(actor=actor.name, at=now, cluster=identity)
                await self._queue.emit(transaction, event)
                await self._record(transaction, actor, Deed("create_cluster", registration.name))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"cluster {registration.name}") from error
        return await self._known(registration.name)

    async def update(self, actor: Actor, name: ClusterName, change: Change) -> Cluster:
        """In effect when it returns. A new kubeconfig must lead to the same cluster.

        Raises NOT_FOUND, INVALID_FIELD, CONFLICT (somebody else changed it), and the InstanceFailure that says what
        is wrong.
        """
        await self._manage(actor)
        found = await self._known(name)
        description = found.reach.description if change.description is None else _checked(change.description)
        if change.kubeconfig is None:
            async with self._database.write() as transaction:
                if not await rows.describe(transaction, found.id, description):
                    raise unknown(name)
                await self._record(transaction, actor, Deed("update_cluster", name))
            return await self._known(name)
        kubeconfig = parse(change.kubeconfig)
        look = await self._tried(kubeconfig)
        if look.identity != found.reach.identity:
            raise InstanceFailure(Reason.CLUSTER_OTHER, url=kubeconfig.server)
        sealed = self.opener.sealed(kubeconfig)
        reach = replace(found.reach, server=kubeconfig.server, kubeconfig=sealed, description=description)
        async with self._database.write() as transaction:
            now = max(self._clock(), found.updated_at + 1)
            if not await rows.change(transaction, found.id, found.updated_at, reach, now):
                raise Failure(Code.CONFLICT, "cluster_changed", name=name)
            await self.health.note(transaction, found.id, look)
            await self._queue.emit(transaction, ClusterRegistered(actor=actor.name, at=now, cluster=found.id))
            await self._record(transaction, actor, Deed("update_cluster", name))
        await self.opener.drop(found.id)
        return await self._known(name)

    async def remove(self, actor: Actor, name: ClusterName, *, abandon: bool = False) -> None:
        """What we put into it stays there: so first unbind its namespaces, which takes it away.

        `abandon` unbinds them here alone, for a cluster that is gone. Raises NOT_FOUND, REFERENCED.
        """
        await self._manage(actor)
        async with self._database.write() as transaction:
            found = await rows.find(transaction, name)
            if found is None or not await rows.hold(transaction, found.id):
                raise unknown(name)
            bound = await namespaces.of_cluster(transaction, found.id)
            if bound and not abandon:
                by = f"{len(bound)} of its namespaces, which belong to workspaces"
                raise Failure(Code.REFERENCED, what=f"cluster {name}", by=by)
            now = self._clock()
            for one in bound:
                await namespaces.remove(transaction, found.id, one.namespace)
                unbound = NamespaceUnbound(
                    actor=actor.name,
                    at=now,
                    cluster=found.id,
                    namespace=one.namespace,
                    workspace=one.workspace,
                )
                await self._queue.emit(transaction, unbound)
            await rows.remove(transaction, found.id)
            await self._queue.emit(transaction, ClusterRemoved(actor=actor.name, at=now, cluster=found.id))
            await self._record(transaction, actor, Deed("delete_cluster", name))
        await self.opener.drop(found.id)

    async def _tried(self, kubeconfig: Kubeconfig) -> Look:
        """Raises the failure there is."""
        client = self.opener.connect(kubeconfig)
        try:
            look = await identified(client)
        finally:
            await client.close()
        if look.finding.failure is not None:
            raise look.finding.failure
        return look

    async def _record(self, transaction: Transaction, actor: Actor, deed: Deed) -> None:
        await self._authority.record(transaction, actor, deed)


async def _check_new(transaction: Transaction, identity: str) -> None:
    other = await rows.with_identity(transaction, identity)
    if other is not None:
        raise Failure(Code.CONFLICT, "cluster_same", name=other)


def _checked(description: str) -> str:
    if len(description) > _LONGEST_TEXT or "\0" in description:
        reason = f"use at most {_LONGEST_TEXT} characters"
        raise Failure(Code.INVALID_FIELD, field="description", reason=reason)
    return description
