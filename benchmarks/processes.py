"""What a server costs: CPU seconds and memory of a process and all its descendants, read from /proc."""

import os
import threading
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

TICKS = os.sysconf("SC_CLK_TCK")
PAGE = os.sysconf("SC_PAGE_SIZE")


def family(root: int) -> list[int]:
    """A process and its descendants, those that threads started too."""
    found, waiting = [], [root]
    while waiting:
        pid = waiting.pop()
        try:
            for task in Path(f"/proc/{pid}/task").iterdir():
                waiting.extend(int(child) for child in (task / "children").read_text().split())
        except (FileNotFoundError, ProcessLookupError):
            if not Path("/proc/self/task").exists():
                raise
            continue
        found.append(pid)
    return found


def _stat(pid: int) -> list[str]:
    """The fields of /proc/<pid>/stat after the name, or none when it is gone; field 0 is the state."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return []


def cpu_by_process(root: int) -> dict[int, float]:
    """Seconds of user and system time, children that ended and were waited for included."""
    return {
        pid: sum(int(field) for field in stat[11:15]) / TICKS for pid in family(root) if (stat := _stat(pid))
    }


def cpu_seconds(root: int) -> float:
    return sum(cpu_by_process(root).values())


def resident_bytes(root: int) -> int:
    """Sum of resident sizes; pages that processes share count once for each."""
    total = 0
    for pid in family(root):
        try:
            total += int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE
        except (FileNotFoundError, ProcessLookupError, IndexError):
            continue
    return total


def proportional_bytes(root: int) -> int:
    """Sum of proportional set sizes: a page that n processes share counts 1/n for each."""
    total = 0
    for pid in family(root):
        try:
            rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except (FileNotFoundError, ProcessLookupError, PermissionError):
            continue
        total += sum(int(row.split()[1]) * 1024 for row in rows if row.startswith("Pss:"))
    return total


@dataclass(frozen=True, slots=True)
class MachineTimes:
    """CPU seconds of the whole machine since it started."""

    busy: float
    stolen: float

    @classmethod
    def now(cls) -> "MachineTimes":
        first = Path("/proc/stat").read_text().splitlines()[0].split()[1:]
        user, nice, system, _idle, _wait, irq, softirq, steal = (int(field) / TICKS for field in first[:8])
        return cls(busy=user + nice + system + irq + softirq, stolen=steal)


class PeakMemory:
    """Samples the resident size of a family ten times a second while the block runs."""

    def __init__(self, root: int) -> None:
        self._root = root
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak = 0

    def _watch(self) -> None:
        while True:
            self.peak = max(self.peak, resident_bytes(self._root))
            if self._stop.wait(0.1):
                return

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join()
