"""Where the figures were taken: processor, kernel, file system, Python. No names of people or folders."""

import datetime as dt
import os
import platform
import ssl
from pathlib import Path


def _processor() -> str:
    facts: dict[str, str] = {}
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        name, _, value = line.partition(":")
        facts.setdefault(name.strip(), value.strip())
    name = facts.get("model name", platform.machine())
    model = facts.get("model", "")
    flags = facts.get("flags", facts.get("Features", "")).split()
    hashing = "SHA instructions" if {"sha_ni", "sha2"} & set(flags) else "no SHA instructions"
    return f"{name} (model {model}, {hashing})" if model else f"{name} ({hashing})"


def filesystem_of(folder: Path) -> str:
    """The type of the mount that holds the folder: the longest mount point that is one of its parents."""
    best, kind = "", "unknown"
    for line in Path("/proc/mounts").read_text().splitlines():
        _device, point, found, *_rest = line.split()
        inside = folder == Path(point) or Path(point) in folder.parents
        if inside and len(point) >= len(best):
            best, kind = point, found
    return kind


def facts(folder: Path) -> dict[str, str]:
    pages = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return {
        "date": dt.datetime.now(dt.UTC).strftime("%Y-%m-%d %H:%M UTC"),
        "processor": _processor(),
        "cores": str(len(os.sched_getaffinity(0))),
        "memory": f"{pages / (1 << 30):.0f} GiB",
        "kernel": f"{platform.system()} {platform.release()}",
        "file system": filesystem_of(folder.resolve()),
        "python": platform.python_version(),
        "openssl": ssl.OPENSSL_VERSION.split()[1],
    }
