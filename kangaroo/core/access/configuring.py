"""How administrators look at the configuration and change it (Harbor's `configurations`)."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, NamedTuple

import msgspec

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.configuration_keys import KEYS, SECRETS, Values, wrong_with
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.journal import Deed
from kangaroo.store.meta import configurations as rows
from kangaroo.store.meta.database import Database, Selects


class Shown(NamedTuple):
    value: Any
    editable: bool


class Configuring:
    """Both methods raise UNAUTHORIZED and FORBIDDEN as `Decisions.require` does."""

    def __init__(self, database: Database, decisions: Decisions, configuration: Configuration) -> None:
        self._database = database
        self._decisions = decisions
        self._configuration = configuration

    async def show(self, actor: Actor) -> dict[str, Shown]:
        """Everything but secrets. How people sign in is fixed once there are people."""
        await self._decisions.require(actor, "configuration", "read")
        async with self._database.read() as snapshot:
            values = self._configuration.read(await rows.everything(snapshot))
            fixed = {"auth_mode"} if await rows.has_users(snapshot) else set[str]()
        return {key: Shown(value, key not in fixed) for key, value in asdict(values).items()}

    async def change(self, actor: Actor, changes: Mapping[str, Any]) -> None:
        """Values of the keys' types; unknown keys are ignored. Raises BAD_REQUEST with what is wrong."""
        await self._decisions.require(actor, "configuration", "update")
        known = {key: value for key, value in changes.items() if key in KEYS}
        for key, value in known.items():
            if reason := wrong_with(key, value):
                raise Failure(Code.BAD_REQUEST, reason=reason)
        stored = {key: _json(value) for key, value in known.items()}
        for name in SECRETS:
            if name in changes:
                stored[name] = _json(self._configuration.sealed(name, changes[name]))
        async with self._database.write() as transaction:
            before = await rows.everything(transaction)
            old, new = self._configuration.read(before), self._configuration.read({**before, **stored})
            await _check(transaction, old, new)
            text = f"update configuration: {', '.join(sorted(stored))}"
            deed = Deed("update_configuration", "configuration", text=text)  # by the switches as they were
            await self._decisions.journal.record(transaction, actor.name, deed)
            await rows.put(transaction, stored)


async def _check(selects: Selects, old: Values, new: Values) -> None:
    """What must hold between keys."""
    if new.auth_mode != old.auth_mode and await rows.has_users(selects):
        raise Failure(Code.BAD_REQUEST, "auth_mode_fixed")
    audit = (new.skip_audit_log_database, new.audit_log_forward_endpoint)
    if audit != (old.skip_audit_log_database, old.audit_log_forward_endpoint) and audit == (True, ""):
        reason = "audit log forward endpoint should be configured before enable skip audit log in database"
        raise Failure(Code.BAD_REQUEST, reason=reason)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
