"""Rules 1 to 4 stand in pyproject.toml as import contracts."""

import subprocess
import sys
from pathlib import Path

from tests.house.sources import ROOT


def test_imports_go_down() -> None:
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
