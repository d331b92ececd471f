"""Kubeconfigs as people upload them: read strictly, before any library could act on what they say.

A kubeconfig may name programs to run (`exec`), files to read (`tokenFile`, `certificate-authority`) and proxies to
send credentials through; on a server that takes it from others each of these is an attack. Accepted is what stands in
the text itself: an https server, its authority inline, and a token or a client certificate with its key inline. Only
the current context counts, and of what is read only this is kept.

Format: https://kubernetes.io/docs/reference/config-api/kubeconfig.v1
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from ipaddress import ip_address
from typing import Any, NoReturn
from urllib.parse import urlsplit

import msgspec
import yaml
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization

from kangaroo.base.errors import Code, Failure

LARGEST = 128 << 10  # bytes; kubectl config view --minify gives a few
_LONGEST_URL, _LONGEST_TOKEN = 1024, 32 << 10
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\]")
_NUMBERS = re.compile(r"[0-9.]+|0[xX].*")
_TOKEN = re.compile(r"[\x21-\x7e]+")

_IGNORED = frozenset({"extensions", "preferences", "disable-compression"})
_TOP = frozenset({"apiVersion", "kind", "clusters", "contexts", "users", "current-context"})
_CONTEXT = frozenset({"cluster", "user", "namespace"})
_CLUSTER = frozenset({"server", "certificate-authority-data", "tls-server-name", "insecure-skip-tls-verify"})
_USER = frozenset({"token", "client-certificate-data", "client-key-data"})
_REFUSED = {
    "exec": "it would run a program on this server: use a token, as of a ServiceAccount",
    "auth-provider": "it needs a program of the cloud: use a token, as of a ServiceAccount",
    "tokenFile": "it names a file on your machine: give the token itself",
    "certificate-authority": "it names a file on your machine: run kubectl config view --flatten --minify",
    "client-certificate": "it names a file on your machine: run kubectl config view --flatten --minify",
    "client-key": "it names a file on your machine: run kubectl config view --flatten --minify",
    "proxy-url": "clusters are reached directly from here",
    "username": "Kubernetes knows no passwords any more: use a token",
    "password": "Kubernetes knows no passwords any more: use a token",
    "as": "impersonation is not supported: use an account of its own",
    "as-uid": "impersonation is not supported: use an account of its own",
    "as-groups": "impersonation is not supported: use an account of its own",
    "as-user-extra": "impersonation is not supported: use an account of its own",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kubeconfig:
    """One cluster and one account, as the current context names them.

    `authority` is PEM, empty for the authorities of the system; either `token`, or `certificate` and `key` (PEM).
    `user` is the account's name in the file, for messages. `tls_name` is what the server's certificate is for, where
    that is not its host.
    """

    server: str
    authority: str = ""
    tls_name: str = ""
    user: str = ""
    token: str = field(default="", repr=False)
    certificate: str = field(default="", repr=False)
    key: str = field(default="", repr=False)

    def to_json(self) -> str:
        """For keeping it, encrypted."""
        return msgspec.json.encode(asdict(self)).decode()

    @classmethod
    def from_json(cls, text: str) -> "Kubeconfig":
        return msgspec.json.decode(text, type=cls)


def parse(text: str) -> Kubeconfig:
    """Raises INVALID_FIELD of the field `kubeconfig`, naming the entry that is wrong and what to do instead."""
    document = _document(text)
    _known(document, _TOP, "")
    current = _text(document, "current-context", "")
    if not current:
        _refuse("current-context: say which of the contexts is meant")
    context = _entry(document, "contexts", "context", current)
    _known(context, _CONTEXT, f"context {current!r}")
    cluster_name, user_name = (_text(context, key, f"context {current!r}") for key in ("cluster", "user"))
    cluster = _entry(document, "clusters", "cluster", cluster_name)
    user = _entry(document, "users", "user", user_name)
    where = f"cluster {cluster_name!r}"
    _known(cluster, _CLUSTER, where)
    if cluster.get("insecure-skip-tls-verify"):
        _refuse(f"{where}: insecure-skip-tls-verify would give the credential to anybody: give the authority")
    token, certificate, key = _credential(user, f"user {user_name!r}")
    return Kubeconfig(
        server=_server(_text(cluster, "server", where), where),
        authority=_authority(cluster, where),
        tls_name=_tls_name(_text(cluster, "tls-server-name", where), where),
        user=user_name[:253],
        token=token,
        certificate=certificate,
        key=key,
    )


def _refuse(reason: str) -> NoReturn:
    raise Failure(Code.INVALID_FIELD, field="kubeconfig", reason=reason[:500])


def _document(text: str) -> Mapping[str, Any]:
    if len(text) > LARGEST or len(text.encode(errors="replace")) > LARGEST:
        _refuse(f"it is larger than {LARGEST >> 10} KiB")
    try:
        found = yaml.safe_load(text)  # not the loader in C: deep nesting crashes the process there
    except (yaml.YAMLError, RecursionError, ValueError, OverflowError) as error:
        _refuse(f"it is not YAML: {' '.join(str(error).split())[:200]}")
    if not isinstance(found, dict) or found.get("kind", "Config") != "Config":
        _refuse("it is not a kubeconfig (kind: Config)")
    return found


def _known(entry: Mapping[str, Any], names: frozenset[str], where: str) -> None:
    """Raises for what would act, and for what nobody knows: it might act tomorrow."""
    place = f"{where}: " if where else ""
    for name, value in entry.items():
        if name in names or name in _IGNORED:
            continue
        if value in (None, "", False) and isinstance(name, str) and name in _REFUSED:
            continue
        reason = _REFUSED.get(name, "unknown entry") if isinstance(name, str) else "unknown entry"
        _refuse(f"{place}{str(name)[:60]}: {reason}")


def _entry(document: Mapping[str, Any], plural: str, singular: str, name: str) -> Mapping[str, Any]:
    """The one of a list of {name, <singular>} that has this name."""
    entries = document.get(plural)
    if not isinstance(entries, list):
        _refuse(f"{plural}: a list is expected")
    named = [one for one in entries if isinstance(one, dict) and one.get("name") == name]
    if not name or not named:
        _refuse(f"{plural}: there is none named {name[:80]!r}")
    if len(named) > 1:
        _refuse(f"{plural}: several are named {name[:80]!r}")
    found = named[0].get(singular)
    if not isinstance(found, dict):
        _refuse(f"{singular} {name[:80]!r}: entries are expected")
    return found


def _text(entry: Mapping[str, Any], name: str, where: str) -> str:
    value = entry.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        _refuse(f"{where}{': ' if where else ''}{name}: a text is expected")
    return value


def _server(url: str, where: str) -> str:
    try:
        parts = urlsplit(url)
        port = parts.port or 443
        if _NUMBERS.fullmatch(parts.hostname or ""):
            ip_address(parts.hostname or "")  # there are other ways to write an address: none is meant
    except ValueError:
        _refuse(f"{where}: server: {url[:200]!r} is not a URL")
    host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname or ""
    plain = not (parts.username or parts.password or parts.query or parts.fragment)
    if parts.scheme != "https" or not _HOST.fullmatch(host) or not plain or len(url) > _LONGEST_URL:
        _refuse(f"{where}: server: use https://host:port, without user, query and fragment")
    if not re.fullmatch(r"(/[A-Za-z0-9._~-]+)*/?", parts.path) or ".." in parts.path:
        _refuse(f"{where}: server: use a path of letters, digits and ._~-")
    return f"https://{host}:{port}{parts.path.rstrip('/')}"


def _tls_name(name: str, where: str) -> str:
    if name and (len(name) > 253 or not _HOST.fullmatch(name)):
        _refuse(f"{where}: tls-server-name: a host name is expected")
    return name


def _authority(cluster: Mapping[str, Any], where: str) -> str:
    pem = _decoded(cluster, "certificate-authority-data", where)
    if pem:
        try:
            x509.load_pem_x509_certificates(pem.encode())
        except ValueError:
            _refuse(f"{where}: certificate-authority-data: certificates in PEM are expected, in base64")
    return pem


def _credential(user: Mapping[str, Any], where: str) -> tuple[str, str, str]:
    """Token, certificate, key; a token counts if both are there, as kubectl sends both."""
    _known(user, _USER, where)
    token = _text(user, "token", where)
    if token and (len(token) > _LONGEST_TOKEN or not _TOKEN.fullmatch(token)):
        _refuse(f"{where}: token: printable characters without blanks are expected")
    certificate = _decoded(user, "client-certificate-data", where)
    key = _decoded(user, "client-key-data", where)
    if bool(certificate) != bool(key):
        _refuse(f"{where}: client-certificate-data and client-key-data go together")
    if certificate:
        _check_pair(certificate, key, where)
    if not token and not certificate:
        _refuse(f"{where}: give a token, or client-certificate-data and client-key-data")
    return token, certificate, key


def _check_pair(certificate: str, key: str, where: str) -> None:
    try:
        public = x509.load_pem_x509_certificates(certificate.encode())[0].public_key()
        private = serialization.load_pem_private_key(key.encode(), None)
    except (ValueError, TypeError, IndexError, UnsupportedAlgorithm):
        _refuse(f"{where}: a client certificate and its unencrypted key are expected, in PEM and base64")
    if private.public_key() != public:
        _refuse(f"{where}: the client key is not that of the client certificate")


def _decoded(entry: Mapping[str, Any], name: str, where: str) -> str:
    text = _text(entry, name, where)
    try:
        return base64.b64decode("".join(text.split()), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        _refuse(f"{where}: {name}: base64 is expected")
