"""Certificates of our own making: real handshakes by every name and address, renewal, and what clients are told."""

import ipaddress
import os
import signal
import socket
import ssl
import stat
import subprocess
from datetime import UTC, datetime, timedelta
from http.client import HTTPSConnection
from pathlib import Path

import pytest

from kangaroo.app import tls
from kangaroo.app.addresses import host_names, interface_addresses, main_address
from kangaroo.base.errors import Failure
from kangaroo.base.settings import Settings
from kangaroo.entrypoints.cli.trust import Client, trust_script
from tests.app.running import Running, until
from tests.tools import require

NOW = datetime(2030, 5, 1, tzinfo=UTC)
NAMES = ["10.1.2.3", "2001:db8::5", "localhost", "registry.example"]


def _folder(tmp_path: Path) -> tls.TlsFolder:
    return tls.folder_of(tmp_path)


def _content(folder: tls.TlsFolder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.path.iterdir()}


def test_a_certificate_has_every_name_and_only_we_read_its_key(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    assert tls.ensure(folder, NAMES, NOW)
    certificate = tls.read_certificate(folder.server)
    assert tls.names_of(certificate) == sorted(NAMES)
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == timedelta(days=397)
    authority = tls.read_certificate(folder.authority)
    assert authority.not_valid_after_utc - NOW > timedelta(days=3600)
    for path in folder.path.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_is_right_stays(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    tls.ensure(folder, NAMES, NOW)
    before = _content(folder)
    assert not tls.ensure(folder, NAMES[::-1], NOW + timedelta(days=360))
    assert _content(folder) == before


@pytest.mark.parametrize(
    ("names", "days"),
    [(NAMES, 370), ([*NAMES, "new.example"], 0), (NAMES[1:], 0)],
    ids=["old", "more", "fewer"],
)
def test_what_is_not_right_is_made_again_under_the_same_authority(
    tmp_path: Path, names: list[str], days: int
) -> None:
    folder = _folder(tmp_path)
    tls.ensure(folder, NAMES, NOW)
    authority = folder.authority.read_bytes()
    assert tls.ensure(folder, names, NOW + timedelta(days=days))
    assert folder.authority.read_bytes() == authority
    assert tls.names_of(tls.read_certificate(folder.server)) == sorted(names)


@pytest.mark.parametrize("damaged", ["server.crt", "server.key"])
def test_a_pair_that_does_not_belong_together_is_made_again(tmp_path: Path, damaged: str) -> None:
    folder = _folder(tmp_path)
    tls.ensure(folder, NAMES, NOW)
    other = tls.folder_of(tmp_path / "other")
    tls.ensure(other, NAMES, NOW)
    (folder.path / damaged).write_bytes((other.path / damaged).read_bytes())
    assert tls.ensure(folder, NAMES, NOW)
    (folder.path / damaged).write_text("rubbish")
    assert tls.ensure(folder, NAMES, NOW)


def test_names_are_those_of_the_host_and_of_the_settings() -> None:
    settings = Settings(
        tls_names=" Registry.Example., 10.9.8.7,[2001:DB8::1] ", external_url="https://front.example:8443/x"
    )
    names = host_names(settings)
    wanted = {"localhost", "127.0.0.1", "::1", "registry.example", "10.9.8.7", "2001:db8::1", "front.example"}
    assert wanted <= set(names)
    assert socket.gethostname().lower() in names
    with pytest.raises(Failure, match="--tls-names"):
        host_names(Settings(tls_names="仓库.example"))


def test_every_interface_counts() -> None:
    found = {str(address) for address in interface_addresses()}
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        for _, name in socket.if_nameindex():
            assert name  # the kernel has interfaces
        probe.connect(("127.0.0.1", 9))
        assert probe.getsockname()[0] in found
    assert all(not ipaddress.ip_address(address).is_link_local for address in found)
    assert main_address() == "localhost" or main_address().strip("[]") in found


def _reached(server: Running, host: str) -> str:
    context = ssl.create_default_context(cafile=server.data / "tls" / "ca.crt")
    connection = HTTPSConnection(host, server.port, context=context, timeout=20)
    connection.request("GET", "/pid")
    answer = connection.getresponse().read().decode()
    connection.close()
    return answer


def test_clients_reach_it_by_every_name_and_address(tmp_path: Path) -> None:
    with Running(tmp_path, tls="auto", host="::").ready() as server:
        assert server.url.startswith("https://[::]:")
        reachable = [name for name in host_names(Settings()) if _resolves(name)]
        assert {"localhost", "127.0.0.1", "::1"} <= set(reachable)
        for host in reachable:
            assert _reached(server, host).isdigit(), host
        curl = require("curl")
        for host in ("127.0.0.1", "localhost", "[::1]"):
            done = subprocess.run(
                [
                    curl,
                    "-sS",
                    "--cacert",
                    server.data / "tls" / "ca.crt",
                    f"https://{host}:{server.port}/healthz",
                ],
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout == '{"status":"ok"}'
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            socket.create_connection(("127.0.0.1", server.port)) as raw,
        ):
            ssl.create_default_context().wrap_socket(raw, server_hostname="127.0.0.1")


def _resolves(name: str) -> bool:
    try:
        return bool(socket.getaddrinfo(name, 1))
    except OSError:
        return False


def _served(server: Running) -> bytes:
    context = ssl.create_default_context(cafile=server.data / "tls" / "ca.crt")
    with (
        socket.create_connection(("127.0.0.1", server.port)) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as wrapped,
    ):
        return wrapped.getpeercert(binary_form=True) or b""


def test_a_hang_up_renews_the_certificate_without_a_restart(tmp_path: Path) -> None:
    with Running(tmp_path, tls="auto", workers=1).ready() as server:
        before, workers = _served(server), server.workers()
        (server.data / "tls" / "server.crt").write_text("rubbish")
        server.signal(signal.SIGHUP)
        until(lambda: _served(server) != before)
        assert server.workers() == workers


def test_a_certificate_of_ones_own(tmp_path: Path) -> None:
    folder = _folder(tmp_path)
    tls.ensure(folder, ["localhost"], datetime.now(UTC))
    given = {"tls_cert": str(folder.server), "tls_key": str(folder.server_key)}
    with Running(tmp_path, **given).ready() as server:
        assert server.url.startswith("https://")
        assert not (server.data / "tls").exists()
    for wrong in (
        {"tls_cert": str(folder.server)},
        {**given, "tls_key": "/nowhere"},
        {**given, "tls": "auto"},
    ):
        with Running(tmp_path, **wrong) as server:
            assert server.wait() == 1
            assert "kangaroo: --tls" in server.errors


@pytest.mark.parametrize(
    ("client", "written"),
    [
        (Client.DOCKER, "etc/docker/certs.d/10.1.2.3:8443/ca.crt"),
        (Client.CONTAINERD, "etc/containerd/certs.d/10.1.2.3:8443/ca.crt"),
        (Client.PODMAN, "etc/containers/certs.d/10.1.2.3:8443/ca.crt"),
        (Client.SYSTEM, "usr/local/share/ca-certificates/kangaroo-10-1-2-3-8443.crt"),
    ],
)
def test_the_script_puts_the_authority_where_the_client_looks(
    tmp_path: Path, client: Client, written: str
) -> None:
    folder = _folder(tmp_path)
    tls.ensure(folder, NAMES, NOW)
    script = trust_script(client, "https://10.1.2.3:8443", tls.authority_text(folder))
    root = tmp_path / "root"
    for path in ("/etc/", "/usr/local/share/"):
        script = script.replace(path, f"{root}{path}")
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "update-ca-certificates").write_text(f"#!/bin/sh\ntouch {root}/updated\n")
    (programs / "update-ca-certificates").chmod(0o755)
    path = f"{programs}:{os.environ['PATH']}"
    subprocess.run(["sh", "-euc", script], check=True, env={"PATH": path}, capture_output=True)
    assert (root / written).read_text() == tls.authority_text(folder)
    assert (root / "updated").exists() == (client is Client.SYSTEM)
    if client is Client.CONTAINERD:
        hosts = (root / "etc/containerd/certs.d/10.1.2.3:8443/hosts.toml").read_text()
        assert 'server = "https://10.1.2.3:8443"' in hosts
        assert f'ca = "{root}/etc/containerd/certs.d/10.1.2.3:8443/ca.crt"' in hosts


@pytest.mark.parametrize("url", ["http://host", "host:443", "https://", "https://a'b"])
def test_a_script_needs_a_url(url: str) -> None:
    with pytest.raises(Failure, match="--url"):
        trust_script(Client.DOCKER, url, "pem")
