"""Whether an instance is what it is said to be, before it is accepted: fields here, the rest by asking it."""

import re
import time
from collections.abc import Awaitable
from urllib.parse import urlsplit

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.core.instances.health import Finding
from kangaroo.core.instances.points import PLATFORM
from kangaroo.remote.contract import RemoteRegistry
from kangaroo.remote.values import Account, Credential, Identity, Kind

LONGEST_URL, LONGEST_TEXT, LONGEST_CA = 1024, 1000, 256 << 10
_HOST = re.compile(r"[A-Za-z0-9._:\[\]-]+")
_PRIVILEGED = frozenset({Account.ADMIN, Account.ROBOT})


def checked_url(text: str) -> str:
    """As it is kept: scheme and host in lower case, no slash at the end. Raises INVALID_FIELD."""
    if len(text) > LONGEST_URL or not text.isprintable():
        raise _wrong("url", "it is too long, or holds control characters")
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError as error:
        raise _wrong("url", str(error)) from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise _wrong("url", "begin it with http:// or https:// and a host")
    if parts.username is not None or parts.query or parts.fragment or not _HOST.fullmatch(parts.netloc):
        raise _wrong("url", "only scheme, host, port and a path: no user, query or fragment")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    default = {"http": 80, "https": 443}[parts.scheme]
    place = host if port in (None, default) else f"{host}:{port}"
    return f"{parts.scheme}://{place}{parts.path.rstrip('/')}"


def checked_credential(kind: Kind, credential: Credential | None) -> Credential | None:
    """Raises INVALID_FIELD."""
    if credential is None or not (credential.username or credential.password):
        if kind is Kind.HARBOR:
            raise _wrong("credential", "Harbor needs a user name and a password")
        return None
    for name, value in (("username", credential.username), ("password", credential.password)):
        if len(value) > LONGEST_TEXT or not value.isprintable():
            raise _wrong(f"credential.{name}", "it is too long, or holds control characters")
    if not (credential.username and credential.password) or ":" in credential.username:
        raise _wrong("credential", "give a user name (without a colon) and a password, or neither")
    return credential


def checked_text(name: str, text: str, longest: int = LONGEST_TEXT) -> str:
    """Raises INVALID_FIELD."""
    if len(text) > longest:
        raise _wrong(name, f"it is longer than {longest}")
    return text


def checked_account(identity: Identity, url: str, workspace: int) -> None:
    """Raises NOT_ADMIN: whoever manages the spaces of a Harbor for the platform must be allowed to."""
    if workspace == PLATFORM and identity.kind is Kind.HARBOR and identity.account not in _PRIVILEGED:
        raise InstanceFailure(Reason.NOT_ADMIN, user=identity.user, url=url)


async def identified(client: RemoteRegistry, url: str, workspace: int) -> Finding:
    """All that can be wrong with an instance, or its version."""

    async def ask() -> str:
        identity = await client.identify()
        checked_account(identity, url, workspace)
        return identity.version

    return await found(ask())


async def probed(client: RemoteRegistry) -> Finding:
    """Whether it works now."""

    async def ask() -> None:
        await client.probe()

    return await found(ask())


async def found(question: Awaitable[str | None]) -> Finding:
    """What came out of it, and how long it took."""
    start = time.perf_counter_ns()
    failure, version = None, None
    try:
        version = await question
    except Failure as error:
        failure = error
    return Finding(failure, version, (time.perf_counter_ns() - start) // 1000)


def _wrong(field: str, reason: str) -> Failure:
    return Failure(Code.INVALID_FIELD, field=field, reason=reason)
