"""A new user, from `kangaroo login` to a pulled image, with nothing but the program and skopeo."""

import json
import os
import subprocess
from pathlib import Path

from tests.e2e.clients import Client
from tests.e2e.server import KANGAROO, PASSWORD, Server
from tests.tools import require


class Terminal:
    def __init__(self, home: Path) -> None:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("KANGAROO_")}
        self._environment = {**kept, "HOME": str(home), "XDG_CONFIG_HOME": "", "LANG": "C.UTF-8"}
        self._home = home

    def __call__(self, *arguments: str, stdin: str = "") -> str:
        done = subprocess.run(
            [KANGAROO, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
            env=self._environment,
            cwd=self._home,
        )
        assert done.returncode == 0, (arguments, done.stderr)
        return done.stdout


def test_from_login_to_a_pulled_image(server: Server, archive: Path, tmp_path: Path) -> None:
    require("skopeo")
    kangaroo = Terminal(tmp_path)
    skopeo = Client("skopeo", tmp_path, {"REGISTRY_AUTH_FILE": str(tmp_path / "auth.json")})

    # An administrator makes a place for a team, and an account for its member.
    kangaroo("login", server.url, "-u", "admin", "--password-stdin", "--name", "admin", stdin=PASSWORD)
    kangaroo("space", "create", "story")
    kangaroo("workspace", "create", "authors")
    kangaroo("bind", "story", "authors")
    kangaroo("user", "create", "ann", "--email", "ann@example.test", "--password-stdin", stdin=PASSWORD)
    kangaroo("workspace", "member", "add", "authors", "ann", "--role", "editor")

    # She signs in and uploads an archive.
    kangaroo("login", server.url, "-u", "ann", "--password-stdin", "--name", "ann", stdin=PASSWORD)
    assert "ann" in kangaroo("whoami")
    assert f"{server.host}/story/tale:1" in kangaroo("image", "upload", str(archive), "story/tale:1")
    assert "tale" in kangaroo("image", "list", "story", "-w", "authors")
    assert "linux/arm64" in kangaroo("image", "tree", "story/tale:1", "-w", "authors")

    # She pushes another tag with the command she is given, ...
    line = next(
        line
        for line in kangaroo("push-command", "story/tale:2", "--tool", "skopeo").splitlines()
        if " skopeo login " in line
    )
    signed_in = subprocess.run(
        ["/bin/sh", "-ec", line], env={**os.environ, **skopeo.environment}, capture_output=True, check=False
    )
    assert signed_in.returncode == 0, signed_in.stderr
    here = f"docker://{server.host}/story/tale"
    plain = ("--src-tls-verify=false", "--dest-tls-verify=false")
    skopeo("copy", "--all", *plain, f"{here}:1", f"{here}:2")
    assert kangaroo("image", "tags", "story/tale", "-q", "-w", "authors").split() == ["2", "1"]

    # ... takes it down as a file and pulls it, as herself, with a token for her password.
    kangaroo("image", "download", "story/tale:2", "tale.tar")
    assert (tmp_path / "tale.tar").stat().st_size
    token = json.loads(kangaroo("token", "create", "laptop", "--days", "1", "-o", "json"))["token"]
    assert token.startswith("kgr_")
    kangaroo("logout")
    assert kangaroo("context", "list", "-q") == "admin\n"
    kangaroo("context", "use", "admin")
    kangaroo("space", "member", "add", "story", "ann", "--role", "guest")
    pulled = tmp_path / "pulled"
    skopeo(
        "copy",
        "-q",
        "--all",
        "--src-tls-verify=false",
        "--src-creds",
        f"ann:{token}",
        f"{here}:2",
        f"dir:{pulled}",
    )
    assert (pulled / "manifest.json").exists()
