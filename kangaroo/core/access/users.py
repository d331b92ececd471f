"""People: making, changing and removing users. Harbor's rules for names, passwords and profiles."""

import re

from kangaroo.base.actors import Actor, ActorKind
from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Page, Window
from kangaroo.core.access.accounts import Accounts
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.passwords import check_strength, random_secret
from kangaroo.core.access.roles import Action
from kangaroo.core.access.signin import SignIn
from kangaroo.store.meta import access_users as rows
from kangaroo.store.meta.access_users import ADMIN_ID, Profile, User
from kangaroo.store.meta.database import Database, Duplicate

ADMIN = "admin"
_RESERVED = frozenset({"anonymous", "system"})  # what audit calls those who are no users
_FORBIDDEN = frozenset(",~#$%:")
_EMAIL = re.compile(r"[^@\s,;:<>()\[\]\\\"]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}")


class Users:
    def __init__(
        self, database: Database, clock: Clock, decisions: Decisions, accounts: Accounts, signin: SignIn
    ) -> None:
        self._database = database
        self._clock = clock
        self._decisions = decisions
        self._accounts = accounts
        self._signin = signin

    async def create(self, actor: Actor, username: str, password: str, profile: Profile) -> int:
        """Its id. Raises BAD_REQUEST with what is wrong, CONFLICT when name or address are taken."""
        await self._decisions.require(actor, "user", "create")
        await self._check_name(username)
        check_strength(password)
        _check_profile(profile)
        secret = await self._hash(password)
        try:
            async with self._database.write() as transaction:
                return await rows.add(transaction, username, profile, secret, self._clock())
        except Duplicate as error:
            what = f"user {username} or the address {profile.email}"
            raise Failure(Code.CONFLICT, what=what) from error

    async def get(self, actor: Actor, user: int) -> User:
        """Oneself, or with the right to read users. Raises NOT_FOUND."""
        if not _is(actor, user):
            await self._decisions.require(actor, "user", "read")
        return await self._found(user)

    async def page(self, actor: Actor, window: Window, *, username: str = "", email: str = "") -> Page[User]:
        """By name; `username` and `email` are parts to look for."""
        await self._decisions.require(actor, "user", "list")
        async with self._database.read() as snapshot:
            return await rows.page(snapshot, window, username=username, email=email)

    async def search(self, actor: Actor, username: str, window: Window) -> Page[tuple[int, str]]:
        """Ids and names, for anybody signed in: to make somebody a member one has to find him."""
        if not actor.known:
            raise Failure(Code.UNAUTHORIZED)
        async with self._database.read() as snapshot:
            found = await rows.page(snapshot, window, username=username, email="")
        return Page([(user.id, user.username) for user in found.items], found.total)

    async def update(self, actor: Actor, user: int, profile: Profile) -> None:
        """One's own profile, or with the right to update users. Raises NOT_FOUND, BAD_REQUEST, CONFLICT."""
        await self._require_over(actor, user, "update")
        _check_profile(profile)
        try:
            async with self._database.write() as transaction:
                _must(await rows.set_profile(transaction, user, profile, self._clock()), user)
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"the address {profile.email}") from error

    async def set_sysadmin(self, actor: Actor, user: int, sysadmin: bool) -> None:
        """Only a sysadmin makes sysadmins, and the first user stays one. Raises NOT_FOUND, FORBIDDEN."""
        await self._decisions.require(actor, "user", "update")
        if actor.kind is ActorKind.ROBOT or (user == ADMIN_ID and not sysadmin):
            raise _protected(actor, user)
        async with self._database.write() as transaction:
            _must(await rows.set_sysadmin(transaction, user, sysadmin, self._clock()), user)

    async def change_password(
        self, actor: Actor, user: int, new: str, *, old: str = "", source: str = ""
    ) -> None:
        """One's own takes the old one. Raises FORBIDDEN when that is wrong, TOO_MANY_REQUESTS when it often
        was, BAD_REQUEST for a weak new one or the same again, NOT_FOUND.
        """
        found = await self._require_over(actor, user, "update")
        if _is(actor, user) and not await self._signin.is_password_of(found.username, old, source):
            raise Failure(Code.FORBIDDEN, "password_wrong")
        check_strength(new)
        account = await self._accounts.user(user)
        async with self._signin.passwords.turn():
            if account is not None and await self._signin.passwords.verify(account.secret, new):
                raise Failure(Code.BAD_REQUEST, "password_same")
            secret = await self._signin.passwords.hash(new)
        async with self._database.write() as transaction:
            _must(await rows.set_password(transaction, user, secret, self._clock()), user)

    async def delete(self, actor: Actor, user: int) -> None:
        """Raises FORBIDDEN for oneself and for the first user, NOT_FOUND."""
        await self._decisions.require(actor, "user", "delete")
        if _is(actor, user) or user == ADMIN_ID:
            raise _protected(actor, user)
        await self._require_over(actor, user, "delete")
        async with self._database.write() as transaction:
            _must(await rows.remove(transaction, user), user)

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

    async def _require_over(self, actor: Actor, user: int, action: Action) -> User:
        """Oneself, or the right over users; but a robot has none over sysadmins: it could become one."""
        if not _is(actor, user):
            await self._decisions.require(actor, "user", action)
        found = await self._found(user)
        if found.sysadmin and actor.kind is ActorKind.ROBOT:
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

    async def _check_name(self, name: str) -> None:
        good = 0 < len(name) <= 255 and name.isprintable() and name == name.strip()
        if (
            not good
            or _FORBIDDEN.intersection(name)
            or await self._accounts.is_robot(name)
            or name.lower() in _RESERVED
        ):
            raise Failure(Code.BAD_REQUEST, "username_invalid", name=name[:255])


def _is(actor: Actor, user: int) -> bool:
    return actor.kind is ActorKind.USER and actor.id == user and actor.scopes is None


def _must(done: bool, user: int) -> None:
    if not done:
        raise Failure(Code.NOT_FOUND, what=f"user {user}")


def _protected(actor: Actor, user: int) -> Failure:
    return Failure(Code.FORBIDDEN, "user_protected", user=user, actor=actor.name)


def _check_profile(profile: Profile) -> None:
    if not profile.email or len(profile.email) > 255 or not _EMAIL.fullmatch(profile.email):
        raise Failure(Code.BAD_REQUEST, reason="the e-mail address is missing or malformed")
    if len(profile.realname) > 255 or _FORBIDDEN.difference(":").intersection(profile.realname):
        raise Failure(
            Code.BAD_REQUEST, reason="the real name takes at most 255 characters, none of , ~ # $ %"
        )
    if len(profile.comment) > 30:
        raise Failure(Code.BAD_REQUEST, reason="the comment takes at most 30 characters")
    if "\0" in profile.realname + profile.comment:
        raise Failure(Code.BAD_REQUEST, reason="texts cannot hold the character NUL")
