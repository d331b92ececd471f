"""Making a Harbor and changing one: everything is asked before, the record and the objects follow, all or none."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances import PLATFORM, InstanceName, Point
from kangaroo.core.managed.applying import apply_all, create_all, release_port, reserve_port
from kangaroo.core.managed.changing import Change, check_change
from kangaroo.core.managed.checking import checked_spec, with_node_port, wrong
from kangaroo.core.managed.composing import Piece
from kangaroo.core.managed.ends import Ends
from kangaroo.core.managed.front import service
from kangaroo.core.managed.ground import Ground, annotations_of, name_of, spec_of
from kangaroo.core.managed.harbor_cluster import compose
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.observing import resource_of
from kangaroo.core.managed.passwords import check_admin
from kangaroo.core.managed.preflight import Plan, Preflight
from kangaroo.core.managed.resolving import claims
from kangaroo.core.managed.rotating import Rotating
from kangaroo.core.managed.rows import Row, Unfit, require
from kangaroo.core.managed.spec import ExposeMode, HarborSpec, Secrets
from kangaroo.core.managed.standing import Phase, State
from kangaroo.kube.contract import ClusterClient
from kangaroo.store.meta import instances as instance_rows
from kangaroo.store.meta import managed as rows
from kangaroo.store.meta.database import Duplicate
from kangaroo.store.meta.managed import Found, HarborRow, Meant

MOST_ANNOTATIONS = 50
_LONGEST_ANNOTATION = 4096


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants of a new Harbor."""

    spec: HarborSpec
    secrets: Secrets = field(default_factory=Secrets)
    annotations: dict[str, str] = field(default_factory=dict)


