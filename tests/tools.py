"""Real clients and servers for tests: found, or the test is skipped and says so; in CI it fails instead."""

import os
import shutil
from pathlib import Path

import pytest

# Debian keeps servers where only root's PATH looks.
_ELSEWHERE = ["/usr/local/sbin", "/usr/sbin", "/sbin"]


def installed() -> Path:
    """Where `make clients` puts what it builds."""
    return Path(os.environ.get("KANGAROO_CLIENTS", "~/.cache/kangaroo/clients")).expanduser()


def find(tool: str) -> Path | None:
    folders = [str(installed() / "bin"), os.environ.get("PATH", ""), *_ELSEWHERE]
    found = shutil.which(tool, path=os.pathsep.join(folders))
    if found is None and (versioned := sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{tool}"))):
        found = str(versioned[-1])
    return Path(found) if found else None


def require(tool: str, why: str = "") -> Path:
    """The program, or no test. What cannot be had everywhere says `why`, and may be missing in CI too."""
    found = find(tool)
    if found is None:
        missing(f"{tool} is not installed", optional=bool(why), why=why or "`make clients` installs it")
    assert found is not None
    return found


def missing(what: str, *, optional: bool, why: str) -> None:
    """End the test: as skipped, or as failed where everything must be there."""
    if os.environ.get("CI") and not optional:
        pytest.fail(f"{what} ({why})")
    pytest.skip(f"{what}: {why}")
