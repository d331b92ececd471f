"""A real LDAP directory (Debian's slapd) with a few people and groups, on a free port of this machine."""

import contextlib
import datetime as dt
import ipaddress
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import ldap3
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.tools import require

BASE = "dc=example,dc=com"
PEOPLE, GROUPS = f"ou=people,{BASE}", f"ou=groups,{BASE}"
ROOT, ROOT_PASSWORD = f"cn=admin,{BASE}", "Root-of-the-tree1"
PASSWORD = "Directory1"

_CONFIGURATION = """
include /etc/ldap/schema/core.schema
include /etc/ldap/schema/cosine.schema
include /etc/ldap/schema/inetorgperson.schema
modulepath /usr/lib/ldap
moduleload back_mdb
moduleload memberof
pidfile {folder}/pid
TLSCertificateFile {folder}/cert.pem
TLSCertificateKeyFile {folder}/key.pem
database mdb
suffix "{base}"
rootdn "{root}"
rootpw {password}
directory {folder}/data
maxsize 10485760
overlay memberof
access to attrs=userPassword by anonymous auth by * none
access to * by users read by * none
"""


@dataclass(frozen=True)
class Slapd:
    url: str
    secure_url: str

    def settings(self, **changes: object) -> dict[str, object]:
        """Harbor's configuration keys for this directory."""
        return {
            "auth_mode": "ldap_auth",
            "ldap_url": self.url,
            "ldap_base_dn": PEOPLE,
            "ldap_search_dn": ROOT,
            "ldap_search_password": ROOT_PASSWORD,
            "ldap_uid": "uid",
            "ldap_filter": "(objectClass=inetOrgPerson)",
            "ldap_group_base_dn": GROUPS,
            "ldap_group_search_filter": "objectClass=groupOfNames",
            "ldap_group_attribute_name": "cn",
        } | changes

    @contextlib.contextmanager
    def by_root(self) -> Iterator[ldap3.Connection]:
        connection = ldap3.Connection(self.url, ROOT, ROOT_PASSWORD, auto_bind=True, raise_exceptions=True)
        try:
            yield connection
        finally:
            connection.unbind()

    def join(self, group: str, *people: str) -> None:
        """These and nobody else are in the group."""
        members = [f"uid={name},{PEOPLE}" for name in people] or [ROOT]
        with self.by_root() as connection:
            connection.modify(f"cn={group},{GROUPS}", {"member": [(ldap3.MODIFY_REPLACE, members)]})

    def add_person(self, name: str, **more: str) -> None:
        attributes = {"cn": name.title(), "sn": name, "userPassword": PASSWORD, "mail": f"{name}@example.com"}
        with self.by_root() as connection:
            connection.add(f"uid={name},{PEOPLE}", "inetOrgPerson", attributes | more)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Slapd]:
    (folder / "data").mkdir(parents=True)
    _certificate(folder)
    configuration = folder / "slapd.conf"
    configuration.write_text(
        _CONFIGURATION.format(folder=folder, base=BASE, root=ROOT, password=ROOT_PASSWORD)
    )
    plain, secure = _free_port(), _free_port()
    found = Slapd(f"ldap://127.0.0.1:{plain}", f"ldaps://127.0.0.1:{secure}")
    command = [require("slapd"), "-h", f"{found.url} {found.secure_url}", "-f", configuration, "-d", "0"]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stdout=log, stderr=log) as process:
        try:
            _wait(process, plain, folder / "log")
            _fill(found)
            yield found
        finally:
            process.terminate()


def _fill(slapd: Slapd) -> None:
    with slapd.by_root() as connection:
        connection.add(BASE, ["dcObject", "organization"], {"dc": "example", "o": "Example"})
        for place in (PEOPLE, GROUPS):
            connection.add(place, "organizationalUnit")
    for name in ("alice", "bob", "carol", "admin"):
        slapd.add_person(name)
    with slapd.by_root() as connection:
        for name in ("devs", "admins", "ops"):
            connection.add(f"cn={name},{GROUPS}", "groupOfNames", {"member": ROOT})
        connection.add(f"cn=elsewhere,{PEOPLE}", "groupOfNames", {"member": f"uid=alice,{PEOPLE}"})
    slapd.join("devs", "alice", "bob")
    slapd.join("admins", "carol")


def _wait(process: "subprocess.Popen[bytes]", port: int, log: Path) -> None:
    deadline = time.monotonic() + 20
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise AssertionError(f"slapd does not listen: {log.read_text()}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _certificate(folder: Path) -> None:
    """Signed by nobody anybody trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    )