class Making:
    def __init__(self, ground: Ground, preflight: Preflight, rotating: Rotating) -> None:
        self._ground = ground
        self._preflight = preflight
        self._rotating = rotating

    async def preflight(self, actor: Actor, harbor: HarborName, wish: Wish) -> list[Row]:
        """What creating it would meet, without creating it. Raises NOT_FOUND (the cluster), INVALID_FIELD."""
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        plan = self._plan(harbor, wish)
        async with self._ground.cluster(harbor.place.cluster) as client:
            return (await self._preflight.rows(client, plan))[0]

    async def create(self, actor: Actor, harbor: HarborName, wish: Wish) -> HarborRow:
        """It is on its way when this returns; it becomes an instance of the same name when it is healthy.

        Raises NOT_FOUND (the cluster), INVALID_FIELD, CONFLICT (the name), Unfit with what the preflight found, and
        whatever the cluster says; then nothing of it is left.
        """
        await self._ground.decide(actor, Point.CREATE_MANAGED_HARBOR)
        plan = self._plan(harbor, wish)
        await self._check_free(harbor)
        async with self._ground.cluster(harbor.place.cluster) as client:
            found, ends = await self._preflight.rows(client, plan)
            require(found)
            if ends is None:
                raise Unfit(found)
            row = await self._added(actor, plan, ends)
            try:
                plan = await self._put(client, plan, ends)
            except BaseException:
                async with self._ground.database.write() as transaction:
                    await rows.remove(transaction, row.id)
                raise
        return await self._kept(row, plan.spec)

    async def change(self, actor: Actor, harbor: HarborName, change: Change) -> HarborRow:
        """Raises NOT_FOUND, INVALID_FIELD, PRECONDITION for what stays as it was made and while it is deleted,
        CONFLICT when somebody else is quicker, Unfit, and whatever the cluster says."""
        await self._ground.decide(actor, Point.UPDATE_MANAGED_HARBOR)
        row = await self._ground.known(harbor)
        if row.meant.phase == Phase.DELETING:
            raise Failure(Code.PRECONDITION, "managed_deleting", name=harbor.name)
        plan = self._changed(row, change)
        async with self._ground.cluster(harbor.place.cluster) as client:
            found, ends = await self._preflight.rows(client, plan)
            require(found)
            if ends is None:
                raise Unfit(found)
            await self._over(actor, client, row, (plan, ends))
        password = change.secrets.admin
        if password and password != self._ground.secrets(row).admin:
            await self._rotating.rotate(harbor, password)
        return await self._ground.known(harbor)

    def _plan(self, harbor: HarborName, wish: Wish) -> Plan:
        terms = self._ground.terms
        offline = wish.spec.trivy_offline or terms.trivy_offline
        spec = checked_spec(harbor, msgspec.structs.replace(wish.spec, trivy_offline=offline))
        offered = terms.versions
        if spec.version not in offered:
            raise wrong("spec.version", f"choose one of {', '.join(offered)}")
        check_admin(wish.secrets.admin)
        return Plan(harbor, spec, wish.secrets, _checked_annotations(wish.annotations))

    def _changed(self, row: HarborRow, change: Change) -> Plan:
        harbor, before, kept = name_of(row), spec_of(row), self._ground.secrets(row)
        spec = checked_spec(harbor, change.over(before))
        check_change(before, spec)
        offered = self._ground.terms.versions
        if spec.version != before.version and spec.version not in offered:
            raise wrong("spec.version", f"choose one of {', '.join(offered)}")
        if change.secrets.admin:
            check_admin(change.secrets.admin)
        annotations = annotations_of(row) if change.annotations is None else change.annotations
        secrets = change.secrets_over(kept, before)
        return Plan(harbor, spec, secrets, _checked_annotations(annotations), before, row.id)

    async def _check_free(self, harbor: HarborName) -> None:
        """Raises CONFLICT. It shares its name with the instance it becomes."""
        database = self._ground.database
        if await rows.named(database.lookup, harbor.name) is not None:
            raise Failure(Code.CONFLICT, what=f"Harbor {harbor.name}")
        if await instance_rows.taken(database.lookup, PLATFORM, InstanceName(harbor.name)):
            raise Failure(Code.CONFLICT, what=f"registry {harbor.name}")

    async def _added(self, actor: Actor, plan: Plan, ends: Ends) -> HarborRow:
        now, harbor = self._ground.clock(), plan.harbor
        place = {
            "cluster": harbor.place.cluster,
            "namespace": harbor.place.namespace,
            "name": harbor.name,
            "author": actor.name,
        }
        meant = Meant(
            spec=msgspec.json.encode(plan.spec).decode(),
            secrets=self._ground.seal(plan.secrets),
            annotations=msgspec.json.encode(plan.annotations).decode(),
            phase=Phase.CREATING,
            since=now,
        )
        found = Found(State.CREATING, now, now)
        try:
            async with self._ground.database.write() as transaction:
                identity = await rows.add(transaction, place, meant, found, now)
                await rows.claim(transaction, identity, claims(harbor, plan.spec, ends))
                await self._ground.record(transaction, actor, Deed("create_harbor", str(harbor)))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"Harbor {harbor.name}, or what it would use") from error
        return await self._ground.known(harbor)

    async def _put(self, client: ClusterClient, plan: Plan, ends: Ends) -> Plan:
        """Into the cluster; the plan with the port that was given."""
        harbor, expose = plan.harbor, plan.spec.expose
        chosen = expose.mode is ExposeMode.NODE_PORT and not expose.node_port
        try:
            if chosen:
                port = await reserve_port(client, harbor, service(harbor, plan.spec))
                plan = replace(plan, spec=with_node_port(plan.spec, port))
            await create_all(client, harbor, self._pieces(plan, ends))
        except BaseException:
            if chosen:
                await release_port(client, harbor)
            raise
        return plan

    async def _kept(self, row: HarborRow, spec: HarborSpec) -> HarborRow:
        text = msgspec.json.encode(spec).decode()
        if text != row.meant.spec:
            async with self._ground.database.write() as transaction:
                await rows.mean(transaction, row, replace(row.meant, spec=text), self._ground.clock())
        return await self._ground.known(name_of(row))

    async def _over(
        self, actor: Actor, client: ClusterClient, row: HarborRow, what: tuple[Plan, Ends]
    ) -> None:
        """The record first: what a crash leaves undone in the cluster, the next look sees and saving again mends."""
        (plan, ends), now = what, self._ground.clock()
        harbor = plan.harbor
        if plan.spec.expose.mode is ExposeMode.NODE_PORT and not plan.spec.expose.node_port:
            port = await reserve_port(client, harbor, service(harbor, plan.spec))
            plan = replace(plan, spec=with_node_port(plan.spec, port))
        resource = await resource_of(client, harbor)
        spec = msgspec.json.encode(plan.spec).decode()
        phase = Phase.CREATING if row.meant.phase == Phase.CREATING or resource is None else Phase.UPDATING
        meant = replace(
            row.meant,
            spec=spec,
            secrets=self._ground.seal(plan.secrets),
            annotations=msgspec.json.encode(plan.annotations).decode(),
            phase=phase,
            since=now,
            revision=0 if resource is None else resource.revision,
        )
        try:
            async with self._ground.database.write() as transaction:
                if not await rows.mean(transaction, row, meant, now):
                    raise Failure(Code.CONFLICT, "instance_changed", name=harbor.name)
                await rows.claim(transaction, row.id, claims(harbor, plan.spec, ends))
                await self._ground.record(transaction, actor, Deed("update_harbor", str(harbor)))
                await rows.hurry(transaction, (row.cluster, row.namespace, row.name), now)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"what {harbor} would use") from error
        pieces = self._pieces(plan, ends)
        if resource is None:
            await create_all(client, harbor, pieces)
        else:
            await apply_all(client, harbor, pieces, resource.uid)

    def _pieces(self, plan: Plan, ends: Ends) -> Sequence[Piece]:
        return compose(
            plan.harbor, plan.spec, ends, plan.secrets, self._ground.terms.images, plan.annotations
        )


def _checked_annotations(annotations: dict[str, str]) -> dict[str, str]:
    """Raises INVALID_FIELD."""
    if len(annotations) > MOST_ANNOTATIONS or any(
        len(one) > _LONGEST_ANNOTATION for one in annotations.values()
    ):
        raise wrong(
            "metadata.annotations", f"at most {MOST_ANNOTATIONS}, each of {_LONGEST_ANNOTATION} characters"
        )
    return annotations
