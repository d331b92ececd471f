"""Put on PYTHONPATH by benchmarks/profile.py: samples the stack of a Python process every two milliseconds of its
CPU time while the file `on` exists in $KANGAROO_BENCH_SAMPLES, and writes what it saw when the file goes.
"""

import collections
import os
import signal
import threading
import time
from pathlib import Path
from types import FrameType

FOLDER = Path(os.environ.get("KANGAROO_BENCH_SAMPLES", ""))
INTERVAL = 0.002
stacks: collections.Counter[str] = collections.Counter()


def place(frame: FrameType) -> str:
    code = frame.f_code
    return f"{'/'.join(Path(code.co_filename).parts[-3:])}:{code.co_qualname}"


def sample(_signal: int, frame: FrameType | None) -> None:
    names = []
    while frame:
        names.append(place(frame))
        frame = frame.f_back
    stacks[";".join(reversed(names))] += 1


def watch() -> None:
    sampling = False
    while True:
        time.sleep(0.05)
        wanted = (FOLDER / "on").exists()
        if wanted and not sampling:
            stacks.clear()
            signal.setitimer(signal.ITIMER_PROF, INTERVAL, INTERVAL)
        elif sampling and not wanted:
            signal.setitimer(signal.ITIMER_PROF, 0)
            lines = [f"{count}\t{stack}\n" for stack, count in list(stacks.items())]
            (FOLDER / f"{os.getpid()}.stacks").write_text("".join(lines))
        sampling = wanted


def begin() -> None:
    signal.signal(signal.SIGPROF, sample)
    threading.Thread(target=watch, daemon=True).start()


if os.environ.get("KANGAROO_BENCH_SAMPLES"):
    begin()
    os.register_at_fork(after_in_child=begin)
