"""Targets: the registries that an instance's engine copies from and to, as the instance itself keeps them."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access.journal import Deed
from kangaroo.core.instances import Instance, InstanceKind, InstanceName, Point, Which, Wish
from kangaroo.core.instances.checking import LONGEST_TEXT, checked_text, checked_url
from kangaroo.core.sync.engine import Engine, Engines
from kangaroo.core.sync.rules import LONGEST_NAME
from kangaroo.remote.policies import Endpoint

TARGET_TYPES = {
    InstanceKind.HARBOR: "harbor",
    InstanceKind.DOCKER_REGISTRY: "docker-registry",
    InstanceKind.JFROG: "jfrog-artifactory",
}
_MOST_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TargetChange:
    """None leaves as it is; `access_secret` belongs to `access_key`. `type` is one of TARGET_TYPES."""

    name: str | None = None
    type: str | None = None
    url: str | None = None
    access_key: str | None = None
    access_secret: str | None = field(default=None, repr=False)
    credential_type: str | None = None
    insecure: bool | None = None
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Candidate:
    """An instance of the platform that may become a target of another; `there`: it is one already."""

    instance: Instance
    there: bool


class Targets:
    """Every method raises UNAUTHORIZED, FORBIDDEN, NOT_FOUND, UNSUPPORTED, and what is wrong with the instance."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    async def page(self, actor: Actor, name: InstanceName, window: Window, fuzzy: str = "") -> Page[Endpoint]:
        async with self._engines.seen(actor, name) as engine:
            return await engine.parts.endpoints.page(window, fuzzy)

    async def candidates(
        self, actor: Actor, name: InstanceName, window: Window, fuzzy: str = ""
    ) -> Page[Candidate]:
        """The other instances of the platform, by name. One that has no targets has none of them."""
        others = await self._engines.instances.page(actor, Wish(fuzzy=fuzzy, besides=name), window)
        try:
            async with self._engines.seen(actor, name) as engine:
                held = {_place(one.url) for one in await _all(engine)}
        except InstanceFailure as failure:
            if failure.reason is not Reason.UNSUPPORTED:
                raise
            held = set()
        there = [Candidate(one, _place(one.connection.url) in held) for one in others.items]
        return Page(there, others.total)

    async def create(self, actor: Actor, name: InstanceName, wanted: TargetChange) -> int:
        """Its id. Raises INVALID_FIELD, CONFLICT, BAD_REQUEST (the instance cannot reach it, or does not know it)."""
        async with self._engines.changed(actor, name) as engine:
            target = _changed(Endpoint(name="", type="", url=""), wanted)
            made = await engine.parts.endpoints.create(target)
        await self._engines.note(actor, Deed("create_replication-target", f"{name}/{target.name}"))
        return made

    async def adopt(self, actor: Actor, name: InstanceName, instances: Sequence[InstanceName]) -> list[int]:
        """Other instances of the platform become its targets, with the credentials we have for them: all or none.
        Their ids. Raises as `create` does.
        """
        if not 0 < len(instances) <= _MOST_AT_ONCE:
            reason = f"name 1 to {_MOST_AT_ONCE} registries"
            raise Failure(Code.INVALID_FIELD, field="integrationRegistry", reason=reason)
        async with self._engines.changed(actor, name) as engine:
            wanted = [await self._as_target(actor, name, one) for one in dict.fromkeys(instances)]
            made: list[int] = []
            try:
                for target in wanted:
                    identity = await engine.parts.endpoints.create(target)
                    made.append(identity)
            except BaseException:
                await asyncio.shield(_undo(engine, made))
                raise
        for target in wanted:
            await self._engines.note(actor, Deed("create_replication-target", f"{name}/{target.name}"))
        return made

    async def update(self, actor: Actor, name: InstanceName, target: int, change: TargetChange) -> Endpoint:
        """As it is then. Raises INVALID_FIELD (also for another type), CONFLICT, BAD_REQUEST."""
        async with self._engines.changed(actor, name) as engine:
            held = await target_with_id(engine, target)
            await engine.parts.endpoints.update(_changed(held, change))
            now = await target_with_id(engine, target)
        await self._engines.note(actor, Deed("update_replication-target", f"{name}/{now.name}"))
        return now

    async def delete(self, actor: Actor, name: InstanceName, target: int) -> None:
        """Raises PRECONDITION while a policy uses it."""
        async with self._engines.changed(actor, name) as engine:
            held = await target_with_id(engine, target)
            await engine.parts.endpoints.delete(target)
        await self._engines.note(actor, Deed("delete_replication-target", f"{name}/{held.name}"))

    async def _as_target(self, actor: Actor, name: InstanceName, other: InstanceName) -> Endpoint:
        found = await self._engines.instances.require(actor, Which(other), Point.GET_REGISTRY_INTEGRATION)
        kind = TARGET_TYPES.get(InstanceKind(found.kind))
        if other == name or kind is None:
            reason = f"{other} cannot be given by name: add it by its URL, with a robot's credential"
            raise Failure(Code.INVALID_FIELD, field="integrationRegistry", reason=reason)
        credential = self._engines.instances.opener.credential(found.connection)
        return Endpoint(
            name=found.name,
            type=kind,
            url=found.connection.url,
            access_key="" if credential is None else credential.username,
            access_secret="" if credential is None else credential.password,
            insecure=found.connection.insecure,
            description=found.connection.description,
        )


