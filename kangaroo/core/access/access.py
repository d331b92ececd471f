"""Access, the whole subject behind one name: decisions, signing in, tokens, and the people, robots and
members.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kangaroo.base.actors import Actor
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.accounts import Accounts
from kangaroo.core.access.bearers import Bearers
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.members import Members
from kangaroo.core.access.robots import Robots
from kangaroo.core.access.roles import Role
from kangaroo.core.access.scopes import Scope
from kangaroo.core.access.signin import SignIn
from kangaroo.core.access.tokens import Token, TokenSigner
from kangaroo.core.access.users import Users
from kangaroo.store.meta import access_members
from kangaroo.store.meta.database import Database, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessSettings:
    """`robot_days` is the life of a robot that asks for the default."""

    token_minutes: int = 30
    robot_prefix: str = "robot$"
    robot_days: int = 30


class Access(Decisions):
    """One per process, in one event loop."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        signer: TokenSigner,
        settings: AccessSettings = AccessSettings(),
    ) -> None:
        super().__init__(database, clock)
        self._minutes = settings.token_minutes
        self._accounts = Accounts(database, settings.robot_prefix)
        self._signin = SignIn(database, clock, self._facts, self._accounts)
        self._bearers = Bearers(self._facts, self._accounts, signer, clock)
        self.users = Users(database, clock, self, self._accounts, self._signin)
        self.robots = Robots(database, clock, self, prefix=settings.robot_prefix, days=settings.robot_days)
        self.members = Members(database, clock, self, self._accounts)

    def cached_basic(self, username: str, password: str) -> Actor | None:
        """`authenticate_basic` without waiting, if it was right a minute ago; looks for changes first."""
        return self._signin.cached(username, password)

    async def authenticate_basic(self, username: str, password: str, source: str) -> Actor:
        """A user, or a robot by its prefix. `source` is the client's address, for the log.

        Raises UNAUTHORIZED for any reason not to believe it; TOO_MANY_REQUESTS, with `retry_after`, after
        three failures in a row, even if it is right now.
        """
        return await self._signin.basic(username, password, source)

    async def user_actor(self, user: int) -> Actor:
        """The user of a session. Raises UNAUTHORIZED when there is none any more."""
        account = await self._accounts.user(user)
        if account is None:
            raise Failure(Code.UNAUTHORIZED)
        return account.actor

    async def issue_token(self, actor: Actor, scopes: Sequence[Scope]) -> Token:
        """For the bearer of a name, or for anonymous. Raises UNAUTHORIZED if he is no more."""
        return await self._bearers.issue(self, actor, scopes, self._minutes)

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
