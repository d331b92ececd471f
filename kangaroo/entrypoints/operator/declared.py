"""Registries that somebody declares in a cluster: registered, changed and ended as their objects say.

An object that was deleted stays until its registry has ended, so that nothing is forgotten while nobody looks.
"""

import base64
import binascii
from dataclasses import dataclass, field
from typing import Any

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.clusters import SECRET, ClusterClient, Operation, Refused
from kangaroo.core.instances import (
    Change,
    Credential,
    Instance,
    InstanceName,
    Instances,
    Kind,
    Registration,
    Which,
)
from kangaroo.entrypoints.operator.resource import NAMESPACE_NAME, REGISTRY_SECRET
from kangaroo.entrypoints.operator.shapes import FINALIZER, Seen, failure_status, health_status, with_status


@dataclass(frozen=True, slots=True)
class _Secret:
    """What a reference leads to. `version` tells whether it is still the one we used."""

    credential: Credential | None = field(default=None, repr=False)
    version: str = ""


class Declared:
    """For one cluster and one look at it."""

    def __init__(self, client: ClusterClient, instances: Instances, actor: Actor, clock: Clock) -> None:
        self._client = client
        self._instances = instances
        self._actor = actor
        self._clock = clock

    async def tend(self, seen: Seen, instance: Instance | None) -> None:
        """`instance` is what was registered for the object, if there still is one."""
        if seen.leaving:
            await self._end(seen, instance)
        elif seen.registered and instance is None:  # it was ended here, so what declared it ends too
            await self._let_go(seen)
            await self._client.delete(REGISTRY_SECRET, seen.name, NAMESPACE_NAME, uid=seen.uid)
        elif not seen.held:
            await self._hold(seen)
        else:
            await self._register(seen, instance)

    async def _register(self, seen: Seen, instance: Instance | None) -> None:
        try:
            secret = await self._secret(seen)
            used = {"observedGeneration": seen.generation, "credentialVersion": secret.version}
            if instance is None:
                instance = await self._instances.register(self._actor, _asked(seen, secret), seen.workspace)
            elif any(seen.status.get(name) != value for name, value in used.items()):
                instance = await self._instances.update(self._actor, _which(instance), _change(seen, secret))
        except Failure as failure:
            status = failure_status("RegistrationFail", failure, seen.status, self._clock())
            kept = ("observedGeneration", "credentialVersion")
            await self._say(
                seen, {**status, **{name: seen.status[name] for name in kept if name in seen.status}}
            )
            return
        await self._say(seen, {**health_status(instance), **used})

    async def _end(self, seen: Seen, instance: Instance | None) -> None:
        if not seen.held:
            return
        try:
            if instance is not None:
                await self._instances.delete(self._actor, _which(instance))
        except Failure as failure:
            if failure.code is not Code.NOT_FOUND:
                await self._say(seen, failure_status("RemovalFail", failure, seen.status, self._clock()))
                return
        await self._let_go(seen)

    async def _hold(self, seen: Seen) -> None:
        """The next look registers it."""
        object_ = await self._client.get(REGISTRY_SECRET, seen.name, NAMESPACE_NAME)
        others = object_["metadata"].get("finalizers") or []
        add = Operation("add", "/metadata/finalizers", [*others, FINALIZER])
        held = await self._patched(seen, object_["metadata"]["resourceVersion"], add)
        if held:
            await self._register(
                Seen.of(await self._client.get(REGISTRY_SECRET, seen.name, NAMESPACE_NAME)), None
            )

    async def _let_go(self, seen: Seen) -> None:
        object_ = await self._client.get(REGISTRY_SECRET, seen.name, NAMESPACE_NAME)
        others = [one for one in object_["metadata"].get("finalizers") or [] if one != FINALIZER]
        replaced = Operation("add", "/metadata/finalizers", others)
        await self._patched(seen, object_["metadata"]["resourceVersion"], replaced)

    async def _patched(self, seen: Seen, version: str, operation: Operation) -> bool:
        """False when somebody changed it meanwhile: the next look sees it."""
        unchanged = Operation("test", "/metadata/resourceVersion", version)
        try:
            await self._client.patch(REGISTRY_SECRET, seen.name, NAMESPACE_NAME, [unchanged, operation])
        except Refused as refused:
            if refused.word not in ("Invalid", "Conflict", "NotFound"):
                raise
            return False
        return True

    async def _say(self, seen: Seen, status: dict[str, Any]) -> None:
        if status != seen.status:
            await self._client.apply_status(REGISTRY_SECRET, with_status(seen.name, status))

    async def _secret(self, seen: Seen) -> _Secret:
        """Raises INVALID_FIELD when it is not there, or has not what it should."""
        name = (seen.spec.get("credentialSecretRef") or {}).get("name", "")
        if not name:
            return _Secret()
        try:
            found = await self._client.get(SECRET, name, NAMESPACE_NAME)
        except Refused as refused:
            if refused.word != "NotFound":
                raise
            raise _wrong(f"there is no Secret {name} in {NAMESPACE_NAME}") from refused
        data = found.get("data") or {}
        try:
            user, word = (base64.b64decode(data[key]).decode() for key in ("username", "password"))
        except (KeyError, binascii.Error, UnicodeDecodeError) as error:
            raise _wrong(f"the Secret {name} needs the keys username and password") from error
        metadata = found["metadata"]
        return _Secret(Credential(user, word), f"{metadata['uid']}/{metadata['resourceVersion']}")


def _wrong(reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field="credentialSecretRef", reason=reason)


def _which(instance: Instance) -> Which:
    return Which(InstanceName(instance.name), instance.workspace)


def _asked(seen: Seen, secret: _Secret) -> Registration:
    """Raises NAME_INVALID, INVALID_FIELD."""
    kind = seen.spec.get("type", "")
    if kind not in set(Kind):
        raise Failure(
            Code.INVALID_FIELD, field="type", reason=f"a registry of type {kind} cannot be registered"
        )
    return Registration(
        name=InstanceName.parse(seen.name),
        kind=Kind(kind),
        url=seen.spec.get("url", ""),
        credential=secret.credential,
        ca=seen.spec.get("ca", ""),
        insecure=bool(seen.spec.get("insecure")),
        description=seen.spec.get("description", ""),
    )


def _change(seen: Seen, secret: _Secret) -> Change:
    return Change(
        credential=secret.credential,
        url=seen.spec.get("url", ""),
        ca=seen.spec.get("ca", ""),
        insecure=bool(seen.spec.get("insecure")),
        description=seen.spec.get("description", ""),
    )
