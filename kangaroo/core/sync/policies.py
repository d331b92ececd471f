"""Policies of sync: what is copied, from where to where, and when."""

from dataclasses import replace

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances import InstanceName
from kangaroo.core.sync.engine import Engine, Engines
from kangaroo.core.sync.rules import ITSELF, PolicyChange, changed, ends
from kangaroo.core.sync.targets import target_with_id
from kangaroo.remote.policies import Endpoint, ReplicationPolicy

_NEW = ReplicationPolicy(name="", source=None, target=None)


class Policies:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNSUPPORTED, and what is wrong with the instance."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def page(
        self, actor: Actor, name: InstanceName, window: Window, fuzzy: str = ""
    ) -> Page[ReplicationPolicy]:
        async with self._engines.seen(actor, name) as engine:
            return await engine.parts.policies.page(window, fuzzy)

    async def get(self, actor: Actor, name: InstanceName, policy: int) -> ReplicationPolicy:
        async with self._engines.seen(actor, name) as engine:
            return await engine.parts.policies.get(policy)

    async def create(self, actor: Actor, name: InstanceName, wanted: PolicyChange) -> int:
        """Its id; enabled and overriding unless it says otherwise. Raises INVALID_FIELD, BAD_REQUEST, CONFLICT."""
        async with self._engines.changed(actor, name) as engine:
            policy = await _complete(engine, _NEW, wanted)
            made = await engine.parts.policies.create(policy)
        await self._engines.note(actor, Deed("create_replication-policy", f"{name}/{policy.name}"))
        return made

    async def update(self, actor: Actor, name: InstanceName, policy: int, change: PolicyChange) -> None:
        """What it leaves out stays. Raises INVALID_FIELD, BAD_REQUEST, CONFLICT."""
        async with self._engines.changed(actor, name) as engine:
            held = await engine.parts.policies.get(policy)
            complete = await _complete(engine, held, change)
            await engine.parts.policies.update(complete)
        await self._engines.note(actor, Deed("update_replication-policy", f"{name}/{complete.name}"))

    async def delete(self, actor: Actor, name: InstanceName, policy: int) -> None:
        """Raises PRECONDITION while it runs."""
        async with self._engines.changed(actor, name) as engine:
            held = await engine.parts.policies.get(policy)
            await engine.parts.policies.delete(policy)
        await self._engines.note(actor, Deed("delete_replication-policy", f"{name}/{held.name}"))


async def _complete(engine: Engine, held: ReplicationPolicy, change: PolicyChange) -> ReplicationPolicy:
    policy = changed(held, change)
    source, target = ends(held, change)
    return replace(policy, source=await _end(engine, source), target=await _end(engine, target))


async def _end(engine: Engine, identity: int) -> Endpoint | None:
    return None if identity == ITSELF else await target_with_id(engine, identity)
