"""An LDAP directory by ldap3, which waits: in threads, a few at a time (RFC 4511; behaviour of Harbor's src/pkg/ldap).

Names that clients type are escaped before they become part of a filter. Referrals are not followed: credentials go
to the configured server only.
"""

import asyncio
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import ldap3
from ldap3.core.exceptions import LDAPException, LDAPInvalidDnError
from ldap3.utils.conv import escape_filter_chars
from ldap3.utils.dn import parse_dn

from kangaroo.base.errors import Code, Failure
from kangaroo.remote.identity import DirectoryGroup, DirectoryLink, DirectoryUser

AT_ONCE = 8
_MOST_ENTRIES = 1000
_SCOPES = {0: ldap3.BASE, 1: ldap3.LEVEL, 2: ldap3.SUBTREE}
_SUCCESS, _SIZE_LIMIT, _NO_SUCH_OBJECT, _BUSY, _UNAVAILABLE = 0, 4, 32, 51, 52
T = TypeVar("T")
Dn = tuple[tuple[str, str, str], ...]


class LdapDirectory:
    """Implements `remote.identity.Directory`."""

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="ldap")

    async def check(self, link: DirectoryLink) -> None:
        def check() -> None:
            with _searching(link):
                pass

        await self._apart(link, check)

    async def sign_in(self, link: DirectoryLink, username: str, password: str) -> DirectoryUser | None:
        def sign_in() -> DirectoryUser | None:
            with _searching(link) as connection:
                found = _users(connection, link, username)
                if len(found) != 1 or not _accepts(link, found[0].dn, password):
                    return None
                return _with_groups(connection, link, found[0])

        return await self._apart(link, sign_in)

    async def users(self, link: DirectoryLink, username: str) -> list[DirectoryUser]:
        def users() -> list[DirectoryUser]:
            with _searching(link) as connection:
                found = _users(connection, link, username)
                return [_with_groups(connection, link, found[0])] if len(found) == 1 else found

        return await self._apart(link, users)

    async def groups(self, link: DirectoryLink, *, name: str = "", dn: str = "") -> list[DirectoryGroup]:
        def groups() -> list[DirectoryGroup]:
            with _searching(link) as connection:
                if dn:
                    return _group(connection, link, dn)
                return _groups(connection, link, link.group_base_dn, link.group_scope, name)

        return await self._apart(link, groups)

    async def _apart(self, link: DirectoryLink, work: Callable[[], T]) -> T:
        def guarded() -> T:
            try:
                return work()
            except (LDAPException, OSError, ssl.SSLError, ValueError) as error:
                raise _unavailable(f"{link.url}: {error or type(error).__name__}") from error

        return await asyncio.get_running_loop().run_in_executor(self._threads, guarded)


def _server(link: DirectoryLink) -> ldap3.Server:
    url = urlsplit(link.url if "://" in link.url else f"ldap://{link.url}")
    if url.scheme not in ("ldap", "ldaps") or not url.hostname:
        raise _unavailable(f"{link.url!r} is no ldap:// or ldaps:// URL")
    secure = url.scheme == "ldaps" or url.port == 636
    tls = ldap3.Tls(validate=ssl.CERT_REQUIRED if link.verify_cert else ssl.CERT_NONE) if secure else None
    return ldap3.Server(
        url.hostname,
        port=url.port or (636 if secure else 389),
        use_ssl=secure,
        tls=tls,
        connect_timeout=link.timeout,
        get_info=ldap3.NONE,
    )


def _connection(link: DirectoryLink, dn: str, password: str) -> Any:
    return ldap3.Connection(
        _server(link),
        user=dn or None,
        password=password if dn else None,
        authentication=ldap3.SIMPLE if dn else ldap3.ANONYMOUS,
        receive_timeout=link.timeout,
        auto_referrals=False,
        raise_exceptions=False,
        check_names=False,
        read_only=True,
    )


@contextmanager
def _searching(link: DirectoryLink) -> Iterator[Any]:
    """A connection that may search. Raises UNAVAILABLE when the search account is refused."""
    connection = _connection(link, link.search_dn, link.search_password)
    try:
        if (link.search_dn and not link.search_password) or not connection.bind():
            said = connection.result["description"] if connection.result else "no password is configured"
            raise _unavailable(f"it refuses the search account {link.search_dn!r}: {said}")
        yield connection
    finally:
        connection.unbind()


