"""Clients of instances: one per instance and process, kept while it is used, made anew when its connection changed.

A client that is replaced is closed when nobody uses it any more.
"""

import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Micros
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.instances.builtin import BuiltIn, Inside
from kangaroo.core.instances.values import Connect, Instance, InstanceKind
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.options import Options
from kangaroo.remote.values import Capability, Credential, Kind
from kangaroo.store.meta.instances import Connection

IDLE_SECONDS = 600.0
_PURPOSE = "credential of an instance"
# Failures that say something about what was asked, not about the instance.
_BLAMELESS = frozenset({Reason.FORBIDDEN, Reason.DELETE_DISABLED, Reason.UNSUPPORTED})

Report = Callable[[Instance, InstanceFailure], Awaitable[None]]


@dataclass(slots=True)
class _Open:
    client: RemoteRegistry
    made_for: Micros
    users: int = 0
    used_at: float = 0.0


class Opener:
    """`report` learns of every use that failed because of the instance."""

    def __init__(self, connect: Connect, inside: Inside, cipher: Cipher, options: Options) -> None:
        self._connect = connect
        self._inside = inside
        self._cipher = cipher
        self._options = options
        self._open: dict[int, _Open] = {}
        self._retired: list[_Open] = []
        self._looked_at = time.monotonic()
        self.report: Report | None = None

    def sealed(self, credential: Credential | None) -> str:
        """What may be kept of a password."""
        return "" if credential is None else self._cipher.encrypt(credential.password, _PURPOSE)

    def credential(self, connection: Connection) -> Credential | None:
        """Raises INTERNAL when it was encrypted with another key."""
        if not connection.credential:
            return None
        return Credential(connection.username, self._cipher.decrypt(connection.credential, _PURPOSE))

    def connect(self, kind: Kind, connection: Connection) -> RemoteRegistry:
        """A client that is not kept: the caller closes it."""
        options = Options(
            authorities=connection.ca,
            insecure=connection.insecure,
            proxy=self._options.proxy,
            addresses=self._options.addresses,
            limits=self._options.limits,
        )
        return self._connect(kind, connection.url, self.credential(connection), options)

    @asynccontextmanager
    async def use(
        self, actor: Actor, instance: Instance, needs: Capability | None = None
    ) -> AsyncIterator[RemoteRegistry]:
        """Its client, for those who have decided already; it stays open to the end of the block.

        `instance` must be as the database has it now: by its `updated_at` a change is noticed. The built-in
        registry acts under the name of the actor. Raises UNSUPPORTED where its kind has not what is needed.
        """
        if instance.kind == InstanceKind.KANGAROO:
            built_in = BuiltIn(self._inside, actor)
            _check(instance, built_in, needs)
            yield built_in
            return
        kept = self._kept(instance)
        kept.users += 1
        try:
            await self._close_retired()
            _check(instance, kept.client, needs)
            yield kept.client
        except InstanceFailure as failure:
            if self.report is not None and failure.reason not in _BLAMELESS:
                await self.report(instance, failure)
            raise
        finally:
            kept.users -= 1
            kept.used_at = time.monotonic()
            await self._close_retired()

    async def drop(self, instance: int) -> None:
        """It is no more, or no longer the same."""
        self._retire(instance)
        await self._close_retired()

    async def close(self) -> None:
        for instance in list(self._open):
            self._retire(instance)
        await self._close_retired()

    def _kept(self, instance: Instance) -> _Open:
        self._retire_idle()
        found = self._open.get(instance.id)
        if found is not None and found.made_for == instance.updated_at:
            return found
        self._retire(instance.id)
        found = self._open[instance.id] = _Open(
            self.connect(Kind(instance.kind), instance.connection), instance.updated_at
        )
        return found

    def _retire(self, instance: int) -> None:
        kept = self._open.pop(instance, None)
        if kept is not None:
            self._retired.append(kept)

    def _retire_idle(self) -> None:
        now = time.monotonic()
        if now - self._looked_at < IDLE_SECONDS / 10:
            return
        self._looked_at = now
        for instance, kept in list(self._open.items()):
            if not kept.users and now - kept.used_at > IDLE_SECONDS:
                self._retire(instance)

    async def _close_retired(self) -> None:
        """Those nobody uses."""
        over = [kept for kept in self._retired if not kept.users]
        self._retired = [kept for kept in self._retired if kept.users]
        for kept in over:
            await kept.client.close()


def _check(instance: Instance, client: RemoteRegistry, needs: Capability | None) -> None:
    if needs is not None and needs not in client.capabilities:
        raise InstanceFailure(Reason.UNSUPPORTED, kind=instance.kind, capability=str(needs))
