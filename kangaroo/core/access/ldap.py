"""What administrators do with the LDAP directory: try it, look for people and groups, bring people in."""

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access.configuration import Configuration
from kangaroo.core.access.decisions import Decisions
from kangaroo.core.access.directory import People
from kangaroo.remote.identity import DirectoryGroup, DirectoryLink, DirectoryUser


class Rejected(NamedTuple):
    """Somebody who could not be brought in, and why."""

    name: str
    reason: str


class Ldap:
    """Every method raises UNAUTHORIZED and FORBIDDEN as `Decisions.require` does, and UNAVAILABLE."""

    def __init__(self, decisions: Decisions, configuration: Configuration, people: People) -> None:
        self._decisions = decisions
        self._configuration = configuration
        self._people = people

    async def ping(self, actor: Actor, link: DirectoryLink | None = None) -> str:
        """Empty when the directory answers and accepts the search account, else what is wrong. Without `link` it
        is the configured one. The configured password is only ever sent where it is configured for.
        """
        await self._decisions.require(actor, "configuration", "read")
        try:
            chosen = await self._people.link() if link is None else await self._with_password(link)
            await self._people.check(chosen)
        except Failure as failure:
            if failure.code in (Code.UNAVAILABLE, Code.BAD_REQUEST):
                return failure.message()
            raise
        return ""

    async def users(self, actor: Actor, name: str = "") -> list[DirectoryUser]:
        """With this name; all without one."""
        await self._decisions.require(actor, "ldap-user", "list")
        return await self._people.users(name)

    async def groups(self, actor: Actor, *, name: str = "", dn: str = "") -> list[DirectoryGroup]:
        """With this DN, or a name like this; all without either. Raises NOT_FOUND when there is none."""
        await self._decisions.require(actor, "ldap-user", "list")
        found = await self._people.groups(name=name, dn=dn)
        if not found:
            raise Failure(Code.NOT_FOUND, what=f"LDAP group {name or dn}")
        return found

    async def bring_in(self, actor: Actor, names: Sequence[str]) -> list[Rejected]:
        """Makes users of them before they sign in. Returns who could not be. Raises PRECONDITION unless people
        sign in by the directory.
        """
        await self._decisions.require(actor, "ldap-user", "create")
        mode = (await self._configuration.values()).auth_mode
        if mode != "ldap_auth":
            raise Failure(Code.PRECONDITION, "auth_mode_other", wanted="ldap_auth", mode=mode)
        rejected = []
        for name in names:
            try:
                await self._people.admit(name)
            except Failure as failure:
                if failure.code.heals:
                    raise
                rejected.append(Rejected(name, failure.message()))
        return rejected

    async def _with_password(self, link: DirectoryLink) -> DirectoryLink:
        if link.search_password or not link.search_dn:
            return link
        values = await self._configuration.values()
        if (link.url, link.search_dn) != (values.ldap_url, values.ldap_search_dn):
            return link
        return replace(link, search_password=await self._configuration.secret("ldap_search_password"))
