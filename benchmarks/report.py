"""The figures as tables: Markdown into results.md, the same lines to the terminal."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from benchmarks.measure import Cell
from benchmarks.rows import Row

OURS = "kangaroo"
YARDSTICK = "docker-registry"
QUIET = 0.25  # of a core


@dataclass(slots=True)
class Results:
    """Medians: cells[row name][server name]; starts[server name] = seconds to ready, idle RSS, idle PSS."""

    rows: Sequence[Row]
    versions: Mapping[str, str]
    machine: Mapping[str, str]
    rounds: int
    seconds: float
    notes: list[str]
    cells: dict[str, dict[str, Cell]] = field(default_factory=dict)
    starts: dict[str, tuple[float, float, float]] = field(default_factory=dict)

    @property
    def errors(self) -> list[str]:
        return [
            f"{row} {server}: {cell.errors} errors, the first: {cell.first_error}"
            for row, servers in self.cells.items()
            for server, cell in servers.items()
            if cell.errors
        ]


def table(head: Sequence[str], lines: Sequence[Sequence[str]]) -> str:
    """A Markdown table, padded so that it can be read as it is; the first column to the left, others to the right."""
    wide = [max(len(line[i]) for line in [head, *lines]) for i in range(len(head))]

    def row(cells: Sequence[str]) -> str:
        padded = [
            c.ljust(w) if i == 0 else c.rjust(w) for i, (c, w) in enumerate(zip(cells, wide, strict=True))
        ]
        return f"| {' | '.join(padded)} |"

    rule = [("-" * w) if i == 0 else "-" * (w - 1) + ":" for i, w in enumerate(wide)]
    return "\n".join([row(head), row(rule), *(row(line) for line in lines)])


def number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def mib(value: float) -> str:
    return f"{value / (1 << 20):.0f}"


def _ratio(cells: Mapping[str, Cell], ours: str, other: str) -> float | None:
    if ours not in cells or other not in cells or not cells[other].throughput:
        return None
    return cells[ours].throughput / cells[other].throughput


def summary(results: Results) -> str:
    """One line per row: throughputs of all, and how many times the others Kangaroo is."""
    names = list(results.versions)
    others = [name for name in names if name != OURS]
    lines = []
    for row in results.rows:
        cells = results.cells.get(row.name, {})
        if not cells:
            continue
        throughputs = [number(cells[name].throughput) if name in cells else "" for name in names]
        ratios = [_ratio(cells, OURS, other) for other in others]
        shown = [f"{ratio:.2f}x" if ratio else "" for ratio in ratios]
        versus = _ratio(cells, OURS, YARDSTICK)
        verdict = "" if row.aim is None or versus is None else "yes" if versus >= row.aim else "no"
        aim = f"{row.aim:g}x" if row.aim else ""
        lines.append([row.title, row.unit, *throughputs, *shown, aim, verdict])
    head = ["", "unit", *names, *(f"/ {other}" for other in others), "aim", "met"]
    return table(head, lines)


def costs(results: Results) -> str:
    """Server CPU of each, and how many times less Kangaroo needs: what a busy machine disturbs least."""
    names = list(results.versions)
    others = [name for name in names if name != OURS]
    lines = []
    for row in results.rows:
        cells = results.cells.get(row.name, {})
        ours = cells[OURS].cost if OURS in cells else 0.0
        shown = [f"{cells[other].cost / ours:.2f}x" if ours and other in cells else "" for other in others]
        lines.append(
            [
                row.title,
                row.cost_unit,
                *(f"{cells[name].cost:.3f}" if name in cells else "" for name in names),
                *shown,
            ]
        )
    return table(["", "unit", *names, *(f"{other} /" for other in others)], lines)


def noise(results: Results) -> list[str]:
    """A warning when others used the machine in the reading rows, where the kernel itself has little to do aside."""
    shares = [
        cell.other_cpu for row in results.rows if not row.uploads for cell in results.cells[row.name].values()
    ]
    if not shares or max(shares) < QUIET:
        return []
    share = f"{max(shares):.0%} of a core in the reading rows"
    return [f"The machine was not quiet: others took up to {share}. Compare CPU rather than throughput."]


def detail(row: Row, cells: Mapping[str, Cell]) -> str:
    head = [
        "server",
        row.unit,
        "lowest",
        "highest",
        f"/ {YARDSTICK}",
        "p50 ms",
        "p99 ms",
        row.cost_unit,
        "peak RSS MiB",
        "server CPU",
        "client CPU",
        "other CPU",
        "steal",
        "balance",
    ]
    lines = []
    for name, cell in cells.items():
        ratio = _ratio(cells, name, YARDSTICK)
        lines.append(
            [
                name,
                *(number(value) for value in (cell.throughput, cell.low, cell.high)),
                f"{ratio:.2f}" if ratio else "",
                f"{cell.p50_ms:.2f}",
                f"{cell.p99_ms:.2f}",
                f"{cell.cost:.3f}",
                mib(cell.peak_rss),
                *(
                    f"{share:.0%}"
                    for share in (cell.server_cpu, cell.client_cpu, cell.other_cpu, cell.stolen)
                ),
                f"{cell.balance:.2f}" if name == OURS else "",
            ]
        )
    return table(head, lines)


def starts(results: Results) -> str:
    lines = [[name, f"{ready:.2f}", mib(rss), mib(pss)] for name, (ready, rss, pss) in results.starts.items()]
    return table(["server", "ready after s", "idle RSS MiB", "idle PSS MiB"], lines)


EXPLAINED = """\
Every figure is the median of the rounds. Servers take turns in every row of every round, on one disk, each as durable
as it is by default; what is read is in the page cache. Client and servers share the cores. Kangaroo runs two workers
with authorization on (a Bearer token in every request); the others let everybody in. MB is 1e6 bytes. Transfers of
256 MiB are counted, the rest is timed. Manifests are read by 16 tags in turn, 1 MiB blobs 16 in turn; every uploaded
blob has content of its own; PATCH is sent in chunks of 32 KiB. RSS is the sum over the processes of a server, so pages
that workers share count more than once; PSS counts them once.

CPU columns are shares of one core: *client* is the load program, *other* the rest of the machine, its kernel threads
too, *steal* what the host took. *balance* is the share of the busiest process in the work of the two busiest."""


def markdown(results: Results) -> str:
    facts = [[name, value] for name, value in {**results.machine, **_settings(results)}.items()]
    versions = [[name, version] for name, version in results.versions.items()]
    parts = [
        "# Benchmarks",
        "Written by `make bench`; do not edit.",
        table(["", "value"], facts),
        table(["server", "version"], versions),
        EXPLAINED,
        "\n".join(f"- {note}" for note in [*results.notes, *noise(results), *results.errors]),
        "## Summary",
        summary(results),
        "## Server CPU",
        costs(results),
        "## Start",
        starts(results),
    ]
    for row in results.rows:
        if results.cells.get(row.name):
            parts += [f"## {row.title}", f"`{row.name}`", detail(row, results.cells[row.name])]
    return "\n\n".join(part for part in parts if part) + "\n"


def _settings(results: Results) -> dict[str, str]:
    return {"rounds": str(results.rounds), "seconds of a timed cell": f"{results.seconds:g}"}
