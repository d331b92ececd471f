"""`kangaroo worker`: the job worker alone."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.e2e.server import KANGAROO, Server


def _worker(data: Path) -> "subprocess.Popen[str]":
    kept = {name: value for name, value in os.environ.items() if not name.startswith("KANGAROO_")}
    return subprocess.Popen(
        [KANGAROO, "worker", "--data", str(data)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=kept,
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_works_until_it_is_told(tmp_path: Path, sqlite_path: Path, number: signal.Signals) -> None:
    with _worker(sqlite_path.parent) as process:
        assert process.stdout is not None
        assert " works\n" in process.stdout.readline()
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors


def test_it_needs_an_installation_of_its_own(tmp_path: Path) -> None:
    with _worker(tmp_path / "typo") as process:
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "holds no database" in errors) == (1, True)
    assert list(tmp_path.iterdir()) == []
    with Server(tmp_path, workers=1) as server, _worker(server.settings.data) as process:
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "in use by another server" in errors) == (1, True)


def test_a_database_of_another_version_is_told(tmp_path: Path) -> None:
    (tmp_path / "kangaroo.db").touch()
    with _worker(tmp_path) as process:
        _, errors = process.communicate(timeout=60)
    assert (process.returncode, "kangaroo migrate" in errors) == (1, True)
