"""Tag Ldap: what administrators do with the directory people sign in by."""

from typing import Any

from litestar import Response, get, post

from kangaroo.base.actors import Actor
from kangaroo.core.access import DirectoryLink
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.harbor.groups import GroupShape
from kangaroo.entrypoints.harbor.shapes import Body, Shape
from kangaroo.entrypoints.http.framework import Given


class LdapConf(Body):
    """Harbor's names; what is left out has the default of its configuration key."""

    ldap_url: str = ""
    ldap_search_dn: str = ""
    ldap_search_password: str = ""
    ldap_base_dn: str = ""
    ldap_filter: str = ""
    ldap_uid: str = "cn"
    ldap_scope: int = 2
    ldap_connection_timeout: int = 5
    ldap_verify_cert: bool = True

    @property
    def link(self) -> DirectoryLink:
        return DirectoryLink(
            url=self.ldap_url,
            base_dn=self.ldap_base_dn,
            uid=self.ldap_uid,
            search_dn=self.ldap_search_dn,
            search_password=self.ldap_search_password,
            filter=self.ldap_filter,
            scope=self.ldap_scope,
            timeout=min(max(self.ldap_connection_timeout, 1), 60),
            verify_cert=self.ldap_verify_cert,
        )


class PingResult(Shape):
    success: bool = False
    message: str = ""


class LdapUser(Shape):
    username: str = ""
    realname: str = ""
    email: str = ""


class Names(Body):
    ldap_uid_list: tuple[str, ...] = ()


class FailedImport(Shape):
    uid: str = ""
    error: str = ""


@post("/ldap/ping", status_code=200, while_read_only=True)
async def ping(actor: Given[Actor], services: Given[Services], data: LdapConf | None = None) -> PingResult:
    """The directory of the body, or without one the configured one."""
    wrong = await services.access.ldap.ping(actor, data.link if data and data.ldap_url else None)
    return PingResult(success=not wrong, message=f"error: {wrong}" if wrong else "")


@get("/ldap/users/search")
async def search_users(actor: Given[Actor], services: Given[Services], username: str = "") -> list[LdapUser]:
    found = await services.access.ldap.users(actor, username)
    return [LdapUser(username=one.username, realname=one.realname, email=one.email) for one in found]


@post("/ldap/users/import", status_code=200)
async def import_users(actor: Given[Actor], services: Given[Services], data: Names) -> Response[Any]:
    """404 with those who could not be brought in; the others were."""
    rejected = await services.access.ldap.bring_in(actor, data.ldap_uid_list)
    if not rejected:
        return done()
    return Response([FailedImport(uid=one.name, error=one.reason) for one in rejected], status_code=404)


@get("/ldap/groups/search")
async def search_groups(
    actor: Given[Actor], services: Given[Services], groupname: str = "", groupdn: str = ""
) -> list[GroupShape]:
    found = await services.access.ldap.groups(actor, name=groupname, dn=groupdn)
    return [GroupShape(group_name=one.name, ldap_group_dn=one.dn) for one in found]


HANDLERS = (ping, search_users, import_users, search_groups)
