"""What all processes count, in memory they share: adding costs 0.1 µs, and each of them can tell all numbers.

The supervisor maps one slot per process before it forks. A process that is started again continues its slot,
so that counters never go back; only its gauges start at zero. A slot is a row of records of 40 cells of 8
bytes, 16 for the name (metric and label values), 24 for the values. Record 0 is about the process itself.
"""

import mmap
import os
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

_NAME_CELLS, _VALUE_CELLS = 16, 24
_RECORD = _NAME_CELLS + _VALUE_CELLS
_RECORDS = 2048
_USED, _PID, _STARTS = range(3)
_SEPARATOR = "\x1f"

BOUNDS = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
_SECONDS, _RECEIVED, _SENT, _BUCKETS = 0, 1, 2, 3
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Kind(Enum):
    COUNTER = "counter"
    GAUGE = "gauge"
    OBSERVED = "observed"  # not counted in a process but asked from the subjects at every scrape
    REQUESTS = "requests"  # several values in one record, see RequestMeter


@dataclass(frozen=True, slots=True)
class Metric:
    name: str
    kind: Kind
    why: str
    labels: tuple[str, ...] = ()


REQUESTS = Metric("http_request", Kind.REQUESTS, "HTTP requests answered.", ("method", "route", "status"))
METRICS = {
    metric.name: metric
    for metric in (
        REQUESTS,
        Metric("uploads_under_way", Kind.GAUGE, "Requests whose content is being received."),
        Metric("cache_lookups", Kind.COUNTER, "Lookups in caches, by outcome.", ("cache", "outcome")),
        Metric("jobs_finished", Kind.COUNTER, "Tasks that ended, by outcome.", ("kind", "outcome")),
        Metric("jobs", Kind.OBSERVED, "Tasks in the queue, by state.", ("kind", "state")),
        Metric("clusters", Kind.OBSERVED, "Registered clusters, by state.", ("state",)),
        Metric(
            "cluster_silence_seconds",
            Kind.OBSERVED,
            "Since a cluster was last heard of by those who watch it.",
            ("cluster", "kind"),
        ),
    )
}


class Cell:
    """One number. Ask for it after the process has begun, and keep it: looking it up is the slow part."""

    __slots__ = ("_at", "_cells")

    def __init__(self, cells: "memoryview[float]", at: int) -> None:
        self._cells = cells
        self._at = at

    def add(self, amount: float = 1.0) -> None:
        self._cells[self._at] += amount


class Slot:
    """The numbers of one process."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._bytes = memoryview(mmap.mmap(-1, _RECORDS * _RECORD * 8))
        self.cells: memoryview[float] = self._bytes.cast("d")
        self._places: dict[str, int] = {}

    @property
    def pid(self) -> int:
        return int(self._head(_PID))

    @property
    def starts(self) -> float:
        return self._head(_STARTS)

    def enter(self) -> None:
        """This process takes the slot, after whoever had it before."""
        self.cells[_NAME_CELLS + _PID] = float(os.getpid())
        self.cells[_NAME_CELLS + _STARTS] += 1.0
        for record in range(1, int(self._head(_USED)) + 1):
            name = self._name(record)
            self._places[name] = self._values(record)
            if METRICS[name.partition(_SEPARATOR)[0]].kind is Kind.GAUGE:
                self.cells[self._values(record)] = 0.0

    def place(self, metric: Metric, *labels: str) -> int:
        """Where the values of these labels begin."""
        name = _SEPARATOR.join((metric.name, *labels))
        place = self._places.get(name)
        if place is None:
            record = int(self._head(_USED)) + 1
            encoded = name.encode()
            if record >= _RECORDS or len(encoded) > _NAME_CELLS * 8:
                raise ValueError(f"no room for the metric {name!r}: labels must come from a short list")
            start = record * _RECORD * 8
            self._bytes[start : start + len(encoded)] = encoded
            self.cells[_NAME_CELLS + _USED] = float(record)  # only now readers see the record
            place = self._places[name] = self._values(record)
        return place

    def read(self) -> Iterator[tuple[Metric, tuple[str, ...], Sequence[float]]]:
        for record in range(1, int(self._head(_USED)) + 1):
            name, *labels = self._name(record).split(_SEPARATOR)
            start = self._values(record)
            yield METRICS[name], tuple(labels), self.cells[start : start + _VALUE_CELLS].tolist()

    def _head(self, field: int) -> float:
        return self.cells[_NAME_CELLS + field]

    def _name(self, record: int) -> str:
        start = record * _RECORD * 8
        return bytes(self._bytes[start : start + _NAME_CELLS * 8]).rstrip(b"\0").decode()

    @staticmethod
    def _values(record: int) -> int:
        return record * _RECORD + _NAME_CELLS


class RequestMeter:
    """Counts answered requests. It is on the path of every request."""

    def __init__(self, slot: Slot) -> None:
        self._slot = slot
        self._cells = slot.cells
        self._places: dict[tuple[str, str, int], int] = {}

    def count(self, key: tuple[str, str, int], seconds: float, received: int, sent: int) -> None:
        """`key` is method, route and status; the route comes from code, never from the client."""
        try:
            place = self._places[key]
        except KeyError:
            place = self._place(*key)
        cells = self._cells
        cells[place + _BUCKETS + bisect_left(BOUNDS, seconds)] += 1.0
        cells[place + _SECONDS] += seconds
        if sent:
            cells[place + _SENT] += sent
        if received:
            cells[place + _RECEIVED] += received

    def _place(self, method: str, route: str, status: int) -> int:
        known = method if method in _METHODS else "OTHER"
        place = self._slot.place(REQUESTS, known, route, f"{status // 100}xx" if status else "aborted")
        if known == method:
            self._places[method, route, status] = place
        return place


@dataclass(frozen=True, slots=True)
class RequestTotals:
    """The values of one record of REQUESTS, named."""

    seconds: float
    received: float
    sent: float
    buckets: Sequence[float]

    @classmethod
    def of(cls, values: Sequence[float]) -> "RequestTotals":
        buckets = values[_BUCKETS : _BUCKETS + len(BOUNDS) + 1]
        return cls(values[_SECONDS], values[_RECEIVED], values[_SENT], buckets)


class _Board:
    """Which slots there are and which one is this process's; without a supervisor, one of its own."""

    def __init__(self) -> None:
        self.slots = [Slot("process")]
        self.here = self.slots[0]


_BOARD = _Board()


def share(names: Sequence[str]) -> None:
    """In the supervisor, before it forks."""
    _BOARD.slots = [Slot(name) for name in names]


def enter(name: str) -> None:
    """In the process that has this name."""
    _BOARD.here = next(slot for slot in _BOARD.slots if slot.name == name)
    _BOARD.here.enter()


def here() -> Slot:
    return _BOARD.here


def slots() -> Sequence[Slot]:
    return _BOARD.slots


def cell(name: str, **labels: str) -> Cell:
    """A counter or gauge of the table: `cell("cache_lookups", cache="tags", outcome="hit").add()`."""
    metric = METRICS[name]
    values = [labels[label] for label in metric.labels]
    slot = here()
    return Cell(slot.cells, slot.place(metric, *values))
