"""Making it so in one cluster: every due namespace of a workspace is looked at, changed where it has to be, and what
was found is written down."""

import asyncio
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from kangaroo.base.clock import Clock
from kangaroo.base.errors import Failure
from kangaroo.core.pull_secrets.accounts import valid
from kangaroo.core.pull_secrets.desired import Contents, Desired, standing_with
from kangaroo.core.pull_secrets.objects import NAME, asked_accounts, namespace_of
from kangaroo.core.pull_secrets.placing import Accounts, Spot, attach, place, withdraw
from kangaroo.core.pull_secrets.reaching import Reaching, found
from kangaroo.core.pull_secrets.rules import APPLIED, Standing, State, next_look, standing_of, unreachable
from kangaroo.core.workspaces import PullCredentials
from kangaroo.kube.contract import NAMESPACE, SECRET, ClusterClient, Object, Selection
from kangaroo.store.meta import clusters
from kangaroo.store.meta import pull_secrets as rows
from kangaroo.store.meta.clusters import ClusterRow
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.pull_secrets import Found, SecretRow

MANY = 16  # so many namespaces are looked at by listing rather than one by one
_TERMINATING = Standing(State.TERMINATING, "pull_secret_terminating")
_NO_NAMESPACE = Standing(State.PENDING, "pull_secret_no_namespace")


@dataclass(frozen=True, slots=True)
class _Seen:
    """A namespace as it was just now."""

    namespace: Object | None
    secret: Object | None


@dataclass(frozen=True, slots=True)
class _Visit:
    """One go at a cluster. `seen` is empty unless everything was listed at the beginning."""

    cluster: ClusterRow
    client: ClusterClient
    desired: Desired | None
    listed: bool = False
    seen: dict[str, _Seen] = field(default_factory=dict)

    async def look(self, namespace: str) -> _Seen:
        if self.listed:
            return self.seen.get(namespace, _Seen(None, None))
        there = await found(self.client, NAMESPACE, namespace)
        return _Seen(there, there and await found(self.client, SECRET, NAME, namespace))


@dataclass(frozen=True, slots=True)
class _Outcome:
    """`content` and `attached` None: as before. `settled`: as long as nothing happens there is nothing to be done."""

    standing: Standing
    content: str | None = None
    attached: tuple[str, ...] | None = None
    settled: bool = False