def _accepts(link: DirectoryLink, dn: str, password: str) -> bool:
    connection = _connection(link, dn, password)
    try:
        if connection.bind():
            return True
        if connection.result["result"] in (_BUSY, _UNAVAILABLE):
            raise _unavailable(f"sign-in of {dn!r}: {connection.result['description']}")
        return False
    finally:
        connection.unbind()


def _users(connection: Any, link: DirectoryLink, username: str) -> list[DirectoryUser]:
    wanted = f"({link.uid}={escape_filter_chars(username) or '*'})"
    attributes = list(dict.fromkeys([link.uid, "uid", "cn", "mail", "email", link.membership]))
    entries = _search(
        connection,
        link.base_dn,
        _SCOPES[link.scope],
        _both(link.filter, wanted),
        [a for a in attributes if a],
    )
    found = []
    for dn, values in entries:
        name = _first(values, link.uid)
        if name:
            realname = _first(values, "cn") or _first(values, "uid")
            email = _first(values, "mail") or _first(values, "email")
            member_of = tuple(values.get(link.membership.lower(), ()))
            found.append(DirectoryUser(dn, name, realname, email, member_of))
    return found


def _with_groups(connection: Any, link: DirectoryLink, user: DirectoryUser) -> DirectoryUser:
    groups = [group for dn in user.group_dns for group in _group(connection, link, dn)]
    return DirectoryUser(user.dn, user.username, user.realname, user.email, user.group_dns, tuple(groups))


def _group(connection: Any, link: DirectoryLink, dn: str) -> list[DirectoryGroup]:
    """The group of this DN, if it is one by the link's settings."""
    try:
        base, parts = _parsed(link.group_base_dn or link.base_dn), _parsed(dn)
    except LDAPInvalidDnError:
        return []
    if parts[-len(base) :] != base:
        return []
    return _groups(connection, link, dn, 0, "")


def _groups(connection: Any, link: DirectoryLink, base: str, scope: int, name: str) -> list[DirectoryGroup]:
    wanted = f"({link.group_name}={f'*{escape_filter_chars(name)}*' if name else '*'})"
    entries = _search(connection, base, _SCOPES[scope], _both(link.group_filter, wanted), [link.group_name])
    return [DirectoryGroup(dn, _first(values, link.group_name) or dn) for dn, values in entries]


def _search(
    connection: Any, base: str, scope: str, wanted: str, attributes: list[str]
) -> list[tuple[str, dict[str, list[str]]]]:
    """DN and values by attribute in lower case; at most so many."""
    connection.search(
        base, wanted, search_scope=scope, attributes=attributes, size_limit=_MOST_ENTRIES, time_limit=30
    )
    code = connection.result["result"]
    if code == _NO_SUCH_OBJECT:
        return []
    if code not in (_SUCCESS, _SIZE_LIMIT):
        raise _unavailable(f"search below {base!r}: {connection.result['description']}")
    entries = [entry for entry in connection.response if entry["type"] == "searchResEntry"]
    return [(entry["dn"], _texts(entry["raw_attributes"])) for entry in entries]


def _texts(raw: dict[str, list[bytes]]) -> dict[str, list[str]]:
    return {
        name.lower(): [value.decode("utf-8", "replace").strip() for value in values]
        for name, values in raw.items()
    }


def _first(values: dict[str, list[str]], name: str) -> str:
    return next(iter(values.get(name.lower(), ())), "")


def _both(configured: str, wanted: str) -> str:
    """The configured filter may lack its parentheses."""
    configured = configured.strip()
    if not configured:
        return wanted
    return f"(&{configured if configured.startswith('(') else f'({configured})'}{wanted})"


def _parsed(dn: str) -> Dn:
    return tuple((name.lower(), value.lower(), "") for name, value, _ in parse_dn(dn))


def _unavailable(reason: str) -> Failure:
    return Failure(Code.UNAVAILABLE, what="the LDAP directory", reason=reason[:500])
