"""The command line: its options come from the table of settings, its help comes quickly, its errors are one line."""

import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from kangaroo.base.settings import Settings
from kangaroo.entrypoints.cli.commands import Actions, commands
from kangaroo.entrypoints.cli.options import ROWS

Run = Callable[..., Any]
KANGAROO = Path(sys.executable).with_name("kangaroo")


def _nowhere(_: Settings) -> Any:
    raise AssertionError("no data folder is to be opened")


@pytest.fixture
def served() -> list[Settings]:
    return []


@pytest.fixture
def run(served: list[Settings], monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in os.environ:
        if name.startswith("KANGAROO_"):
            monkeypatch.delenv(name)

    def serve(settings: Settings) -> int:
        served.append(settings)
        return 7

    actions = Actions(
        serve=serve,
        migrate=lambda settings: settings.data == Path("old"),
        fsck=lambda _, repair, as_json: 10 * repair + as_json,
        certificates=lambda _: [("authority", "/ca.crt"), ("  names", "a, b")],
        authority=lambda _: "PEM",
        address=lambda settings: settings.external_url or f"https://host:{settings.port}",
        open_local=_nowhere,
        work=lambda _: 8,
        collect=lambda _, dry_run, as_json: 10 * dry_run + as_json,
    )
    top = commands(actions)
    return lambda *arguments, **environment: CliRunner().invoke(top, arguments, env=environment)


def test_every_setting_is_a_flag(run: Run) -> None:
    text = run("serve", "--help").output
    for name in ROWS:
        assert re.search(rf"--{name.replace('_', '-')}\b", text), name
        assert f"KANGAROO_{name.upper()}" in text


def test_the_nearest_source_wins(run: Run, served: list[Settings], tmp_path: Path) -> None:
    file = tmp_path / "kangaroo.toml"
    file.write_text('host = "file"\nport = 1\nworkers = 9\nstorage_redirect = true\n')
    answer = run(
        "serve",
        "--host",
        "flag",
        "--no-storage-redirect",
        KANGAROO_HOST="environment",
        KANGAROO_PORT="2",
        KANGAROO_SPARSE_INDEXES="off",
        KANGAROO_CONFIG=str(file),
    )
    assert answer.exit_code == 7
    (settings,) = served
    assert (settings.host, settings.port, settings.workers) == ("flag", 2, 9)
    assert (settings.storage_redirect, settings.sparse_indexes) == (False, False)
    assert settings.log_level == "info"


@pytest.mark.parametrize(
    ("content", "said"),
    [("port = ", "--config"), ('port = "many"', "Expected `int`"), ("prot = 1", "no such setting")],
)
def test_a_wrong_file_is_named(
    run: Run, served: list[Settings], tmp_path: Path, content: str, said: str
) -> None:
    file = tmp_path / "kangaroo.toml"
    file.write_text(content)
    answer = run("serve", "--config", str(file))
    assert answer.exit_code == 1
    assert answer.output.startswith("kangaroo: ")
    assert answer.output.count("\n") == 1
    assert str(file) in answer.output
    assert said in answer.output
    assert not served


def test_a_missing_file_is_named(run: Run) -> None:
    answer = run("serve", "--config", "/nowhere.toml")
    assert (answer.exit_code, "/nowhere.toml" in answer.output) == (1, True)


def test_migrate_tells_whether_it_did_something(run: Run) -> None:
    assert run("migrate", "--data", "old").output == "migrated\n"
    assert run("migrate", "--data", "new").output == "up to date\n"


def test_fsck_ends_with_what_it_found(run: Run) -> None:
    assert run("fsck").exit_code == 0
    assert run("fsck", "--repair", "--json").exit_code == 11


def test_gc_and_worker_take_their_settings(run: Run) -> None:
    assert run("gc", "--dry-run", "--gc-grace-minutes", "0").exit_code == 10
    assert run("gc", "--json").exit_code == 1
    assert run("worker", "--database-url", "postgresql://host/name").exit_code == 8
    assert run("worker", "--port", "1").exit_code == 2


def test_a_command_that_is_none_is_told_with_what_it_may_be(run: Run) -> None:
    answer = run("instances")
    assert answer.exit_code == 2
    assert "'instance'" in answer.output


def test_completion_knows_commands_and_contexts(run: Run, tmp_path: Path) -> None:
    contexts = tmp_path / "kangaroo" / "contexts.toml"
    contexts.parent.mkdir()
    contexts.write_text('[contexts.production]\nurl = "https://a"\ntoken = "t"\n')

    def completed(line: str) -> str:
        script = {
            "_KANGAROO_COMPLETE": "complete_bash",
            "COMP_WORDS": line,
            "COMP_CWORD": str(line.count(" ")),
        }
        done = subprocess.run(
            [KANGAROO],
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **script, "XDG_CONFIG_HOME": str(tmp_path)},
        )
        return done.stdout

    assert completed("kangaroo ins").split() == ["instance"]
    assert "list" in completed("kangaroo instance ").split()
    assert completed("kangaroo image list --context pro").split() == ["production"]


def test_certificates_are_shown(run: Run) -> None:
    assert run("tls", "show").output == "authority  /ca.crt\n  names    a, b\n"


def test_trust_is_for_the_address_clients_use(run: Run) -> None:
    assert "/etc/docker/certs.d/host:8443/ca.crt" in run("tls", "trust", "docker", "--port", "8443").output
    named = run("tls", "trust", "podman", "--external-url", "https://reg.example")
    assert "/etc/containers/certs.d/reg.example/ca.crt" in named.output
    given = run("tls", "trust", "docker", "--url", "https://10.0.0.1:1")
    assert "/etc/docker/certs.d/10.0.0.1:1/ca.crt" in given.output
    refused = run("tls", "trust", "docker", "--url", "10.0.0.1:1")
    assert (refused.exit_code, refused.output.startswith("kangaroo: --url: ")) == (1, True)


def test_help_comes_quickly_and_loads_nothing_heavy() -> None:
    seconds = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        done = subprocess.run(
            [sys.executable, "-X", "importtime", "-m", "kangaroo", "--help"],
            capture_output=True,
            text=True,
            check=True,
        )
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    assert "Kangaroo, a container-registry platform." in done.stdout
    for heavy in ("rich", "litestar", "uvicorn", "sqlalchemy", "cryptography", "aiobotocore", "asyncio"):
        assert not re.search(rf"\| +{heavy}$", done.stderr, re.MULTILINE), heavy
    assert min(seconds) < 0.6  # 0.1 on a quiet machine