async def target_with_id(engine: Engine, identity: int) -> Endpoint:
    """Raises NOT_FOUND."""
    found = next((one for one in await _all(engine) if one.id == identity), None)
    if found is None:
        raise Failure(Code.NOT_FOUND, what=f"target {identity}")
    return found


async def _all(engine: Engine) -> list[Endpoint]:
    return (await engine.parts.endpoints.page(Window(size=0))).items


async def _undo(engine: Engine, made: Sequence[int]) -> None:
    for identity in made:
        with suppress(Failure):  # the first failure is the one to tell
            await engine.parts.endpoints.delete(identity)


def _changed(held: Endpoint, change: TargetChange) -> Endpoint:
    """Raises INVALID_FIELD."""
    kind = change.type or held.type
    if kind not in TARGET_TYPES.values() or kind != (held.type or kind):
        reason = "it is not changed" if held.type else "say which type it is"
        raise Failure(Code.INVALID_FIELD, field="type", reason=reason)
    name = held.name if change.name is None else change.name
    if not (0 < len(name) <= LONGEST_NAME and name.isprintable()):
        reason = f"use 1 to {LONGEST_NAME} printable characters"
        raise Failure(Code.INVALID_FIELD, field="name", reason=reason)
    url = held.url if change.url is None else checked_url(change.url)
    if not change.access_secret:
        _check_kept(held, change.access_key, url)
    return replace(
        held,
        name=name,
        type=kind,
        url=url,
        access_key=held.access_key if change.access_key is None else _checked("accessKey", change.access_key),
        access_secret=_checked("accessSecret", change.access_secret or ""),
        credential_type=change.credential_type or held.credential_type,
        insecure=held.insecure if change.insecure is None else change.insecure,
        description=held.description
        if change.description is None
        else checked_text("description", change.description),
    )


def _check_kept(held: Endpoint, access_key: str | None, url: str) -> None:
    """The secret that is kept goes to no other place, and with no other key, than it was given for."""
    if held.access_key and _place(url) != _place(held.url):
        raise Failure(Code.INVALID_FIELD, "instance_credential_again", field="accessSecret", url=held.url)
    if access_key not in (None, held.access_key):
        raise Failure(Code.INVALID_FIELD, field="accessSecret", reason="a new access key needs its secret")


def _checked(name: str, text: str) -> str:
    if not text.isprintable():
        raise Failure(Code.INVALID_FIELD, field=name, reason="it holds control characters")
    return checked_text(name, text, LONGEST_TEXT)


def _place(url: str) -> str:
    return url.rstrip("/").lower()
