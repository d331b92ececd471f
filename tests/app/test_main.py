"""The whole program, as an operator starts it."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.app.running import alive

READY = re.compile(r"ready at (http://\S+)$", re.MULTILINE)
PASSWORD = re.compile(r"^    (\S{16,})$", re.MULTILINE)


def _start(data: Path, log: Path) -> tuple["subprocess.Popen[str]", str]:
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [sys.executable, "-m", "kangaroo", "serve", "--data", str(data), "--port", "0", "--workers", "2"],
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            env={name: value for name, value in os.environ.items() if not name.startswith("KANGAROO_")},
        )
    assert process.stdout is not None
    said = ""
    while not READY.search(said):
        line = process.stdout.readline()
        assert line, log.read_text()
        said += line
    return process, said


def test_it_starts_works_and_stops(tmp_path: Path) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    shown = []
    for _ in range(2):
        process, said = _start(data, log)
        try:
            shown += PASSWORD.findall(said)
            found = READY.search(said)
            assert found is not None
            with urllib.request.urlopen(f"{found[1]}/readyz") as answer:
                assert json.load(answer) == {
                    "status": "ready",
                    "parts": {name: {"ok": True} for name in ("database", "storage", "job worker")},
                }
            children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
            assert len(children) == 3
        finally:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=20)
        assert process.returncode == 0
        assert not any(alive(int(pid)) for pid in children)
        assert not any(password in log.read_text() for password in shown)
    assert len(shown) == 1


def test_fsck_makes_no_installation(tmp_path: Path) -> None:
    fsck = [sys.executable, "-m", "kangaroo", "fsck", "--data", str(tmp_path / "typo")]
    done = subprocess.run(fsck, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert "typo holds no database" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_fsck_finds_a_new_installation_clean(tmp_path: Path) -> None:
    process, _ = _start(tmp_path / "data", tmp_path / "log")
    try:
        fsck = [sys.executable, "-m", "kangaroo", "fsck", "--json", "--data", str(tmp_path / "data")]
        done = subprocess.run(fsck, capture_output=True, text=True, check=True)
        assert json.loads(done.stdout) == {
            "blobs": 0,
            "bytes": 0,
            "manifests": 0,
            "damage": [],
            "leftovers": [],
            "repaired": 0,
        }
    finally:
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=20)
