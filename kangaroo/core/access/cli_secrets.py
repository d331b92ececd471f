"""For tools that know no browser: who signs in through an OpenID provider has a secret of his own here.

It stands for a password where one is asked for, at the registry and its token service; the database keeps its hash.
"""

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.accounts import is_oneself
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.journal import Deed
from kangaroo.core.access.passwords import Passwords, check_strength, random_secret
from kangaroo.store.meta import access_users, identities
from kangaroo.store.meta.access_users import ADMIN_ID
from kangaroo.store.meta.database import Database
from kangaroo.store.meta.identities import Identity


class CliSecrets:
    """Every method raises UNAUTHORIZED and FORBIDDEN as `Decisions.require` does."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        configuration: Configuration,
        decisions: Decisions,
        passwords: Passwords,
    ) -> None:
        self._database = database
        self._clock = clock
        self._configuration = configuration
        self._decisions = decisions
        self._passwords = passwords

    async def set(self, actor: Actor, user: int, secret: str) -> None:
        """One's own, or with the right to update users. Raises PRECONDITION unless people sign in by OpenID,
        BAD_REQUEST for a weak one, NOT_FOUND for who does not come through the provider.
        """
        mode = (await self._configuration.values()).auth_mode
        if mode != "oidc_auth":
            raise Failure(Code.PRECONDITION, "auth_mode_other", mode=mode, wanted="oidc_auth")
        await self._require_over(actor, user)
        check_strength(secret)
        async with self._passwords.turn():
            hashed = await self._passwords.hash(secret)
        async with self._database.write() as transaction:
            if not await identities.set_cli_secret(transaction, user, hashed, self._clock()):
                raise Failure(Code.NOT_FOUND, what=f"OIDC user {user}")
            found = await access_users.get(transaction, user)
            name = found.username if found else ""
            deed = Deed("update_user", name, text=f"update user with name: {name}: CLI secret")
            await self._decisions.journal.record(transaction, actor.name, deed)

    async def renew(self, actor: Actor, user: int) -> str:
        """A made up one: shown this once. Raises as `set` does."""
        secret = random_secret()
        await self.set(actor, user, secret)
        return secret

    async def identity(self, actor: Actor, user: int) -> Identity | None:
        """Who the user is at the provider; None while people sign in otherwise, or he does."""
        if not is_oneself(actor, user):
            await self._decisions.require(actor, "user", "read")
        if user == ADMIN_ID or (await self._configuration.values()).auth_mode != "oidc_auth":
            return None
        return await identities.get(self._database.lookup, user)

    async def shown_by(self, actor: Actor) -> bool:
        """Was it such a secret, if the actor showed a password?"""
        if actor.kind is not ActorKind.USER or actor.id == ADMIN_ID:
            return False
        return (await self._configuration.values()).auth_mode == "oidc_auth"

    async def _require_over(self, actor: Actor, user: int) -> None:
        """Oneself, or the right over users; but a robot has none over sysadmins: it could become one."""
        if is_oneself(actor, user):
            return
        await self._decisions.require(actor, "user", "update")
        if actor.kind is ActorKind.ROBOT:
            found = await access_users.get(self._database.lookup, user)
            if found is not None and (found.sysadmin or found.group_sysadmin):
                raise Failure(Code.FORBIDDEN, "user_protected", user=user, actor=actor.name)
