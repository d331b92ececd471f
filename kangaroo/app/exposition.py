"""The answer to `/metrics`: the numbers of all processes added up, in Prometheus' formats."""

import os
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import accumulate
from pathlib import Path

from prometheus_client import CollectorRegistry
from prometheus_client import Metric as Family
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from kangaroo import __version__
from kangaroo.app import metrics
from kangaroo.app.metrics import BOUNDS, METRICS, REQUESTS, Kind, RequestTotals, Slot
from kangaroo.entrypoints.http.metrics import Observation

PREFIX = "kangaroo_"
_LABELS = tuple[str, ...]
_LIMITS = [*map(str, BOUNDS), "+Inf"]
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def exposition(accept: str, observations: Sequence[Observation]) -> tuple[str, bytes]:
    """Content type and body, in the format the scraper accepts."""
    encode, content_type = choose_encoder(accept)
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Families(metrics.slots(), observations))
    return content_type, encode(registry)


class _Families(Collector):
    def __init__(self, slots: Sequence[Slot], observations: Sequence[Observation]) -> None:
        self._slots = slots
        self._observations = observations

    def collect(self) -> Iterator[Family]:
        info = GaugeMetricFamily(PREFIX + "info", "The version that runs.", labels=["version"])
        info.add_metric([__version__], 1)
        yield info
        yield from _plain(self._slots, self._observations)
        yield from _requests(self._slots)
        yield from _processes(self._slots)


def _plain(slots: Iterable[Slot], observations: Iterable[Observation]) -> Iterator[Family]:
    sums: defaultdict[str, defaultdict[_LABELS, float]] = defaultdict(lambda: defaultdict(float))
    for slot in slots:
        for metric, labels, values in slot.read():
            sums[metric.name][labels] += values[0]
    for name, named, value in observations:
        sums[name][tuple(named[label] for label in METRICS[name].labels)] += value
    for metric in METRICS.values():
        if metric.kind is not Kind.REQUESTS:
            family = _family(metric.kind is Kind.COUNTER, metric.name, metric.why, metric.labels)
            for labels, value in sorted(sums[metric.name].items()):
                family.add_metric(labels, value)
            yield family


def _family(
    counts: bool, name: str, why: str, labels: Sequence[str]
) -> CounterMetricFamily | GaugeMetricFamily:
    kind: Callable[..., CounterMetricFamily | GaugeMetricFamily]
    kind = CounterMetricFamily if counts else GaugeMetricFamily
    return kind(PREFIX + name, why, labels=labels)


def _requests(slots: Iterable[Slot]) -> Iterator[Family]:
    totals: dict[_LABELS, list[RequestTotals]] = defaultdict(list)
    for slot in slots:
        for metric, labels, values in slot.read():
            if metric is REQUESTS:
                totals[labels].append(RequestTotals.of(values))
    labelled = sorted(totals.items())
    counted = CounterMetricFamily(PREFIX + "http_requests", REQUESTS.why, labels=REQUESTS.labels)
    for labels, parts in labelled:
        counted.add_metric(labels, sum(sum(part.buckets) for part in parts))
    yield counted

    by_route: dict[_LABELS, list[RequestTotals]] = defaultdict(list)
    for (method, route, _), parts in labelled:
        by_route[method, route] += parts
    names = ["method", "route"]
    received = CounterMetricFamily(PREFIX + "http_received_bytes", "Content received.", labels=names)
    sent = CounterMetricFamily(PREFIX + "http_sent_bytes", "Content sent.", labels=names)
    seconds = HistogramMetricFamily(
        PREFIX + "http_request_duration_seconds", "From the request's head to the answer's end.", labels=names
    )
    for labels, parts in by_route.items():
        received.add_metric(labels, sum(part.received for part in parts))
        sent.add_metric(labels, sum(part.sent for part in parts))
        columns = zip(*(part.buckets for part in parts), strict=True)
        buckets = list(zip(_LIMITS, accumulate(map(sum, columns)), strict=True))
        seconds.add_metric(labels, buckets, sum(part.seconds for part in parts))
    yield from (received, sent, seconds)


def _processes(slots: Iterable[Slot]) -> Iterator[Family]:
    families: Mapping[str, CounterMetricFamily | GaugeMetricFamily] = {
        "starts": _family(True, "process_starts", "How often the process was started.", ["process"]),
        "cpu": _family(True, "process_cpu_seconds", "CPU time, of its present run.", ["process"]),
        "memory": _family(False, "process_resident_memory_bytes", "Resident memory.", ["process"]),
        "files": _family(False, "process_open_fds", "Open file descriptors.", ["process"]),
    }
    for slot in slots:
        families["starts"].add_metric([slot.name], slot.starts)
        for what, value in _proc(slot.pid).items():
            families[what].add_metric([slot.name], value)
    yield from families.values()


def _proc(pid: int) -> dict[str, float]:
    """What the kernel tells about a process; nothing about one that is just being replaced."""
    folder = Path("/proc") / str(pid)
    try:
        # The name in parentheses may hold anything; what counts comes after it.
        after_name = (folder / "stat").read_text().rpartition(")")[2].split()
        files = len(list((folder / "fd").iterdir()))
    except OSError:
        return {}
    user, system, resident = (int(after_name[index]) for index in (11, 12, 21))
    return {"cpu": (user + system) / _TICKS, "memory": float(resident * _PAGE), "files": float(files)}
