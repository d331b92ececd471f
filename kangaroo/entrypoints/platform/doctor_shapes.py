"""An examination as JSON: whole, or row by row as they are found (`application/x-ndjson`, `text/event-stream`)."""

from collections.abc import AsyncIterator, Callable

import msgspec
from litestar import Response
from litestar.response import Stream

from kangaroo.core.doctor import Outcome, Row
from kangaroo.entrypoints.http.framework import AnyRequest
from kangaroo.entrypoints.platform.shapes import Body, Shape
from kangaroo.entrypoints.platform.view import View

_LINES, _EVENTS = "application/x-ndjson", "text/event-stream"


class Finding(Shape):
    """`check` and `reason` are stable words; `title`, `message` and `remedy` are for people; `evidence` is in no
    language. `outcome`: ok, fixed, warning, broken, skipped, not_reached. `part` tells several chains apart."""

    part: str
    check: str
    title: str
    outcome: str
    evidence: str
    reason: str
    message: str
    remedy: str
    fixable: bool


class Verdict(Shape):
    """`reason` is that of the first row that is broken, else of the first warning."""

    broken: bool
    reason: str


class Report(Verdict):
    rows: list[Finding]


class GivenInstance(Body):
    """`workspace`: look from there; for a registry of its own, or as one of its members."""

    name: str
    workspace: str = ""
    fix: bool = False


class GivenPull(Body):
    """`cluster` and `namespace`: where it is to be pulled to; or a `workspace`; or neither."""

    image: str
    workspace: str = ""
    cluster: str = ""
    namespace: str = ""
    fix: bool = False


class GivenCluster(Body):
    name: str


class GivenHarbor(Body):
    """`cluster` and `namespace` where several managed Harbors have the name."""

    name: str
    cluster: str = ""
    namespace: str = ""

    @property
    def place(self) -> dict[str, str]:
        return {"cluster": self.cluster, "namespace": self.namespace}


class GivenDependencies(Body):
    """`targets` as in postgres://user:password@host/database, redis://…, redis+sentinel://…, s3://bucket?endpoint=…; or
    those of a managed Harbor."""

    targets: list[str] = msgspec.field(default_factory=list)
    managed: GivenHarbor | None = None


async def answer(request: AnyRequest, view: View, rows: AsyncIterator[Row]) -> Response[Report]:
    """In the form that the client accepts."""
    accepted = request.headers.get("accept", "")
    if _EVENTS in accepted:
        return _stream(_told(rows, view, _event), _EVENTS)
    if _LINES in accepted:
        return _stream(_told(rows, view, _line), _LINES)
    seen = [row async for row in rows]
    verdict = _verdict(seen)
    findings = [finding_of(row, view) for row in seen]
    return Response(Report(broken=verdict.broken, reason=verdict.reason, rows=findings))


def finding_of(row: Row, view: View) -> Finding:
    title = row.link.title
    return Finding(
        part=row.part,
        check=row.link.name,
        title=title.zh if view.language == "zh" else title.en,
        outcome=row.outcome,
        evidence=row.seen,
        reason=row.reason,
        message=row.message(view.language),
        remedy=row.remedy(view.language),
        fixable=row.fixable,
    )


def _verdict(rows: list[Row]) -> Verdict:
    for outcome in (Outcome.BROKEN, Outcome.WARNING):
        for row in rows:
            if row.outcome is outcome:
                return Verdict(broken=outcome is Outcome.BROKEN, reason=row.reason)
    return Verdict(broken=False, reason="")


async def _told(
    rows: AsyncIterator[Row], view: View, written: Callable[[str, bytes], bytes]
) -> AsyncIterator[bytes]:
    """A row each, and the verdict at the end."""
    seen: list[Row] = []
    async for row in rows:
        seen.append(row)
        yield written("row", msgspec.json.encode(finding_of(row, view)))
    yield written("verdict", msgspec.json.encode(_verdict(seen)))


def _line(_: str, content: bytes) -> bytes:
    return content + b"\n"


def _event(name: str, content: bytes) -> bytes:
    return b"event: " + name.encode() + b"\ndata: " + content + b"\n\n"


def _stream(pieces: AsyncIterator[bytes], media_type: str) -> Response[Report]:
    headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
    return Stream(pieces, media_type=media_type, headers=headers)  # type: ignore[return-value]
