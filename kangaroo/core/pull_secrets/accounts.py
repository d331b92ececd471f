"""Attaching the secret to service accounts, and taking it off again, without touching what others attached. Pure.

`imagePullSecrets` is one value to server-side apply: whoever applies it owns, and so replaces, all of it. So it is
changed by JSON patches that only hold for the very version that was looked at; a failed test is tried again.
"""

import re
from collections.abc import Collection, Iterable

from kangaroo.base.errors import Code, Failure
from kangaroo.core.pull_secrets.objects import NAME
from kangaroo.kube.contract import Object, Operation

MOST = 50  # accounts of one namespace
_ENTRY = {"name": NAME}
_SUBDOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")  # RFC 1123


def attached(account: Object) -> bool:
    return _ENTRY in _entries(account)


def attaching(account: Object) -> list[Operation]:
    """Nothing when it is attached."""
    if attached(account):
        return []
    if _entries(account):
        return [_unchanged(account), Operation("add", "/imagePullSecrets/-", _ENTRY)]
    return [_unchanged(account), Operation("add", "/imagePullSecrets", [_ENTRY])]


def detaching(account: Object) -> list[Operation]:
    """Nothing when it is not attached. From the end, so that no index moves before it is used."""
    places = [place for place, entry in enumerate(_entries(account)) if entry == _ENTRY]
    if not places:
        return []
    removed = [Operation("remove", f"/imagePullSecrets/{place}") for place in reversed(places)]
    return [_unchanged(account), *removed]


def valid(names: Iterable[str]) -> tuple[str, ...]:
    """Those that can be names of service accounts, in order: what somebody wrote on his namespace harms only him."""
    return tuple(sorted({one for one in names if _SUBDOMAIN.fullmatch(one)}))[:MOST]


def checked(names: Collection[str]) -> tuple[str, ...]:
    """Raises INVALID_FIELD."""
    wrong = sorted(one for one in names if not _SUBDOMAIN.fullmatch(one))
    if wrong:
        raise Failure(Code.INVALID_FIELD, field="accounts", reason=f"{wrong[0][:80]!r} is no service account")
    if len(set(names)) > MOST:
        raise Failure(Code.INVALID_FIELD, field="accounts", reason=f"there may be {MOST} of them")
    return tuple(sorted(set(names)))


def _entries(account: Object) -> list[Object]:
    return account.get("imagePullSecrets") or []


def _unchanged(account: Object) -> Operation:
    return Operation("test", "/metadata/resourceVersion", account["metadata"]["resourceVersion"])
