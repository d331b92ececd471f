"""Signing in and out, contexts, and what a command says when it cannot get to where it should."""

import socket
import stat
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from tests.e2e.server import PASSWORD, Server
from tests.entrypoints.cli.conftest import Kangaroo


def _file(somebody: Kangaroo) -> Path:
    return Path(somebody.environment["XDG_CONFIG_HOME"]) / "kangaroo" / "contexts.toml"


def test_login_keeps_a_token_and_no_password(admin: Kangaroo, server: Server) -> None:
    file = _file(admin)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert PASSWORD not in file.read_text()
    told = admin("whoami", "-o", "json").json
    assert (told["user"], told["url"], told["context"], told["administrator"]) == (
        "admin",
        server.url,
        "admin",
        True,
    )


def test_logout_revokes_the_token(admin: Kangaroo, server: Server) -> None:
    before = _file(admin).read_text()
    assert admin("logout").code == 0
    assert admin("whoami").code == 4
    _file(admin).write_text(before)
    said = admin("instance", "list")
    assert (said.code, said.out) == (4, "")
    assert "expired or was revoked" in said.err
    assert "kangaroo login" in said.err
    assert admin("logout").code == 0


def test_a_token_signs_in_too(admin: Kangaroo, nobody: Kangaroo, server: Server, tmp_path: Path) -> None:
    token = admin("token", "create", "for a program", "--days", "1", "-o", "json").json["token"]
    other = nobody.on(XDG_CONFIG_HOME=str(tmp_path / "other"))
    assert other("login", server.url, "--token-stdin", stdin=f"{token}\n").code == 0
    (line,) = other("context", "list", "-o", "json").json
    assert (line["user"], line["name"]) == ("admin", server.host.replace(":", "-"))
    assert other("logout").code == 0  # a token it did not make stays good
    assert other.on(KANGAROO_URL=server.url, KANGAROO_TOKEN=token)("whoami").code == 0
    assert other("whoami", "--url", server.url, "--token", token).code == 0
    assert admin("token", "revoke", "for a program", "--yes").code == 0
    assert other("whoami", "--url", server.url, "--token", token).code == 4


def test_an_api_token_is_as_good_as_the_password_of_its_user(
    member: Kangaroo, unique: str, server: Server
) -> None:
    token = member("token", "create", "registry", "-o", "json").json["token"]
    login = ("login", server.url, "--name", "again", "--password-stdin", "-u")
    assert member(*login, unique, stdin=f"{token}\n").code == 0
    assert member(*login, "admin", stdin=f"{token}\n").code == 4


def test_contexts_are_chosen_by_flag_environment_and_file(
    member: Kangaroo, unique: str, server: Server
) -> None:
    def user(*flags: str, **environment: str) -> str:
        return str(member.on(**environment)("whoami", "-o", "json", *flags).json["user"])

    assert user() == unique
    assert user("--context", "admin") == "admin"
    assert user(KANGAROO_CONTEXT="admin") == "admin"
    assert user("--context", unique, KANGAROO_CONTEXT="admin") == unique
    assert user(KANGAROO_DATA=str(server.settings.data)) == "admin"
    assert user("--context", unique, KANGAROO_DATA="/nowhere") == unique
    assert member("context", "list", "-q").lines == sorted(["admin", unique])
    assert member("context", "use", "admin").code == 0
    assert user() == "admin"
    assert member("context", "remove", "admin").code == 0
    missing = member("context", "use", "admin")
    assert (missing.code, unique in missing.err) == (3, True)
    assert member("whoami", "--context", unique, "--data", ".").code == 2


def test_wrong_passwords_and_wrong_places(nobody: Kangaroo, server: Server) -> None:
    wrong = nobody("login", server.url, "-u", "nobody", "--password-stdin", stdin="Wrong1234\n")
    assert (wrong.code, "does not accept" in wrong.err) == (4, True)
    assert nobody("login", "registry", "-u", "admin").code == 2
    assert nobody("login", f"{server.url}/api", "-u", "admin").code == 2
    assert nobody("login", f"{server.url}", "-u", "admin").code == 2  # there is no terminal to ask on
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    refused = nobody("login", f"http://127.0.0.1:{port}", "-u", "admin", "--password-stdin", stdin="x\n")
    assert (refused.code, "Connection refused" in refused.err) == (6, True)
    assert not _file(nobody).exists()
    lost = nobody("instance", "list")
    assert (lost.code, "kangaroo login" in lost.err) == (4, True)


class _Stranger(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        moved = self.path.startswith("/apis")
        self.send_response(302 if moved else 200)
        if moved:
            self.send_header("location", "https://elsewhere.test/")
        self.send_header("content-length", "4")
        self.end_headers()
        self.wfile.write(b"<ht>")

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def stranger() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), _Stranger) as other:
        thread = threading.Thread(target=other.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{other.server_port}"
        other.shutdown()
        thread.join()


def test_something_else_answers(nobody: Kangaroo, stranger: str) -> None:
    other = nobody("login", stranger, "--token", "kgr_x")
    assert (other.code, "no Kangaroo answers" in other.err) == (6, True)
    moved = nobody("instance", "list", "--url", stranger, "--token", "kgr_x")
    assert (moved.code, "https://elsewhere.test/" in moved.err) == (2, True)


def test_a_certificate_must_be_trusted(nobody: Kangaroo, tmp_path: Path) -> None:
    with Server(tmp_path, workers=1, tls="auto") as secure:
        login = ("login", secure.url, "-u", "admin", "--password-stdin", "--name")
        refused = nobody(*login, "plain", stdin=f"{PASSWORD}\n")
        assert (refused.code, "--ca-file" in refused.err) == (6, True)
        assert nobody(*login, "ca", "--ca-file", secure.authority, stdin=f"{PASSWORD}\n").code == 0
        assert nobody("whoami").code == 0
        assert nobody(*login, "blind", "--insecure", stdin=f"{PASSWORD}\n").code == 0
        assert nobody("whoami").code == 0
        assert nobody("whoami", "--context", "ca", "--ca-file", "/nowhere").code == 2


def test_a_broken_file_of_contexts_is_told(nobody: Kangaroo) -> None:
    _file(nobody).parent.mkdir(parents=True)
    _file(nobody).write_text("current = [")
    said = nobody("context", "list")
    assert (said.code, "contexts.toml" in said.err) == (1, True)


def test_a_folder_must_hold_a_database(nobody: Kangaroo, tmp_path: Path) -> None:
    said = nobody("instance", "list", "--data", tmp_path / "typo")
    assert (said.code, "holds no database" in said.err) == (2, True)
    assert not (tmp_path / "typo").exists()


def test_a_folder_leaves_no_token_behind(nobody: Kangaroo, admin: Kangaroo, server: Server) -> None:
    for _ in range(2):
        assert nobody.on(KANGAROO_DATA=str(server.settings.data))("space", "list").code == 0
    names = admin("token", "list", "-q").lines
    assert not [name for name in names if name.startswith("kangaroo command")]
