"""A new password for a Harbor's administrator: Harbor first, then everything that knows the old one.

The new one is kept (encrypted) before Harbor is asked, so that a crash in between loses nothing: the next look at the
Harbor finds it and goes on.
"""

from dataclasses import replace

import msgspec

from kangaroo.base.actors import SYSTEM
from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.instances import Change, Credential, InstanceName, Which
from kangaroo.core.managed.composing import secrets as secret_pieces
from kangaroo.core.managed.ends import Ends
from kangaroo.core.managed.ground import Ground, name_of
from kangaroo.core.managed.names import HarborName
from kangaroo.core.managed.spec import Secrets
from kangaroo.store.meta import instances as instance_rows
from kangaroo.store.meta import managed as rows
from kangaroo.store.meta.managed import HarborRow

ADMINISTRATOR = "admin"


class Rotating:
    def __init__(self, ground: Ground) -> None:
        self._ground = ground

    async def rotate(self, harbor: HarborName, password: str) -> None:
        """For those who have decided. Raises PRECONDITION while it is no instance yet, and what Harbor says."""
        row = await self._ground.known(harbor)
        if row.instance is None:
            raise Failure(Code.PRECONDITION, "managed_password_early", name=harbor.name)
        meant = replace(row.meant, next_password=self._ground.seal_text(password))
        async with self._ground.database.write() as transaction:
            if not await rows.mean(transaction, row, meant, self._ground.clock()):
                raise Failure(Code.CONFLICT, "instance_changed", name=harbor.name)
        try:
            await self.settle(await self._ground.known(harbor))
        except Failure as failure:
            if not failure.code.heals:
                await self._forget(harbor)
            raise

    async def settle(self, row: HarborRow) -> None:
        """Goes on with a change that was begun; nothing without one. Raises what Harbor says."""
        if not row.meant.next_password or row.instance is None:
            return
        harbor, password, kept = (
            name_of(row),
            self._ground.text(row.meant.next_password),
            self._ground.secrets(row),
        )
        instance = await instance_rows.with_id(self._ground.database.lookup, row.instance)
        if instance is None:
            return
        try:
            connection = instance.connection
            options = replace(
                self._ground.outside.options, authorities=connection.ca, insecure=connection.insecure
            )
            old = Credential(ADMINISTRATOR, kept.admin)
            await self._ground.outside.change_password(connection.url, old, password, options)
        except InstanceFailure as failure:
            if failure.reason is not Reason.UNAUTHORIZED:
                raise
            # An attempt before this one may have come through: then Harbor knows the new one.
        which = Which(InstanceName(instance.name))
        await self._ground.instances.update(
            SYSTEM, which, Change(credential=Credential(ADMINISTRATOR, password))
        )
        await self._secret(harbor, msgspec.structs.replace(kept, admin=password))
        await self._done(harbor, password)

    async def _secret(self, harbor: HarborName, secrets: Secrets) -> None:
        """Harbor reads it at its first start alone; people read it too."""
        (piece,) = secret_pieces(harbor, Ends(), secrets)
        async with self._ground.cluster(harbor.place.cluster) as client:
            await client.apply(piece.kind, piece.object, force=True)

    async def _done(self, harbor: HarborName, password: str) -> None:
        row = await self._ground.known(harbor)
        secrets = msgspec.structs.replace(self._ground.secrets(row), admin=password)
        meant = replace(row.meant, secrets=self._ground.seal(secrets), next_password="")
        async with self._ground.database.write() as transaction:
            if not await rows.mean(transaction, row, meant, self._ground.clock()):
                raise Failure(Code.CONFLICT, "instance_changed", name=harbor.name)

    async def _forget(self, harbor: HarborName) -> None:
        row = await self._ground.known(harbor)
        async with self._ground.database.write() as transaction:
            await rows.mean(transaction, row, replace(row.meant, next_password=""), self._ground.clock())
