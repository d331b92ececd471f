"""People an identity provider vouches for: how they become users here, and what each sign-in brings up to date."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from kangaroo.base.clock import Clock
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.journal import Deed, Journal
from kangaroo.core.access.profiles import check_username, is_email
from kangaroo.store.meta import access_users, groups, identities
from kangaroo.store.meta.access_users import Profile
from kangaroo.store.meta.database import Database, Duplicate, Selects, Transaction
from kangaroo.store.meta.groups import UserGroup

LDAP_GROUP, HTTP_GROUP, OIDC_GROUP = 1, 2, 3
_LONGEST_NAME = 255


@dataclass(frozen=True, slots=True)
class Membership:
    """A group the provider named. `dn` in lower case, empty unless it is a directory's."""

    name: str
    dn: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """`subject` is how the provider tells him from all others; `sysadmin`, whether a group makes him one here."""

    provider: Literal["ldap", "oidc"]
    subject: str
    username: str
    realname: str = ""
    email: str = ""
    groups: tuple[Membership, ...] = ()
    sysadmin: bool = False

    @property
    def group_kind(self) -> int:
        return LDAP_GROUP if self.provider == "ldap" else OIDC_GROUP


_COMMENTS = {"ldap": "from LDAP.", "oidc": "Onboarded via OIDC provider"}


class External:
    def __init__(self, database: Database, clock: Clock, configuration: Configuration) -> None:
        self._database = database
        self._clock = clock
        self._configuration = configuration
        self._journal = Journal(configuration, clock)

    async def find(self, person: Person) -> int | None:
        """The user who is this person: an OpenID provider's by subject, a directory's by name (DNs change).

        Raises CONFLICT when the name is that of somebody the provider does not know.
        """
        lookup = self._database.lookup
        if person.provider == "oidc":
            found = await identities.of_subject(lookup, "oidc", person.subject)
            return None if found is None else found.user
        found = await identities.named(lookup, person.username)
        if found is not None and found.provider == "ldap":
            return found.user
        if found is not None or await access_users.id_of(lookup, person.username) is not None:
            raise Failure(Code.CONFLICT, what=f"user {person.username}")
        return None

    async def enrol(self, person: Person, username: str) -> int:
        """A new user. Raises BAD_REQUEST when he cannot be called so, CONFLICT when somebody is."""
        check_username(username, (await self._configuration.values()).robot_name_prefix)
        comment, realname = _COMMENTS[person.provider], person.realname or username
        now = self._clock()
        try:
            async with self._database.write() as transaction:
                email = person.email if is_email(person.email) else None
                if email and await access_users.id_of_email(transaction, email) is not None:
                    email = None
                profile = Profile(email, realname[:_LONGEST_NAME], comment)
                user = await access_users.add(transaction, username, profile, "", now)
                await identities.add(transaction, user, person.provider, person.subject, now)
                await self._bring_up_to_date(transaction, user, person)
                await self._journal.record(transaction, username, Deed("create_user", username))
        except Duplicate as error:
            raise Failure(Code.CONFLICT, what=f"user {username}") from error
        return user

    async def admit(self, person: Person) -> int:
        """The user who is this person, up to date; made at his first coming, by the provider's name for him."""
        user = await self.find(person)
        if user is None:
            try:
                return await self.enrol(person, person.username)
            except Failure as failure:
                user = await self.find(person)  # by another request at the same moment
                if failure.code is not Code.CONFLICT or user is None:
                    raise
        await self.refresh(user, person)
        return user

    async def refresh(self, user: int, person: Person) -> None:
        """Groups and rights by groups, as they are now. Writes only if they changed: every change to people makes
        all servers forget what they remember.
        """
        lookup = self._database.lookup
        known = await identities.get(lookup, user)
        if known is not None and (known.subject, known.group_sysadmin) == (person.subject, person.sysadmin):
            found = await _existing(lookup, person)
            complete = not _missing(person, found)
            if complete and {group.id for group in found} == await groups.of_user(lookup, user):
                return
        async with self._database.write() as transaction:
            await self._bring_up_to_date(transaction, user, person)

    async def _bring_up_to_date(self, transaction: Transaction, user: int, person: Person) -> None:
        found, now = await _existing(transaction, person), self._clock()
        if missing := _missing(person, found):
            for group in missing:
                name = group.name[:_LONGEST_NAME]
                await groups.make(transaction, name, person.group_kind, group.dn, now)
            found = await _existing(transaction, person)
        wanted, have = {group.id for group in found}, await groups.of_user(transaction, user)
        await groups.set_of_user(transaction, user, join=wanted - have, leave=have - wanted)
        await identities.set_subject(transaction, user, person.subject, now)
        await identities.set_group_sysadmin(transaction, user, person.sysadmin)


async def _existing(selects: Selects, person: Person) -> Sequence[UserGroup]:
    """A directory's groups may have got other names here: their DN counts."""
    if person.provider == "ldap":
        return await groups.of_dns(selects, LDAP_GROUP, [group.dn for group in person.groups])
    return await groups.named(selects, OIDC_GROUP, [group.name for group in person.groups])


def _missing(person: Person, found: Sequence[UserGroup]) -> list[Membership]:
    there = {group.ldap_dn or group.name for group in found}
    wanted = {group.dn or group.name: group for group in person.groups}
    return [group for key, group in wanted.items() if key not in there]
