"""What we ask those who know people elsewhere: a directory (LDAP) and an OpenID provider.

Core knows these shapes only; the libraries that speak the protocols stay in `ldap` and `oidc`. Both raise
UNAVAILABLE, with the reason, when the other side cannot be reached or does not answer as it should.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectoryLink:
    """Where the directory is, and how people and groups are found in it; as Harbor's `ldap_*` keys say it.

    `search_dn` empty: as anonymous. Scopes: 0 the entry itself, 1 one level, 2 the whole tree. `timeout` in
    seconds.
    """

    url: str
    base_dn: str
    uid: str
    search_dn: str = ""
    search_password: str = field(default="", repr=False)
    filter: str = ""
    scope: int = 2
    timeout: int = 5
    verify_cert: bool = True
    group_base_dn: str = ""
    group_filter: str = ""
    group_name: str = "cn"
    group_scope: int = 2
    membership: str = "memberof"


@dataclass(frozen=True, slots=True)
class DirectoryGroup:
    dn: str
    name: str


@dataclass(frozen=True, slots=True)
class DirectoryUser:
    """`group_dns` is what the entry says; `groups` are those of them that the link's group settings let pass."""

    dn: str
    username: str
    realname: str
    email: str
    group_dns: tuple[str, ...] = ()
    groups: tuple[DirectoryGroup, ...] = ()


class Directory(Protocol):
    async def check(self, link: DirectoryLink) -> None:
        """Can it be reached, and does it accept the search account?"""
        ...

    async def sign_in(self, link: DirectoryLink, username: str, password: str) -> DirectoryUser | None:
        """With groups. None unless exactly one entry has the name and accepts the password."""
        ...

    async def users(self, link: DirectoryLink, username: str) -> list[DirectoryUser]:
        """Those with this name, all when it is empty; with groups when there is but one."""
        ...

    async def groups(self, link: DirectoryLink, *, name: str = "", dn: str = "") -> list[DirectoryGroup]:
        """That with this DN, or those with a name like this, or all; inside the group base."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class ProviderInfo:
    """What the discovery document says. Empty: the provider has no such endpoint."""

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    userinfo_endpoint: str = ""
    end_session_endpoint: str = ""
    secret_in_form: bool = False  # it takes the client's secret only as a field, not as Basic


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeExchange:
    """An authorisation code on its way to the token endpoint."""

    client_id: str
    client_secret: str = field(repr=False)
    code: str = field(repr=False)
    verifier: str = field(repr=False)  # of PKCE
    redirect_uri: str


@dataclass(frozen=True, slots=True)
class ProviderTokens:
    id_token: str = field(repr=False)
    access_token: str = field(repr=False)


class OidcProvider(Protocol):
    """`verify` False accepts any certificate."""

    async def discover(self, endpoint: str, *, verify: bool) -> ProviderInfo: ...

    async def keys(self, info: ProviderInfo, *, verify: bool) -> list[Mapping[str, Any]]:
        """JSON web keys."""
        ...

    async def exchange(self, info: ProviderInfo, code: CodeExchange, *, verify: bool) -> ProviderTokens:
        """Raises BAD_REQUEST when the provider refuses."""
        ...

    async def userinfo(self, info: ProviderInfo, access_token: str, *, verify: bool) -> Mapping[str, Any]: ...