class Applying:
    def __init__(
        self,
        database: Database,
        reaching: Reaching,
        contents: Contents,
        pulling: PullCredentials,
        clock: Clock,
    ) -> None:
        self._database = database
        self._reaching = reaching
        self._contents = contents
        self._pulling = pulling
        self._clock = clock

    async def due(self, cluster: int, workspace: int) -> dict[str, int]:
        """All that are due; how many, by state."""
        async with self._database.read() as snapshot:
            due = await rows.due(snapshot, cluster, workspace, self._clock())
            known = await clusters.with_id(snapshot, cluster)
        if not due or known is None:
            return {}
        desired = await self._contents.get(workspace)
        standings = await self._go(known, due, desired)
        if desired is not None:
            behind = await rows.behind(self._database.lookup, workspace, desired.wanted.fingerprint)
            if not behind:
                await self._pulling.finish(workspace)
        return {state: standings.count(state) for state in sorted(set(standings))}

    async def overwrite(self, cluster: ClusterRow, row: SecretRow) -> Standing:
        """Whatever secret of this name is in the namespace becomes ours. Raises what is wrong with the cluster."""
        desired = await self._contents.get(row.workspace)
        async with self._reaching.use(cluster) as client:
            return await self._one(_Visit(cluster, client, desired), row, overwrite=True)

    async def _go(
        self, cluster: ClusterRow, due: Sequence[SecretRow], desired: Desired | None
    ) -> list[State]:
        """Within `use`, so that its owner learns of a cluster that is away."""
        away: list[Failure] = []

        async def one(visit: _Visit, row: SecretRow) -> State:
            try:
                return (await self._one(visit, row)).state
            except Failure as failure:
                away.append(failure)
                return State.FAILED

        try:
            async with self._reaching.use(cluster) as client:
                visit = await self._visit(cluster, client, due, desired)
                states = await asyncio.gather(*(one(visit, row) for row in due))
                if away:
                    raise away[0]
                return states
        except Failure as failure:
            if not away:
                await self._note_all(due, standing_of(failure))
            return [State.FAILED] * len(due)

    async def _visit(
        self, cluster: ClusterRow, client: ClusterClient, due: Sequence[SecretRow], desired: Desired | None
    ) -> _Visit:
        if len(due) < MANY:
            return _Visit(cluster, client, desired)
        async with self._reaching.turn(cluster.id):
            secrets = await client.list(SECRET, Selection(fields=f"metadata.name={NAME}"))
            namespaces = await client.list(NAMESPACE)
        there = {namespace_of(one): one for one in secrets.items}
        seen = {
            one["metadata"]["name"]: _Seen(one, there.get(one["metadata"]["name"]))
            for one in namespaces.items
        }
        return _Visit(cluster, client, desired, True, seen)

    async def _one(self, visit: _Visit, row: SecretRow, *, overwrite: bool = False) -> Standing:
        """Written down, whatever it is. Raises what says that the whole cluster is away."""
        try:
            async with self._reaching.turn(visit.cluster.id):
                if row.leaving:
                    await self._withdraw(visit, row)
                    return APPLIED
                outcome = await self._place(visit, row, overwrite=overwrite)
        except Failure as failure:
            outcome = _Outcome(standing_of(failure))
            await self._note(row, outcome)
            if unreachable(failure):
                raise
            return outcome.standing
        await self._note(row, outcome)
        return outcome.standing

    async def _place(self, visit: _Visit, row: SecretRow, *, overwrite: bool) -> _Outcome:
        seen = await visit.look(row.namespace)
        if seen.namespace is None:
            return _Outcome(_NO_NAMESPACE, attached=())
        if seen.namespace["metadata"].get("deletionTimestamp"):
            return _Outcome(_TERMINATING)
        if visit.desired is None:
            return _Outcome(Standing(State.PENDING))
        spot, wanted = Spot(visit.client, row.namespace), visit.desired.wanted
        standing = await place(spot, wanted, seen.secret, overwrite=overwrite)
        if standing.state is not State.APPLIED:
            return _Outcome(standing)
        asked = asked_accounts(seen.namespace)
        names = valid(row.accounts if asked is None else asked)
        accounts = Accounts(frozenset(names), frozenset(row.attached))
        attaching = await attach(spot, accounts, lambda these: self._remember(row, these))
        if attaching.state is not State.APPLIED:
            return _Outcome(attaching, wanted.fingerprint, names)
        lacking = standing_with(visit.desired.gaps)
        return _Outcome(lacking or APPLIED, wanted.fingerprint, names, settled=True)

    async def _withdraw(self, visit: _Visit, row: SecretRow) -> None:
        seen = await visit.look(row.namespace)
        if seen.namespace is not None:
            spot = Spot(visit.client, row.namespace)
            nothing = Accounts(frozenset(), frozenset(row.attached))
            await attach(spot, nothing, lambda names: self._remember(row, names))
            await withdraw(spot, self._contents.installation.name, seen.secret)
        async with self._database.write() as transaction:
            await rows.gone(transaction, row)

    async def _remember(self, row: SecretRow, accounts: Collection[str]) -> None:
        async with self._database.write() as transaction:
            await rows.attaching(transaction, row, accounts)

    async def _note_all(self, due: Sequence[SecretRow], standing: Standing) -> None:
        await asyncio.gather(*(self._note(row, _Outcome(standing)) for row in due))

    async def _note(self, row: SecretRow, outcome: _Outcome) -> None:
        now, standing = self._clock(), outcome.standing
        failures = 0 if outcome.settled else row.failures + 1
        written = Found(
            state=standing.state,
            reason=standing.reason,
            facts=standing.json(),
            content=row.content if outcome.content is None else outcome.content,
            attached=outcome.attached,
            synced_at=now if outcome.settled else None,
            next_at=None if outcome.settled else next_look(standing, failures, now),
            failures=failures,
        )
        async with self._database.write() as transaction:
            await rows.note(transaction, row, written, now)
