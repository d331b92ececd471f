"""People of an LDAP directory: who they are by the configuration's `ldap_*` keys, and how they become users here."""

import logging
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.accounts import ADMIN
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.external import External, Membership, Person
from kangaroo.remote.identity import Directory, DirectoryGroup, DirectoryLink, DirectoryUser

QUEUE = 64
log = logging.getLogger(__name__)
_COMMA = re.compile(r"(?<!\\),")
_LONGEST_PASSWORD = 1024


class People:
    def __init__(self, directory: Directory | None, configuration: Configuration, external: External) -> None:
        self._directory = directory
        self._configuration = configuration
        self._external = external
        self._waiting = 0

    async def sign_in(self, name: str, password: str) -> int | None:
        """The user, up to date with the directory; made at the first sign-in. None for a wrong name or password.

        Raises CONFLICT when the name is somebody else's here; UNAVAILABLE, TOO_MANY_REQUESTS.
        """
        if (
            not 0 < len(password) <= _LONGEST_PASSWORD
        ):  # without a password a directory lets in anybody, as nobody
            return None
        async with self._turn() as directory:
            found = await directory.sign_in(await self.link(), name, password)
        if found is None:
            return None
        try:
            return await self._external.admit(await self._person(found))
        except Failure as failure:
            if failure.code not in (Code.CONFLICT, Code.BAD_REQUEST):
                raise
            log.warning("%r of the directory cannot sign in: %s", found.username, failure)
            return None

    async def admit(self, name: str) -> int:
        """The user of this name in the directory, made unless he is there. Raises NOT_FOUND, CONFLICT."""
        async with self._turn() as directory:
            found = await directory.users(await self.link(), name) if name else []
        if len(found) != 1:
            raise Failure(Code.NOT_FOUND, what=f"user {name}")
        return await self._external.admit(await self._person(found[0]))

    async def users(self, name: str) -> list[DirectoryUser]:
        """With this name; all without one."""
        async with self._turn() as directory:
            return await directory.users(await self.link(), name)

    async def groups(self, *, name: str = "", dn: str = "") -> list[DirectoryGroup]:
        async with self._turn() as directory:
            return await directory.groups(await self.link(), name=name, dn=dn)

    async def check(self, link: DirectoryLink) -> None:
        async with self._turn() as directory:
            await directory.check(link)

    async def link(self) -> DirectoryLink:
        """Raises BAD_REQUEST when nobody has configured a directory."""
        values = await self._configuration.values()
        if not values.ldap_url or not values.ldap_base_dn:
            raise Failure(Code.BAD_REQUEST, reason="ldap_url and ldap_base_dn are not configured")
        return DirectoryLink(
            url=values.ldap_url,
            base_dn=values.ldap_base_dn,
            uid=values.ldap_uid,
            search_dn=values.ldap_search_dn,
            search_password=await self._configuration.secret("ldap_search_password"),
            filter=values.ldap_filter,
            scope=values.ldap_scope,
            timeout=values.ldap_timeout,
            verify_cert=values.ldap_verify_cert,
            group_base_dn=values.ldap_group_base_dn or values.ldap_base_dn,
            group_filter=values.ldap_group_search_filter,
            group_name=values.ldap_group_attribute_name or "cn",
            group_scope=values.ldap_group_search_scope,
            membership=values.ldap_group_membership_attribute,
        )

    async def _person(self, found: DirectoryUser) -> Person:
        admins = canonical_dn((await self._configuration.values()).ldap_group_admin_dn)
        if found.username == ADMIN:  # he is ours, whoever has his name there
            raise Failure(Code.CONFLICT, what=f"user {ADMIN}")
        return Person(
            provider="ldap",
            subject=found.dn,
            username=found.username,
            realname=found.realname,
            email=found.email or (found.username if "@" in found.username else ""),
            groups=tuple(Membership(group.name, canonical_dn(group.dn)) for group in found.groups),
            sysadmin=bool(admins) and admins in map(canonical_dn, found.group_dns),
        )

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[Directory]:
        """A slow directory must not gather all requests there are."""
        if self._directory is None:
            raise Failure(Code.UNAVAILABLE, what="LDAP", reason="no client for it is wired")
        if self._waiting >= QUEUE:
            raise Failure(Code.TOO_MANY_REQUESTS, retry_after=2, seconds=2)
        self._waiting += 1
        try:
            yield self._directory
        finally:
            self._waiting -= 1


def canonical_dn(dn: str) -> str:
    """As it is compared: blind to case, and to blanks around its parts."""
    parts = (part.partition("=") for part in _COMMA.split(dn.strip().lower()))
    return ",".join(f"{name.strip()}{equals}{value.strip()}" for name, equals, value in parts)
