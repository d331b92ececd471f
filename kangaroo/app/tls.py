"""`tls = auto`: a certificate authority of our own, and a server certificate for every name of this host.

Clients trust the authority once, for ten years. The server certificate is made again when it nears its end or
the host has other names, and needs no attention: whoever trusts the authority trusts the new one.
"""

import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from kangaroo.app import private_files
from kangaroo.app.addresses import as_address
from kangaroo.base.errors import Code, Failure

AUTHORITY_DAYS = 3650
SERVER_DAYS = 397  # the most that clients accept
RENEW_DAYS = 30
_CLOCK_SKEW = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class TlsFolder:
    path: Path

    @property
    def authority(self) -> Path:
        return self.path / "ca.crt"

    @property
    def authority_key(self) -> Path:
        return self.path / "ca.key"

    @property
    def server(self) -> Path:
        return self.path / "server.crt"

    @property
    def server_key(self) -> Path:
        return self.path / "server.key"


def folder_of(data: Path) -> TlsFolder:
    return TlsFolder(data / "tls")


def ensure(folder: TlsFolder, names: list[str], now: datetime) -> bool:
    """See that there is a certificate for exactly these names; returns whether one had to be made."""
    private_files.private_folder(folder.path)
    if not folder.authority.exists():
        _make_authority(folder, now)
    if _serves(folder, names, now):
        return False
    _make_server(folder, names, now)
    return True


def read_certificate(path: Path) -> x509.Certificate:
    """Raises PRECONDITION when there is none yet."""
    try:
        return x509.load_pem_x509_certificate(path.read_bytes())
    except FileNotFoundError as error:
        reason = f"there is no {path} yet: start the server with --tls auto once"
        raise Failure(Code.PRECONDITION, reason=reason) from error


def authority_text(folder: TlsFolder) -> str:
    """What clients are given, PEM."""
    return read_certificate(folder.authority).public_bytes(Encoding.PEM).decode()


def describe(folder: TlsFolder) -> list[tuple[str, str]]:
    """For people: what there is, how long it lasts and how to recognise it."""
    authority, server = read_certificate(folder.authority), read_certificate(folder.server)
    return [
        ("authority", str(folder.authority.resolve())),
        ("  name", authority.subject.rfc4514_string()),
        ("  valid until", f"{authority.not_valid_after_utc:%Y-%m-%d}"),
        ("  SHA-256", authority.fingerprint(SHA256()).hex(":").upper()),
        ("server", str(folder.server.resolve())),
        ("  names", ", ".join(names_of(server))),
        ("  valid until", f"{server.not_valid_after_utc:%Y-%m-%d}"),
        ("  SHA-256", server.fingerprint(SHA256()).hex(":").upper()),
    ]


def names_of(certificate: x509.Certificate) -> list[str]:
    extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    names = extension.get_values_for_type(x509.DNSName)
    return sorted([*names, *map(str, extension.get_values_for_type(x509.IPAddress))])


def _serves(folder: TlsFolder, names: list[str], now: datetime) -> bool:
    """Whether the pair on disk belongs together, to our authority and to these names, and lasts."""
    try:
        certificate = read_certificate(folder.server)
        key = _read_key(folder.server_key)
        certificate.verify_directly_issued_by(read_certificate(folder.authority))
    except (Failure, OSError, ValueError, TypeError, InvalidSignature):
        return False
    lasts = certificate.not_valid_after_utc - now > timedelta(days=RENEW_DAYS)
    return lasts and names_of(certificate) == sorted(names) and certificate.public_key() == key.public_key()


def _make_authority(folder: TlsFolder, now: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name(f"Kangaroo authority of {socket.gethostname()}"[:64])
    usage = _usage(signs_certificates=True)
    certificate = (
        _builder(name, name, key.public_key(), now, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, SHA256())
    )
    _write_key(folder.authority_key, key)
    private_files.replace(folder.authority, certificate.public_bytes(Encoding.PEM))


def _make_server(folder: TlsFolder, names: list[str], now: datetime) -> None:
    authority = read_certificate(folder.authority)
    authority_key = _read_key(folder.authority_key)
    key = ec.generate_private_key(ec.SECP256R1())
    identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key())
    certificate = (
        _builder(_name("Kangaroo"), authority.subject, key.public_key(), now, SERVER_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(identifier, critical=False)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .sign(authority_key, SHA256())
    )
    _write_key(folder.server_key, key)
    private_files.replace(folder.server, certificate.public_bytes(Encoding.PEM))


def _builder(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, now: datetime, days: int
) -> x509.CertificateBuilder:
    begin = now - _CLOCK_SKEW
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(begin)
        .not_valid_after(begin + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general(name: str) -> x509.GeneralName:
    address = as_address(name)
    return x509.IPAddress(address) if address else x509.DNSName(name)


def _read_key(path: Path) -> ec.EllipticCurvePrivateKey:
    key = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, ec.EllipticCurvePrivateKey):
        raise TypeError(f"{path} is no ECDSA key")
    return key


def _write_key(path: Path, key: ec.EllipticCurvePrivateKey) -> None:
    private_files.replace(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
