"""What group Harbor answers to questions before one is made.

Beyond the published description: `rows`, each question with its reason, remedy and who looked.
"""

from collections.abc import Iterable, Sequence

from kangaroo.core.managed import Check, Class, Offer, Room, Row, TlsSecret, Verdict
from kangaroo.entrypoints.platform.harbors_words import OperatorStatus, PreEnvironmentStatus, TlsType
from kangaroo.entrypoints.platform.shapes import Shape
from kangaroo.entrypoints.platform.view import View


class RowShape(Shape):
    """`verdict`: ok, failed or unknown; `from_`: server (this one) or cluster (from inside it)."""

    check: str
    verdict: str
    reason: str
    message: str
    remedy: str
    origin: str


class Preflight(Shape):
    """`ok`: nothing is in the way."""

    ok: bool
    rows: list[RowShape]


class OperatorAnswer(Shape):
    status: OperatorStatus
    rows: list[RowShape]


class PreEnvironment(Shape):
    cert_manager_status: PreEnvironmentStatus
    harbor_operator_status: PreEnvironmentStatus
    pg_operator_status: PreEnvironmentStatus
    redis_operator_status: PreEnvironmentStatus
    minio_operator_status: PreEnvironmentStatus
    rows: list[RowShape]


class ClassShape(Shape):
    name: str
    default: bool
    hwameistor_replicas: int


class Params(Shape):
    version: list[str]
    storage: list[ClassShape]
    ingress: list[ClassShape]


class Quota(Shape):
    """`allocatable` is empty where no quota limits it."""

    request: str
    allocatable: str


class NamespaceQuota(Shape):
    status: bool
    cpu: Quota
    memory: Quota


class NodePort(Shape):
    """`status`: the port is in use."""

    status: bool


class TlsShape(Shape):
    namespace: str
    name: str
    type: TlsType


class TlsList(Shape):
    items: list[TlsShape]


class CheckShape(Shape):
    completed: bool
    is_pass: bool
    message: str


class Verified(Shape):
    db: CheckShape
    cache: CheckShape
    storage: CheckShape
    rows: list[RowShape]


def row_of(row: Row, view: View) -> RowShape:
    return RowShape(
        check=row.check,
        verdict=row.verdict,
        reason=row.reason,
        message=row.message(view.language),
        remedy=row.remedy(view.language),
        origin=row.origin,
    )


def rows_of(rows: Iterable[Row], view: View) -> list[RowShape]:
    return [row_of(row, view) for row in rows]


def preflight_of(rows: Sequence[Row], view: View) -> Preflight:
    return Preflight(ok=not _failed(rows), rows=rows_of(rows, view))


def operator_of(rows: Sequence[Row], view: View) -> OperatorAnswer:
    status = (
        OperatorStatus.NOT_INSTALLED if _failed(_about(rows, "CRD", "OPERATOR")) else OperatorStatus.READY
    )
    return OperatorAnswer(status=status, rows=rows_of(rows, view))


def ready(good: bool) -> PreEnvironmentStatus:
    return PreEnvironmentStatus.READY if good else PreEnvironmentStatus.NOT_READY


def operator_ready(rows: Sequence[Row]) -> PreEnvironmentStatus:
    return ready(not _failed(_about(rows, "CRD", "OPERATOR")))


def cert_manager_ready(rows: Sequence[Row]) -> PreEnvironmentStatus:
    return ready(not _failed(_about(rows, "CERT_MANAGER")))


def params_of(offer: Offer) -> Params:
    return Params(
        version=list(offer.versions), storage=_classes(offer.storage), ingress=_classes(offer.ingress)
    )


def quota_of(rooms: dict[str, Room]) -> NamespaceQuota:
    cpu, memory = rooms["cpu"], rooms["memory"]
    return NamespaceQuota(
        status=cpu.enough and memory.enough,
        cpu=Quota(request=cpu.needed, allocatable=cpu.left),
        memory=Quota(request=memory.needed, allocatable=memory.left),
    )


def tls_of(secret: TlsSecret) -> TlsShape:
    words = {None: TlsType.UNSPECIFIED, True: TlsType.SELF_SIGNED, False: TlsType.CUSTOM}
    return TlsShape(namespace=secret.namespace, name=secret.name, type=words[secret.self_signed])


def verified_of(rows: Sequence[Row] | None, view: View) -> Verified:
    """None: still under way. What was not asked about passes."""
    return Verified(
        db=_check(rows, Check.DATABASE, view),
        cache=_check(rows, Check.CACHE, view),
        storage=_check(rows, Check.STORAGE, view),
        rows=rows_of(rows or (), view),
    )


def _check(rows: Sequence[Row] | None, check: Check, view: View) -> CheckShape:
    if rows is None:
        return CheckShape(completed=False, is_pass=False, message="")
    row = next((row for row in rows if row.check is check), None)
    if row is None:
        return CheckShape(completed=True, is_pass=True, message="")
    told = " ".join(filter(None, (row.message(view.language), row.remedy(view.language))))
    return CheckShape(completed=True, is_pass=row.verdict is Verdict.OK, message=told)


def _about(rows: Sequence[Row], *subjects: str) -> list[Row]:
    return [row for row in rows if row.check.startswith(subjects)]


def _failed(rows: Iterable[Row]) -> bool:
    return any(row.verdict is Verdict.FAILED for row in rows)


def _classes(classes: Iterable[Class]) -> list[ClassShape]:
    return [ClassShape(name=one.name, default=one.default, hwameistor_replicas=one.copies) for one in classes]
