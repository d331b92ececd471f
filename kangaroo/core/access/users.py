"""People: making, changing and removing users; those only who sign in with a password we keep."""

from typing import Literal

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.base.query import Contains, ListQuery
from kangaroo.core.access.accounts import ADMIN, Accounts, is_oneself
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.journal import Deed
from kangaroo.core.access.passwords import check_strength, random_secret
from kangaroo.core.access.profiles import check_profile, check_username
from kangaroo.core.access.roles import Action
from kangaroo.core.access.signin import SignIn
from kangaroo.store.meta import access_users as rows
from kangaroo.store.meta import sessions
from kangaroo.store.meta.access_users import ADMIN_ID, Profile, User
from kangaroo.store.meta.database import Database, Duplicate, Transaction


class Users:
    def __init__(
        self,
        database: Database,
        clock: Clock,
        configuration: Configuration,
        decisions: Decisions,
        accounts: Accounts,
        signin: SignIn,
    ) -> None:
        self._database = database
        self._clock = clock
        self._configuration = configuration
        self._decisions = decisions
        self._accounts = accounts
        self._signin = signin

    async def create(
        self, actor: Actor, username: str, password: str, profile: Profile, *, in_browser: bool = False
    ) -> int:
        """Its id. Strangers may in a browser, where self-registration is on.

        Raises BAD_REQUEST with what is wrong, CONFLICT when name or address are taken, FORBIDDEN where people
        sign in elsewhere.
        """
        values = await self._configuration.values()
        if values.auth_mode != "db_auth":
            raise Failure(Code.FORBIDDEN, "users_elsewhere", mode=values.auth_mode)
        if not values.self_registration:
            await self._decisions.require(actor, "user", "create")
        elif not in_browser and not await self._decisions.may(actor, "user", "create"):
            raise Failure(Code.FORBIDDEN, "self_registration_api")
        check_username(username, values.robot_name_prefix)
        check_strength(password)
        check_profile(profile)
        secret = await self._hash(password)
        try:
            async with self._database.write() as transaction:
                identity = await rows.add(transaction, username, profile, secret, self._clock())
                who = actor.name if actor.known else username
                await self._decisions.journal.record(transaction, who, Deed("create_user", username))
        except Duplicate as error:
            what = f"user {username} or the address {profile.email}"
            raise Failure(Code.CONFLICT, what=what) from error
        return identity

    async def get(self, actor: Actor, user: int) -> User:
        """Oneself, or with the right to read users. Raises NOT_FOUND."""
        if not is_oneself(actor, user):
            await self._decisions.require(actor, "user", "read")
        return await self._found(user)

    async def current(self, actor: Actor) -> User:
        """Oneself. Raises PRECONDITION for who is no user."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        if actor.kind is not ActorKind.USER:
            reason = f"get current user not available for security context: {actor.kind}"
            raise Failure(Code.PRECONDITION, reason=reason)
        return await self._found(actor.id)

    async def page(self, actor: Actor, query: ListQuery) -> Page[User]:
        """By name, unless `query` says otherwise; it names Harbor's fields."""
        await self._decisions.require(actor, "user", "list")
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, query)

    async def search(self, actor: Actor, username: str, window: Window) -> Page[tuple[int, str]]:
        """Ids and names, for anybody signed in: to make somebody a member one has to find him."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        async with self._database.read() as snapshot:
            found = await rows.page(snapshot, ListQuery(window=window).where("username", Contains(username)))
        return Page([(user.id, user.username) for user in found.items], found.total)

    async def is_taken(self, actor: Actor, field: Literal["username", "email"], value: str) -> bool:
        """For who chooses a name. Raises PRECONDITION where only administrators choose one."""
        open_to_all = (await self._configuration.values()).self_registration
        if not open_to_all and not await self._decisions.may(actor, "user", "list"):
            raise Failure(Code.PRECONDITION, "self_registration_off")
        find = rows.id_of if field == "username" else rows.id_of_email
        return await find(self._database.lookup, value) is not None

    async def update(self, actor: Actor, user: int, profile: Profile) -> None:
        """One's own profile, or with the right to update users. Raises NOT_FOUND, BAD_REQUEST, CONFLICT."""
        await self._require_ours(actor, user)
        found = await self._require_over(actor, user, "update")
        check_profile(profile)
        try:
            async with self._database.write() as transaction:
                _must(await rows.set_profile(transaction, user, profile, self._clock()), user)
                await self._updated(transaction, actor, found.username)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"the address {profile.email}") from error

    async def set_sysadmin(self, actor: Actor, user: int, sysadmin: bool) -> None:
        """Only a sysadmin makes sysadmins, and the first user stays one. Raises NOT_FOUND, FORBIDDEN."""
        await self._decisions.require(actor, "user", "update")
        if actor.kind is ActorKind.ROBOT or (user == ADMIN_ID and not sysadmin):
            raise _protected(actor, user)
        found = await self._found(user)
        async with self._database.write() as transaction:
            _must(await rows.set_sysadmin(transaction, user, sysadmin, self._clock()), user)
            change = ": an administrator" if sysadmin else ": no administrator"
            await self._updated(transaction, actor, found.username, change)

    async def change_password(
        self, actor: Actor, user: int, new: str, *, old: str = "", source: str = ""
    ) -> None:
        """One's own takes the old one. Raises FORBIDDEN when that is wrong, TOO_MANY_REQUESTS when it often
        was, BAD_REQUEST for a weak new one or the same again, NOT_FOUND. All sessions of the user end.
        """
        await self._require_ours(actor, user)
        found = await self._require_over(actor, user, "update")
        if is_oneself(actor, user) and not await self._signin.is_password_of(found.username, old, source):
            raise Failure(Code.FORBIDDEN, "password_wrong")
        check_strength(new)
        account = await self._accounts.user(user)
        async with self._signin.passwords.turn():
            if account is not None and await self._signin.passwords.verify(account.secret, new):
                raise Failure(Code.BAD_REQUEST, "password_same")
            secret = await self._signin.passwords.hash(new)
        async with self._database.write() as transaction:
            _must(await rows.set_password(transaction, user, secret, self._clock()), user)
            await sessions.end_of_user(transaction, user)
            await self._updated(transaction, actor, found.username, ": password")

    async def delete(self, actor: Actor, user: int) -> None:
        """Raises FORBIDDEN for oneself and for the first user, NOT_FOUND."""
        await self._decisions.require(actor, "user", "delete")
        if is_oneself(actor, user) or user == ADMIN_ID:
            raise _protected(actor, user)
        found = await self._require_over(actor, user, "delete")
        async with self._database.write() as transaction:
            _must(await rows.remove(transaction, user), user)
            await self._decisions.journal.record(transaction, actor.name, Deed("delete_user", found.username))

    async def bootstrap(self, password: str | None) -> str | None:
        """The user admin, at the first start. Returns the password if it had to be made up: show it once.

        Raises INVALID_FIELD for a weak password.
        """
        if await rows.get(self._database.lookup, ADMIN_ID) is not None:
            return None
        made = None if password else random_secret()
        try:
            check_strength(password or made or "")
        except Failure as failure:
            raise Failure(Code.INVALID_FIELD, field="admin_password", reason=failure.message()) from failure
        secret = await self._hash(password or made or "")
        try:
            async with self._database.write() as transaction:
                await rows.add_admin(transaction, ADMIN, secret, self._clock())
        except Duplicate:  # another process was faster
            return None
        return made

    async def _updated(self, transaction: Transaction, actor: Actor, name: str, change: str = "") -> None:
        deed = Deed("update_user", name, text=f"update user with name: {name}{change}")
        await self._decisions.journal.record(transaction, actor.name, deed)

    async def _require_ours(self, actor: Actor, user: int) -> None:
        """Profile and password of who signs in elsewhere are not ours to change."""
        mode = (await self._configuration.values()).auth_mode
        if mode != "db_auth" and user != ADMIN_ID:
            if not actor.known:
                raise Failure(Code.UNAUTHORIZED)
            raise _protected(actor, user)

    async def _require_over(self, actor: Actor, user: int, action: Action) -> User:
        """Oneself, or the right over users; but a robot has none over sysadmins: it could become one."""
        if not is_oneself(actor, user):
            await self._decisions.require(actor, "user", action)
        found = await self._found(user)
        if (found.sysadmin or found.group_sysadmin) and actor.kind is ActorKind.ROBOT:
            raise _protected(actor, user)
        return found

    async def _found(self, user: int) -> User:
        found = await rows.get(self._database.lookup, user)
        if found is None:
            raise Failure(Code.NOT_FOUND, what=f"user {user}")
        return found

    async def _hash(self, password: str) -> str:
        async with self._signin.passwords.turn():
            return await self._signin.passwords.hash(password)


def _must(done: bool, user: int) -> None:
    if not done:
        raise Failure(Code.NOT_FOUND, what=f"user {user}")


def _protected(actor: Actor, user: int) -> Failure:
    return Failure(Code.FORBIDDEN, "user_protected", user=user, actor=actor.name)
