"""Spaces, images and artifacts as group Image shows them."""

from urllib.parse import urlsplit

from kangaroo.base.clock import rfc3339
from kangaroo.core.instances import ImageName, InstanceKind, State, cause_of
from kangaroo.core.workspaces import (
    Artifact,
    BuildStep,
    Image,
    InstanceSeen,
    ScanOverview,
    SeenSpace,
    Space,
)
from kangaroo.entrypoints.platform.registries_shapes import RegistryType
from kangaroo.entrypoints.platform.shapes import Shape, Word, int64, seconds
from kangaroo.entrypoints.platform.view import View


class HealthWord(Word):
    UNSPECIFIED = "health_unspecified"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


class RegistrySecret(Shape):
    """`reason`, `message` and `last_transition_time` are ours: why an instance is not healthy, and since when."""

    alias: str
    host: str
    name: str
    health: HealthWord
    registry_type: RegistryType
    scope: str
    reason: str
    message: str
    last_transition_time: str


class ProjectItem(Shape):
    """`total` counts images, for all kinds of registries: artifacts nobody counts there."""

    name: str
    public: bool
    total: str
    create_time: str
    retention_id: str
    project_id: str
    is_binding_workspace: bool
    is_proxy_project: bool


class Repository(Shape):
    """`name` is the one inside the space, as paths have it."""

    name: str
    public: bool
    tag_count: str
    pull_count: str
    update_time: str
    description: str


class TagShape(Shape):
    name: str
    push_time: str


class PlatformShape(Shape):
    os_version: str
    architecture: str
    os: str
    variant: str


class Reference(Shape):
    child_digest: str
    platform: PlatformShape


class ScannerName(Shape):
    name: str
    vendor: str
    version: str


class Severities(Shape):
    critical: int
    high: int
    low: int
    medium: int
    unknown: int


class ScanSummary(Shape):
    fixable: int
    summary: Severities
    total: int


class Overview(Shape):
    scan_status: str
    severity: str
    duration: str
    end_time: str
    start_time: str
    report_id: str
    scanner: ScannerName
    summary: ScanSummary | None


class ArtifactShape(Shape):
    digest: str
    tags: list[TagShape]
    scan_overview: Overview | None
    references: list[Reference]
    image_size: str
    push_time: str
    pull_time: str
    image_pull_url: str


class ExtraAttrs(Shape):
    architecture: str
    author: str
    digest: str
    image_size: str
    created_time: str
    push_time: str
    tags: list[TagShape]
    repo_name: str
    os: str
    image_pull_url: str
    pull_time: str


class BuildHistory(Shape):
    created: str
    created_by: str


class TagInfo(Shape):
    extra_attrs: ExtraAttrs
    build_history: list[BuildHistory]
    scan_overview: Overview | None
    references: list[Reference]


_HEALTH = {
    State.CHECKING: HealthWord.UNSPECIFIED,
    State.HEALTHY: HealthWord.HEALTHY,
    State.DEGRADED: HealthWord.HEALTHY,
    State.UNHEALTHY: HealthWord.UNHEALTHY,
}
_SCAN_WORDS = frozenset({"pending", "running", "error", "success", "stopped"})
_SEVERITIES = frozenset({"unknown", "low", "medium", "high", "critical", "none"})


def instance_of(one: InstanceSeen, view: View) -> RegistrySecret:
    built_in = one.kind == InstanceKind.KANGAROO
    return RegistrySecret(
        alias=one.name,
        host=urlsplit(one.url or view.own_url).netloc,
        name=one.name,
        health=_HEALTH[State(one.state)],
        registry_type=RegistryType.HARBOR if built_in else RegistryType(one.kind),
        scope="workspace" if one.workspace else "global",
        reason=one.reason,
        message=cause_of(one.reason, one.facts).told(view.language).message,
        last_transition_time=seconds(one.transition_at),
    )


def project_of(seen: SeenSpace) -> ProjectItem:
    space = seen.space
    return ProjectItem(
        name=space.name,
        public=space.public,
        total=int64(space.images or 0),
        create_time=seconds(space.created),
        retention_id=int64(space.retention_id),
        project_id=int64(space.id),
        is_binding_workspace=seen.bound,
        is_proxy_project=space.proxy,
    )


def repository_of(image: Image, space: Space) -> Repository:
    return Repository(
        name=image.name.name,
        public=space.public,
        tag_count=int64(image.artifacts),
        pull_count=int64(image.pulls or 0),
        update_time=seconds(image.updated),
        description=image.description,
    )


def artifact_of(one: Artifact, image: ImageName, host: str) -> ArtifactShape:
    return ArtifactShape(
        digest=one.digest,
        tags=_tags(one),
        scan_overview=_overview(one.scan),
        references=_references(one),
        image_size=int64(one.size),
        push_time=seconds(one.pushed),
        pull_time=seconds(one.pulled),
        image_pull_url=_pull_url(one, image, host),
    )


def tag_info_of(one: Artifact, steps: list[BuildStep], image: ImageName, host: str) -> TagInfo:
    platform = one.platform
    extra = ExtraAttrs(
        architecture=platform.architecture if platform else "",
        author=one.author,
        digest=one.digest,
        image_size=int64(one.size),
        created_time=seconds(one.created),
        push_time=seconds(one.pushed),
        tags=_tags(one),
        repo_name=str(image),
        os=platform.os if platform else "",
        image_pull_url=_pull_url(one, image, host),
        pull_time=seconds(one.pulled),
    )
    return TagInfo(
        extra_attrs=extra,
        build_history=history_of(steps),
        scan_overview=_overview(one.scan),
        references=_references(one),
    )


def history_of(steps: list[BuildStep]) -> list[BuildHistory]:
    return [
        BuildHistory(
            created="" if step.created is None else rfc3339(step.created), created_by=step.created_by
        )
        for step in steps
    ]


def _tags(one: Artifact) -> list[TagShape]:
    return [TagShape(name=tag.name, push_time=seconds(tag.pushed)) for tag in one.tags]


def _pull_url(one: Artifact, image: ImageName, host: str) -> str:
    return f"{host}/{image}@{one.digest}"


def _references(one: Artifact) -> list[Reference]:
    return [
        Reference(
            child_digest=child.digest,
            platform=PlatformShape(
                os_version=child.platform.os_version,
                architecture=child.platform.architecture,
                os=child.platform.os,
                variant=child.platform.variant,
            ),
        )
        for child in one.children
    ]


def _overview(scan: ScanOverview | None) -> Overview | None:
    if scan is None:
        return None
    name, vendor, version = scan.scanner
    summary = None
    if (found := scan.found) is not None:
        by_severity = Severities(
            critical=found.critical,
            high=found.high,
            low=found.low,
            medium=found.medium,
            unknown=found.unknown,
        )
        summary = ScanSummary(fixable=found.fixable, summary=by_severity, total=found.total)
    return Overview(
        scan_status=scan.status if scan.status in _SCAN_WORDS else "scan_status_unspecified",
        severity=scan.severity if scan.severity in _SEVERITIES else "unspecified",
        duration=int64(scan.seconds),
        end_time=seconds(scan.ended),
        start_time=seconds(scan.started),
        report_id=scan.report_id,
        scanner=ScannerName(name=name, vendor=vendor, version=version),
        summary=summary,
    )
