"""Where Kangaroo's workers spend their time in one row: Python lines by a sampler inside them, and the machine's
own symbols (kernel, OpenSSL, SQLite) by perf when it is installed.
"""

import collections
import shutil
import subprocess
import time
from pathlib import Path

from benchmarks import servers
from benchmarks.measure import Bench, Cell, measure
from benchmarks.processes import family
from benchmarks.report import OURS, number
from benchmarks.rows import chosen

SAMPLER = Path(__file__).with_name("sampler")
SHOWN = 40
TABLES = ("overhead,dso", "overhead,dso,symbol")


def run(bench: Bench, name: str, folder: Path) -> int:
    row = chosen([name])[0]
    found = [kind for kind in servers.kinds()[0] if kind.name == OURS]
    if not found:
        raise SystemExit("kangaroo is not installed beside this Python")
    samples = folder / "samples"
    samples.mkdir()
    server = servers.Server(
        found[0], folder / OURS, {"PYTHONPATH": str(SAMPLER), "KANGAROO_BENCH_SAMPLES": str(samples)}
    )
    try:
        server.start()
        cell = measure(bench, row, server, (samples / "on").touch)
        (samples / "on").unlink()
        time.sleep(0.3)  # the samplers look every 0.05 s and write what they have
        plain = (
            _symbols(bench, row.name, server, folder) if shutil.which("perf") else "perf is not installed\n"
        )
    finally:
        server.stop()
    print(_python(samples, cell, row.unit))
    print(plain)
    return 0


def _symbols(bench: Bench, name: str, server: servers.Server, folder: Path) -> str:
    """A second run of the row under perf, which sees what Python cannot."""
    data = folder / "perf.data"
    recorder: list[subprocess.Popen[bytes]] = []

    def record() -> None:
        pids = ",".join(str(pid) for pid in family(server.pid))
        command = ["perf", "record", "-q", "-F", "999", "-p", pids, "-o", str(data)]
        recorder.append(subprocess.Popen(command))

    measure(bench, chosen([name])[0], server, record)
    recorder[0].terminate()
    recorder[0].wait()
    tables = [
        f"## perf, own time by {', '.join(keys.split(',')[1:])}\n\n{_told(data, keys)}" for keys in TABLES
    ]
    return "\n".join(tables)


def _told(data: Path, keys: str) -> str:
    command = ["perf", "report", "--stdio", "-q", "-i", str(data), "-F", keys, "--percent-limit", "0.7"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.lstrip("\n") or done.stderr


def _python(samples: Path, cell: Cell, unit: str) -> str:
    """Own and cumulative shares of functions, from lines `count<tab>outermost;...;innermost`."""
    own: collections.Counter[str] = collections.Counter()
    through: collections.Counter[str] = collections.Counter()
    total = 0
    for path in samples.glob("*.stacks"):
        for line in path.read_text().splitlines():
            count, _, stack = line.partition("\t")
            frames = stack.split(";")
            total += int(count)
            own[frames[-1]] += int(count)
            through.update(dict.fromkeys(frames, int(count)))
    text = [f"{number(cell.throughput)} {unit} under the sampler, {total} samples of main threads\n"]
    for title, counter in (("own time", own), ("with everything called", through)):
        text.append(f"## Python, {title}\n")
        inner = [(frame, count) for frame, count in counter.most_common() if count < 0.995 * total]
        text += [f"{count / total:7.1%}  {frame}" for frame, count in inner[:SHOWN]]
        text.append("")
    return "\n".join(text)
