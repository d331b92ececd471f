"""How a registry wants to be signed in to: its `WWW-Authenticate` header (RFC 9110, distribution-spec token flow)."""

import base64
import re
from dataclasses import dataclass
from itertools import zip_longest

from kangaroo.remote.values import Credential

_SCHEME = re.compile(r"\b(Bearer|Basic)\b", re.IGNORECASE)
_PARAMETER = re.compile(r'(\w+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,]+))')


@dataclass(frozen=True, slots=True)
class Bearer:
    """Get a token at `realm`."""

    realm: str
    service: str


@dataclass(frozen=True, slots=True)
class Basic:
    """Send name and password with each request."""


def parse_challenge(header: str) -> Bearer | Basic | None:
    """Bearer is preferred where there is a choice; None: neither."""
    found: Bearer | Basic | None = None
    marks = list(_SCHEME.finditer(header))
    ends = [mark.start() for mark in marks[1:]]
    for mark, end in zip_longest(marks, ends):
        part = header[mark.end() : end]
        if mark[1].lower() == "basic":
            found = found or Basic()
            continue
        given = {name: quoted or plain for name, quoted, plain in _PARAMETER.findall(part)}
        if given.get("realm"):
            return Bearer(given["realm"], given.get("service", ""))
    return found


def basic(credential: Credential | None) -> dict[str, str]:
    """The header, or nothing."""
    if credential is None:
        return {}
    encoded = base64.b64encode(f"{credential.username}:{credential.password}".encode()).decode()
    return {"Authorization": f"Basic {encoded}"}
