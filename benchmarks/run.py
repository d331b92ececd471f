"""Measure Kangaroo beside other registries, in turns, and write the table.

python -m benchmarks.run                              everything, three rounds, into benchmarks/results.md
python -m benchmarks.run --quick                      one short round, on the terminal only
python -m benchmarks.run --only blob-put manifest     rows by the beginning of their names
python -m benchmarks.run --profile manifest-get-32    where Kangaroo's workers spend their time in one row
"""

import argparse
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from benchmarks import load, machine, profile, report, rows, servers
from benchmarks.content import Bodies, WrongAnswer
from benchmarks.measure import Bench, Cell, measure, median

RESULTS = Path(__file__).with_name("results.md")
CACHE = Path.home() / ".cache/kangaroo/bench"


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Measure Kangaroo beside other registries.")
    parser.add_argument(
        "--only", nargs="+", default=[], metavar="ROW", help="rows, by the beginning of their names"
    )
    parser.add_argument("--servers", nargs="+", default=[], metavar="NAME", help="only these servers")
    parser.add_argument("--rounds", type=int, help="default 3; 1 with --quick")
    parser.add_argument("--seconds", type=float, help="of a timed cell; default 4; 1 with --quick")
    parser.add_argument(
        "--transfers", type=int, help="256 MiB uploads of a cell (reads: three times); default 8; 4"
    )
    parser.add_argument("--quick", action="store_true", help="a short look; nothing is written")
    parser.add_argument(
        "--output", type=Path, help="default benchmarks/results.md, for a whole run of all rows"
    )
    parser.add_argument(
        "--folder", type=Path, default=CACHE, help="where the servers keep data; needs 10 GB free"
    )
    parser.add_argument("--profile", metavar="ROW", help="profile Kangaroo's workers in this row")
    return parser.parse_args()


def run(options: argparse.Namespace, bench: Bench, folder: Path) -> report.Results:
    known, notes = servers.kinds()
    chosen = [kind for kind in known if not options.servers or kind.name in options.servers]
    results = report.Results(
        rows=rows.chosen(options.only),
        versions={kind.name: servers.version_of(kind) for kind in chosen},
        machine=machine.facts(folder),
        rounds=options.rounds,
        seconds=bench.seconds,
        notes=notes,
    )
    rounds = Rounds(bench, results)
    for turn in range(options.rounds):
        rounds.play(turn + 1, [servers.Server(kind, folder / kind.name) for kind in chosen])
    rounds.settle()
    return results


class Rounds:
    """The servers take turns; a foreign one that fails is noted and left out, ours must not fail."""

    def __init__(self, bench: Bench, results: report.Results) -> None:
        self._bench = bench
        self._results = results
        self._cells: dict[str, dict[str, list[Cell]]] = {row.name: {} for row in results.rows}
        self._starts: dict[str, list[tuple[float, float, float]]] = {}

    def play(self, turn: int, entered: list[servers.Server]) -> None:
        running = list(entered)
        try:
            for server in entered:
                self._attempt(server, running, self._start)
            for row in self._results.rows:
                for server in list(running):
                    if not row.only_kangaroo or server.kind.name == report.OURS:
                        self._attempt(server, running, partial(self._measure, turn, row))
        finally:
            for server in entered:
                server.stop()

    def settle(self) -> None:
        """From rounds to medians."""
        self._results.cells = {
            row: {name: median(cells) for name, cells in by_server.items()}
            for row, by_server in self._cells.items()
        }
        for name, starts in self._starts.items():
            ready, rss, pss = (statistics.median(column) for column in zip(*starts, strict=True))
            self._results.starts[name] = (ready, rss, pss)
        versions = self._results.versions
        self._results.versions = {name: version for name, version in versions.items() if name in self._starts}

    def _attempt(
        self, server: servers.Server, running: list[servers.Server], action: Callable[[servers.Server], None]
    ) -> None:
        try:
            action(server)
        except (servers.NotStarted, WrongAnswer, load.LoadError) as error:
            if server.kind.name == report.OURS:
                raise
            self._results.notes.append(f"{server.kind.name} failed and was left out from there on: {error}")
            running.remove(server)
            server.stop()

    def _start(self, server: servers.Server) -> None:
        server.start()
        server.settle()
        measures = (server.ready_seconds, server.idle_rss, server.idle_pss)
        self._starts.setdefault(server.kind.name, []).append(measures)

    def _measure(self, turn: int, row: rows.Row, server: servers.Server) -> None:
        cell = measure(self._bench, row, server)
        self._cells[row.name].setdefault(server.kind.name, []).append(cell)
        told = f"round {turn} {row.name:18} {server.kind.name:16} {cell.throughput:10.1f} {row.unit}"
        print(f"{told} {cell.first_error}".rstrip(), file=sys.stderr, flush=True)


def prepare(options: argparse.Namespace) -> None:
    """Fill in the defaults, and refuse what cannot work."""
    options.rounds = options.rounds or (1 if options.quick else 3)
    options.seconds = options.seconds or (1.0 if options.quick else 4.0)
    options.transfers = options.transfers or (4 if options.quick else 8)
    if not options.output and not options.quick and not options.only and not options.servers:
        options.output = RESULTS
    options.folder.mkdir(parents=True, exist_ok=True)
    if shutil.disk_usage(options.folder).free < 10e9 + 1.1e9 * options.transfers:
        raise SystemExit("the folder of the servers' data needs more room: --folder elsewhere")


def main() -> int:
    options = arguments()
    prepare(options)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the servers are stopped
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="run-", dir=options.folder) as name:
        folder = Path(name)
        bench = Bench(
            program=load.build(options.folder),
            bodies=Bodies(folder),
            seconds=options.seconds,
            big_transfers=options.transfers,
        )
        if options.profile:
            return profile.run(bench, options.profile, folder)
        results = run(options, bench, folder)
    print(report.markdown(results))
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    if options.output:
        options.output.write_text(report.markdown(results))
    return 1 if results.errors else 0


if __name__ == "__main__":
    sys.exit(main())
