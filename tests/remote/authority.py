"""Certificates for tests: an authority, and what it issues."""

import ipaddress
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID


@dataclass(frozen=True)
class Issued:
    """PEM files."""

    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


class Authority:
    def __init__(self, folder: Path, name: str = "Test CA") -> None:
        self._folder = folder
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self._key = ec.generate_private_key(ec.SECP256R1())
        builder = self._builder(self._name, self._key, days=30)
        builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        self.pem = builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM).decode()

    def issue(self, *names: str, days: int = 30) -> Issued:
        """`names` may be addresses; `days` below zero has ended so long ago."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "server")])
        held = x509.SubjectAlternativeName([_name(name) for name in names])
        return self._kept(self._builder(subject, key, days).add_extension(held, critical=False), key)

    def issue_client(self, name: str, organization: str) -> Issued:
        """For somebody who shows it to a server."""
        key = ec.generate_private_key(ec.SECP256R1())
        names = {NameOID.COMMON_NAME: name, NameOID.ORGANIZATION_NAME: organization}
        subject = x509.Name([x509.NameAttribute(kind, value) for kind, value in names.items()])
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH])
        return self._kept(self._builder(subject, key, 30).add_extension(usage, critical=False), key)

    def _kept(self, builder: x509.CertificateBuilder, key: ec.EllipticCurvePrivateKey) -> Issued:
        certificate = builder.sign(self._key, hashes.SHA256())
        stem = self._folder / f"{certificate.serial_number:x}"
        stem.with_suffix(".crt").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        encoded = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        stem.with_suffix(".key").write_bytes(encoded)
        return Issued(stem.with_suffix(".crt"), stem.with_suffix(".key"))

    def _builder(
        self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, days: int
    ) -> x509.CertificateBuilder:
        end = datetime.now(UTC) + timedelta(days=days)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(min(datetime.now(UTC), end) - timedelta(days=30))
            .not_valid_after(end)
        )


def _name(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)
