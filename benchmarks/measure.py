"""One cell of the table: one row, one server, one round. And what a cell of several rounds comes to."""

import os
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks import load, processes
from benchmarks.content import ACCEPT, REPOSITORY, Bodies
from benchmarks.rows import BIG, LITTLE, Row
from benchmarks.servers import BASIC, Server

LITTLE_UPLOADS = 60_000  # more than any server takes in one cell
WARM_SECONDS = 0.3


@dataclass(frozen=True, slots=True)
class Bench:
    """What all cells share: the compiled client, the bodies, and how long a cell lasts."""

    program: Path
    bodies: Bodies
    seconds: float
    big_transfers: int

    def order(self, row: Row, server: Server) -> load.Order:
        """The measured run. Transfers of 256 MiB are counted, everything else is timed."""
        if row.uploads:
            uploads = self.big_transfers if row.size == BIG else LITTLE_UPLOADS
            return self._uploads(row, server, row.size, uploads)
        headers = [f"Authorization: {BASIC}"] if row.target == "token" else [*server.headers(), ACCEPT]
        counted = row.size == BIG
        return load.Order(
            mode=row.mode,
            port=server.port,
            paths=server.seed(row.target),
            connections=row.clients,
            seconds=0 if counted else self.seconds,
            least=3 * self.big_transfers if counted else 1,
            most=3 * self.big_transfers if counted else 1 << 40,
            headers=headers,
        )

    def warm_up(self, row: Row, server: Server) -> None:
        """The same path for a moment, so that nothing is loaded or opened for the first time when it counts."""
        if row.uploads:
            load.run(self.program, self._uploads(row, server, LITTLE, 16))
            return
        order = self.order(row, server)
        load.run(
            self.program,
            load.Order(
                mode=order.mode,
                port=order.port,
                paths=order.paths,
                connections=order.connections,
                seconds=WARM_SECONDS,
                least=order.connections,
                headers=order.headers,
            ),
        )

    def _uploads(self, row: Row, server: Server, size: int, count: int) -> load.Order:
        return load.Order(
            mode=row.mode,
            port=server.port,
            paths=[f"/v2/{REPOSITORY}/blobs/uploads/"],
            connections=row.clients,
            seconds=0 if size == BIG else self.seconds,
            least=count if size == BIG else 1,
            most=count,
            headers=server.headers(),
            body=self.bodies.framed(size) if row.mode == "patch" else self.bodies.plain(size),
            uploads=self.bodies.uploads(size, count),
        )


@dataclass(frozen=True, slots=True)
class Cell:
    """`cost` is server CPU seconds per GB or per 1000 requests; the shares are of one core."""

    throughput: float
    p50_ms: float
    p99_ms: float
    cost: float
    peak_rss: float
    server_cpu: float
    client_cpu: float
    other_cpu: float
    stolen: float
    balance: float
    errors: int = 0
    first_error: str = ""
    low: float = 0
    high: float = 0


def measure(bench: Bench, row: Row, server: Server, during: Callable[[], None] | None = None) -> Cell:
    if server.uploaded:
        server.renew()
    bench.warm_up(row, server)
    order = bench.order(row, server)
    if row.uploads:
        # Nobody pays for the writes of the one before.
        os.sync()
        server.uploaded = row.size == BIG
    machine, before = processes.MachineTimes.now(), processes.cpu_by_process(server.pid)
    harness = sum(os.times()[:2])
    if during:
        during()
    with processes.PeakMemory(server.pid) as memory:
        done = load.run(bench.program, order)
    own = sum(os.times()[:2]) - harness
    after, machine_after = processes.cpu_by_process(server.pid), processes.MachineTimes.now()
    spent = {pid: after[pid] - before.get(pid, 0.0) for pid in after}
    server_cpu = sum(spent.values())
    amount = max(done.bytes / 1e9 if row.in_bytes else done.requests / 1000, 1e-9)
    other = machine_after.busy - machine.busy - server_cpu - done.cpu_seconds - own
    return Cell(
        throughput=(done.bytes / 1e6 if row.in_bytes else done.requests) / done.seconds,
        p50_ms=done.p50_us / 1000,
        p99_ms=done.p99_us / 1000,
        cost=server_cpu / amount,
        peak_rss=memory.peak,
        server_cpu=server_cpu / done.seconds,
        client_cpu=done.cpu_seconds / done.seconds,
        other_cpu=max(0.0, other / done.seconds),
        stolen=(machine_after.stolen - machine.stolen) / done.seconds,
        balance=_balance(list(spent.values())),
        errors=done.errors,
        first_error=done.first_error,
    )


def _balance(spent: Sequence[float]) -> float:
    """How much the busiest process did of the work of the two busiest: 0.5 is even, 1 is one process alone."""
    top = sorted(spent, reverse=True)[:2]
    return top[0] / sum(top) if sum(top) else 1.0


def median(rounds: Sequence[Cell]) -> Cell:
    """Each measure by itself; the peak of memory is the highest, errors add up."""

    def middle(pick: Callable[[Cell], float]) -> float:
        return statistics.median(pick(cell) for cell in rounds)

    return Cell(
        throughput=middle(lambda cell: cell.throughput),
        p50_ms=middle(lambda cell: cell.p50_ms),
        p99_ms=middle(lambda cell: cell.p99_ms),
        cost=middle(lambda cell: cell.cost),
        peak_rss=max(cell.peak_rss for cell in rounds),
        server_cpu=middle(lambda cell: cell.server_cpu),
        client_cpu=middle(lambda cell: cell.client_cpu),
        other_cpu=middle(lambda cell: cell.other_cpu),
        stolen=middle(lambda cell: cell.stolen),
        balance=middle(lambda cell: cell.balance),
        errors=sum(cell.errors for cell in rounds),
        first_error=next((cell.first_error for cell in rounds if cell.first_error), ""),
        low=min(cell.throughput for cell in rounds),
        high=max(cell.throughput for cell in rounds),
    )
