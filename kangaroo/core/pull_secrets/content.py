"""What stands in a pull secret: the `config.json` that Docker, containerd and the kubelet read. Pure.

Keys are hosts as they stand before the first slash of the name of an image, in lower case. The kubelet also reads keys
of the form `host/space` and takes the longest that fits, so two credentials of one host can stand beside each other.
"""

import base64
import hashlib
import hmac
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import msgspec

from kangaroo.base.errors import Code, Failure

LARGEST = 1 << 20  # bytes; more a Kubernetes Secret cannot hold
DOCKER_HUB = "https://index.docker.io/v1/"
_DOCKER_HUB_HOSTS = frozenset(
    {"docker.io", "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com", "hub.docker.com"}
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A credential for one registry. `spaces`: where it may pull; empty is everywhere there."""

    host: str
    username: str
    secret: str = field(repr=False)
    spaces: tuple[str, ...] = ()


def host_of(url: str) -> str:
    """How images at this URL begin: the host in lower case, with its port if the URL has one."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()


def config_json(entries: Iterable[Entry]) -> bytes:
    """The same bytes for the same entries in whatever order; those without name or secret are left out, for clients
    fail at an empty credential. Raises TOO_LARGE."""
    usable = sorted(
        (one for one in entries if one.host and one.username and one.secret),
        key=lambda one: (one.host, bool(one.spaces), one.username, one.secret),
    )
    auths: dict[str, dict[str, str]] = {}
    for one in usable:
        for key in _keys(one, shared=any(other is not one and other.host == one.host for other in usable)):
            auths.setdefault(key, _auth(one))
    text = msgspec.json.encode({"auths": auths}, order="sorted")
    if len(text) > LARGEST:
        raise Failure(Code.TOO_LARGE, what="the pull secret", limit=LARGEST)
    return text


def fingerprint(key: bytes, content: bytes) -> str:
    """To tell contents apart without letting anybody guess at a password in them: keyed, 128 bits, hexadecimal."""
    return hmac.new(key, content, hashlib.sha256).hexdigest()[:32]


def _keys(one: Entry, *, shared: bool) -> list[str]:
    host = one.host.lower()
    if host in _DOCKER_HUB_HOSTS:
        return [DOCKER_HUB]
    return [f"{host}/{space}" for space in one.spaces] if shared and one.spaces else [host]


def _auth(one: Entry) -> dict[str, str]:
    pair = base64.b64encode(f"{one.username}:{one.secret}".encode()).decode()
    return {"auth": pair, "password": one.secret, "username": one.username}
