"""JSON of Harbor's artifacts and scan overviews."""

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.remote.moments import moment
from kangaroo.remote.values import (
    Accessory,
    Artifact,
    Child,
    Platform,
    ScanOverview,
    TagInfo,
    Vulnerabilities,
)


class _Tag(msgspec.Struct):
    name: str
    push_time: str = ""


class _Platform(msgspec.Struct):
    os: str = ""
    architecture: str = ""
    variant: str = ""
    os_version: str = msgspec.field(name="os.version", default="")

    def value(self) -> Platform:
        return Platform(self.os, self.architecture, self.variant, self.os_version)


class _Reference(msgspec.Struct):
    child_digest: str
    platform: _Platform | None = None


class _Scanner(msgspec.Struct):
    name: str = ""
    vendor: str = ""
    version: str = ""


class _Summary(msgspec.Struct):
    total: int = 0
    fixable: int = 0
    summary: dict[str, int] | None = None

    def value(self) -> Vulnerabilities:
        counts = {severity.lower(): number for severity, number in (self.summary or {}).items()}
        return Vulnerabilities(
            total=self.total,
            fixable=self.fixable,
            critical=counts.get("critical", 0),
            high=counts.get("high", 0),
            medium=counts.get("medium", 0),
            low=counts.get("low", 0) + counts.get("negligible", 0),
            unknown=counts.get("unknown", 0),
        )


class _Overview(msgspec.Struct):
    report_id: str = ""
    scan_status: str = ""
    severity: str = ""
    duration: int = 0
    start_time: str = ""
    end_time: str = ""
    summary: _Summary | None = None
    scanner: _Scanner | None = None

    def value(self) -> ScanOverview:
        scanner = self.scanner or _Scanner()
        status = self.scan_status.lower()
        return ScanOverview(
            report_id=self.report_id,
            status="pending" if status == "scheduled" else status,
            severity=self.severity.lower(),
            seconds=self.duration,
            started=moment(self.start_time),
            ended=moment(self.end_time),
            scanner=(scanner.name, scanner.vendor, scanner.version),
            found=self.summary.value() if self.summary else None,
        )


class _Attributes(msgspec.Struct):
    """Of an image; other artifacts have others, of any shape."""

    architecture: str | None = None
    os: str | None = None
    author: str | None = None
    created: str | None = None


class _Accessory(msgspec.Struct):
    digest: str
    type: str = ""
    size: int = 0
    creation_time: str = ""

    def value(self) -> Accessory:
        return Accessory(Digest.parse(self.digest), self.type, self.size, moment(self.creation_time))


class HarborArtifact(msgspec.Struct):
    digest: str
    type: str = ""
    manifest_media_type: str = ""
    size: int = 0
    push_time: str = ""
    pull_time: str = ""
    tags: list[_Tag] | None = None
    references: list[_Reference] | None = None
    accessories: list[_Accessory] | None = None
    scan_overview: dict[str, _Overview] | None = None
    extra_attrs: msgspec.Raw = msgspec.Raw(b"{}")

    def value(self) -> Artifact:
        attributes = self._attributes()
        overviews = list((self.scan_overview or {}).values())
        return Artifact(
            digest=Digest.parse(self.digest),
            media_type=self.manifest_media_type,
            size=self.size,
            tags=tuple(TagInfo(tag.name, moment(tag.push_time)) for tag in self.tags or ()),
            children=tuple(map(_child, self.references or ())),
            accessories=tuple(one.value() for one in self.accessories or ()),
            pushed=moment(self.push_time),
            pulled=moment(self.pull_time),
            platform=Platform(attributes.os or "", attributes.architecture)
            if attributes.architecture
            else None,
            author=attributes.author or "",
            created=moment(attributes.created),
            scan=overviews[0].value() if overviews else None,
        )

    def _attributes(self) -> _Attributes:
        if self.type != "IMAGE":
            return _Attributes()
        try:
            return msgspec.json.decode(self.extra_attrs, type=_Attributes | None) or _Attributes()
        except msgspec.ValidationError:
            return _Attributes()


def _child(reference: _Reference) -> Child:
    platform = reference.platform.value() if reference.platform else Platform()
    return Child(Digest.parse(reference.child_digest), platform)
