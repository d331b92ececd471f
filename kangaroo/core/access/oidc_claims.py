"""What an OpenID provider says of somebody, read by the configuration's `oidc_*` keys. Pure.

Behaviour: goharbor/harbor src/pkg/oidc/helper.go. The userinfo endpoint's word counts before the ID token's.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kangaroo.core.access.configuration_keys import Values
from kangaroo.core.access.external import Membership, Person

_LONGEST_GROUP = 255
_NAMES = ("name", "preferred_username", "email", "sub")

Claims = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """How claims are to be read."""

    user_claim: str = ""
    groups_claim: str = ""
    group_filter: str = ""
    admin_group: str = ""

    @classmethod
    def of(cls, values: Values) -> "Reading":
        return cls(
            values.oidc_user_claim,
            values.oidc_groups_claim,
            values.oidc_group_filter,
            values.oidc_admin_group,
        )


def subject_of(claims: Claims) -> str:
    """Issuer and subject: an issuer is a URL, so the first blank ends it."""
    return f"{claims['iss']} {claims['sub']}"


def person_of(reading: Reading, token: Claims, userinfo: Claims) -> Person:
    """`token` is verified, and `userinfo` of the same subject, or empty."""
    said = {**token, **userinfo}
    named = _groups(userinfo if reading.groups_claim in userinfo else token, reading)
    email = said.get("email")
    return Person(
        provider="oidc",
        subject=subject_of(token),
        username=_username(said, reading),
        realname=str(said.get("name") or ""),
        email=email if isinstance(email, str) else "",
        groups=tuple(Membership(name) for name in named if _passes(reading, name)),
        sysadmin=bool(reading.admin_group) and reading.admin_group in named,
    )


def _username(said: Claims, reading: Reading) -> str:
    for claim in (reading.user_claim, *_NAMES):
        found = said.get(claim) if claim else None
        if isinstance(found, str) and found.strip():
            return found.strip().replace(" ", "_")
    return ""


def _groups(claims: Claims, reading: Reading) -> list[str]:
    found = claims.get(reading.groups_claim) if reading.groups_claim else None
    if isinstance(found, str):
        found = [found]
    if not isinstance(found, list):
        return []
    names = (one for one in found if isinstance(one, str) and 0 < len(one) <= _LONGEST_GROUP)
    return list(dict.fromkeys(name for name in names if name.isprintable()))


def _passes(reading: Reading, name: str) -> bool:
    """A filter that is no regular expression lets nobody pass."""
    try:
        return re.search(reading.group_filter, name) is not None
    except re.error:
        return False
