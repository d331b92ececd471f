"""What a TLS secret holds: pure."""

import ipaddress
from base64 import b64decode
from binascii import Error
from dataclasses import dataclass

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from kangaroo.base.clock import SECOND, Micros
from kangaroo.core.managed.reasons import Hindrance, Obstacle
from kangaroo.kube.contract import Object

_KEY = "tls.key"


@dataclass(frozen=True, slots=True)
class Certificate:
    """`authority` is what a client has to trust, in PEM; empty when somebody known may have issued it."""

    names: tuple[str, ...]
    until: Micros
    self_signed: bool
    authority: str

    def is_for(self, host: str) -> bool:
        """A wildcard stands for one label (RFC 6125)."""
        _, _, domain = host.lower().partition(".")
        return host.lower() in self.names or (bool(domain) and f"*.{domain}" in self.names)


def certificate_of(secret: Object) -> Certificate:
    """Raises a Hindrance TLS_UNREADABLE."""
    name = str(secret["metadata"]["name"])
    data = secret.get("data") or {}
    try:
        chain = x509.load_pem_x509_certificates(b64decode(data["tls.crt"]))
        leaf = chain[0]
        if _KEY in data:
            _check_key(leaf, b64decode(data[_KEY]))
        self_signed = _signed_itself(leaf)
        authority = b64decode(data["ca.crt"]).decode() if data.get("ca.crt") else ""
        if not authority and self_signed:
            authority = leaf.public_bytes(Encoding.PEM).decode()
        until = int(leaf.not_valid_after_utc.timestamp()) * SECOND
        return Certificate(_names(leaf), until, self_signed, authority)
    except KeyError as error:
        raise Hindrance(Obstacle.TLS_UNREADABLE, name=name, detail=f"no {error.args[0]}") from error
    except (ValueError, TypeError, Error, UnsupportedAlgorithm, x509.InvalidVersion) as error:
        detail = str(error)[:200] or type(error).__name__
        raise Hindrance(Obstacle.TLS_UNREADABLE, name=name, detail=detail) from error


def _names(leaf: x509.Certificate) -> tuple[str, ...]:
    try:
        alternatives = leaf.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except x509.ExtensionNotFound:
        return ()
    names = [name.lower() for name in alternatives.get_values_for_type(x509.DNSName)]
    addresses: list[ipaddress.IPv4Address | ipaddress.IPv6Address] = [
        one
        for one in alternatives.get_values_for_type(x509.IPAddress)
        if isinstance(one, ipaddress.IPv4Address | ipaddress.IPv6Address)
    ]
    return (*names, *map(str, addresses))


def _check_key(leaf: x509.Certificate, pem: bytes) -> None:
    key = load_pem_private_key(pem, password=None).public_key()
    form = Encoding.DER, PublicFormat.SubjectPublicKeyInfo
    if key.public_bytes(*form) != leaf.public_key().public_bytes(*form):
        raise ValueError("the key belongs to another certificate")


def _signed_itself(leaf: x509.Certificate) -> bool:
    try:
        leaf.verify_directly_issued_by(leaf)
    except (ValueError, TypeError, InvalidSignature):
        return False
    return True
