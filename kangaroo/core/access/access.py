"""Access, the whole subject behind one name: decisions, signing in, tokens, and the people, groups, robots and
members.
"""

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.accounts import Accounts
from kangaroo.core.access.api_tokens import PREFIX, ApiTokens
from kangaroo.core.access.bearers import Bearers
from kangaroo.core.access.cli_secrets import CliSecrets
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.configuring import Configuring
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.directory import People
from kangaroo.core.access.external import External
from kangaroo.core.access.groups import Groups
from kangaroo.core.access.ldap import Ldap
from kangaroo.core.access.members import Members, Newcomers
from kangaroo.core.access.oidc import Oidc
from kangaroo.core.access.robots import Robots
from kangaroo.core.access.roles import Role
from kangaroo.core.access.scopes import Scope
from kangaroo.core.access.secrets import Cipher
from kangaroo.core.access.sessions import Sessions
from kangaroo.core.access.signin import SignIn
from kangaroo.core.access.throttle import Throttle
from kangaroo.core.access.tokens import Token, TokenSigner
from kangaroo.core.access.users import Users
from kangaroo.remote.identity import Directory, OidcProvider
from kangaroo.store.meta import access_members
from kangaroo.store.meta.database import Database, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """`token_minutes` holds until an administrator configures another life of tokens.

    `secret_key` (32 bytes) encrypts credentials at rest; one made up, only this process can read them.
    `directory` and `provider` reach those who know people elsewhere; without one nobody signs in that way.
    """

    token_minutes: int = 30
    secret_key: bytes = field(default_factory=lambda: os.urandom(32), repr=False)
    directory: Directory | None = None
    provider: OidcProvider | None = None


class Access(Decisions):
    """One per process, in one event loop."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        signer: TokenSigner,
        settings: AccessSettings = AccessSettings(),
    ) -> None:
        defaults = {"token_expiration": settings.token_minutes}
        cipher = Cipher(settings.secret_key)
        self.configuration = configuration = Configuration(database, cipher, defaults)
        super().__init__(database, clock, configuration)
        self.configuring = Configuring(database, self, configuration)
        people = People(settings.directory, configuration, External(database, clock, configuration))
        self._accounts = Accounts(database, configuration)
        self._signin = SignIn(
            self._facts, self._accounts, people, Throttle(database, clock, self.journal), clock
        )
        self._bearers = Bearers(self._facts, self._accounts, signer, clock)
        self.api_tokens = ApiTokens(database, clock, self.journal)
        self.sessions = Sessions(database, clock, configuration, self.journal)
        self.users = Users(database, clock, configuration, self, self._accounts, self._signin)
        self.groups = Groups(database, clock, self, configuration, people)
        self.robots = Robots(database, clock, self, configuration)
        self.members = Members(database, clock, self, Newcomers(self._accounts, people, self.groups))
        self.ldap = Ldap(self, configuration, people)
        self.oidc = Oidc(database, clock, self, configuration, cipher, settings.provider)
        self.cli_secrets = CliSecrets(database, clock, configuration, self, self._signin.passwords)

    def cached_basic(self, username: str, password: str) -> Actor | None:
        """`authenticate_basic` without waiting, if it was right a minute ago; looks for changes first."""
        return self._signin.cached(username, password)

    async def authenticate_basic(self, username: str, password: str, source: str) -> Actor:
        """A user by name or address, or a robot by its prefix. `source` is the client's address, for the log.

        A user's password is ours, the directory's or a CLI secret, as people sign in here; the first user's is
        always ours. An API token of the user is as good.

        Raises UNAUTHORIZED for any reason not to believe it; TOO_MANY_REQUESTS, with `retry_after`, after
        three failures in a row, even if it is right now.
        """
        if password.startswith(PREFIX) and (bearer := await self.api_tokens.bearer_named(username, password)):
            return bearer
        return await self._signin.basic(username, password, source)

    async def authenticate_bearer(self, text: str) -> Actor:
        """Who shows an API token, or an ID token of the OpenID provider. Raises UNAUTHORIZED."""
        if text.startswith(PREFIX):
            return await self.api_tokens.authenticate(text)
        return await self.oidc.actor_of(text)

    async def user_actor(self, user: int) -> Actor:
        """The user of a session. Raises UNAUTHORIZED when there is none any more."""
        account = await self._accounts.user(user)
        if account is None:
            raise Failure(Code.UNAUTHORIZED)
        return account.actor

    async def issue_token(self, actor: Actor, scopes: Sequence[Scope]) -> Token:
        """For the bearer of a name, or for anonymous. Raises UNAUTHORIZED if he is no more."""
        minutes = (await self.configuration.values()).token_expiration
        return await self._bearers.issue(self, actor, scopes, minutes)

    def cached_token(self, text: str) -> Actor | None:
        """`verify_token` without waiting, if it was verified before; looks for changes first."""
        return self._bearers.cached(text)

    async def verify_token(self, text: str) -> Actor:
        """Who bears it, narrowed to what it was issued for. Raises UNAUTHORIZED."""
        return await self._bearers.verify(text)

    async def bootstrap(self, admin_password: str | None) -> str | None:
        """At every start: the user admin, unless there. Returns the password if made up: show it once."""
        return await self.users.bootstrap(admin_password)

    async def make_project_admin(self, transaction: Transaction, project_id: int, user_id: int) -> None:
        """Part of the making of a project, in its transaction; that has been decided already."""
        role = Role.PROJECT_ADMIN
        await access_members.add_user(transaction, project_id, user_id, role, self._now())
