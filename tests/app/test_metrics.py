"""Counting in shared memory: cheap, exact, and within its limits."""

import asyncio

import pytest
from prometheus_client.parser import text_string_to_metric_families

from kangaroo.app import metrics
from kangaroo.app.exposition import exposition
from kangaroo.app.frame import Frame
from kangaroo.app.metrics import BOUNDS, METRICS, Kind, RequestMeter, RequestTotals, Slot

CACHE = METRICS["cache_lookups"]


def test_a_slot_is_continued_by_its_next_process() -> None:
    slot = Slot("http-0")
    slot.enter()
    slot.cells[slot.place(CACHE, "tags", "hit")] += 3
    slot.cells[slot.place(METRICS["uploads_under_way"])] += 1
    slot._places.clear()  # what a new process does not have
    slot.enter()
    slot.cells[slot.place(CACHE, "tags", "hit")] += 1
    read = {(metric.name, labels): values[0] for metric, labels, values in slot.read()}
    assert read == {("cache_lookups", ("tags", "hit")): 4.0, ("uploads_under_way", ()): 0.0}
    assert slot.starts == 2


def test_labels_from_clients_are_noticed() -> None:
    slot = Slot("http-0")
    with pytest.raises(ValueError, match="short list"):
        slot.place(CACHE, "x" * 200, "hit")
    for number in range(2047):
        slot.place(CACHE, str(number), "hit")
    with pytest.raises(ValueError, match="short list"):
        slot.place(CACHE, "one more", "hit")
    slot.place(CACHE, "7", "hit")


def test_requests_are_counted_by_kind() -> None:
    slot = Slot("http-0")
    meter = RequestMeter(slot)
    for status in (200, 206):
        meter.count(("GET", "blobs", status), 0.003, 0, 10)
    meter.count(("BREW", "blobs", 405), 100.0, 0, 0)
    meter.count(("HACK", "blobs", 405), 0.0, 0, 0)
    meter.count(("PUT", "uploads", 0), 0.2, 7, 0)
    read = {labels: RequestTotals.of(values) for _, labels, values in slot.read()}
    assert set(read) == {("GET", "blobs", "2xx"), ("OTHER", "blobs", "4xx"), ("PUT", "uploads", "aborted")}
    totals = read["GET", "blobs", "2xx"]
    assert (totals.seconds, totals.sent, sum(totals.buckets)) == (0.006, 20, 2)
    assert totals.buckets[BOUNDS.index(0.005)] == 2
    assert read["OTHER", "blobs", "4xx"].buckets[-1] == 1
    assert read["PUT", "uploads", "aborted"].received == 7


@pytest.mark.parametrize("accept", ["", "application/openmetrics-text; version=1.0.0"])
def test_every_metric_of_the_table_is_told(accept: str) -> None:
    content_type, body = exposition(accept, [("jobs", {"kind": "gc", "state": "queued"}, 4.0)])
    assert content_type.startswith(accept.partition(";")[0] or "text/plain")
    families = {family.name: family for family in text_string_to_metric_families(body.decode())}
    plain = {name for name, metric in METRICS.items() if metric.kind is not Kind.REQUESTS}
    if not accept:
        assert {f"kangaroo_{name}" for name in plain} <= set(families)
        assert families["kangaroo_jobs"].samples[0].value == 4.0
        assert families["kangaroo_info"].samples[0].value == 1.0


def test_without_a_supervisor_there_is_a_slot_of_ones_own() -> None:
    cell = metrics.cell("jobs_finished", kind="test", outcome="done")
    cell.add()
    cell.add(2)
    labels = [
        (labels, values[0])
        for metric, labels, values in metrics.here().read()
        if metric.name == "jobs_finished"
    ]
    assert (("test", "done"), 3.0) in labels
    assert asyncio.iscoroutinefunction(Frame.__call__) is False
