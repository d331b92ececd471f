"""JSON of artifacts and what belongs to them."""

from typing import Any

import msgspec

from kangaroo.core.registry import Accessory, Child, Shown, TagRow, additions_of
from kangaroo.entrypoints.harbor import labels
from kangaroo.entrypoints.harbor.shapes import Shape, or_null, time


class TagShape(Shape):
    id: int
    repository_id: int
    artifact_id: int
    name: str
    push_time: str
    pull_time: str
    immutable: bool


class AccessoryShape(Shape):
    id: int
    artifact_id: int
    subject_artifact_id: int
    subject_artifact_digest: str
    subject_artifact_repo: str
    size: int
    digest: str
    type: str
    icon: str
    creation_time: str


class PlatformShape(Shape):
    """The quotes belong to two of the names, as Harbor's description has them and its clients read them."""

    architecture: str = ""
    os: str = ""
    os_version: str = msgspec.field(default="", name="'os.version'")
    os_features: list[str] | None = msgspec.field(default=None, name="'os.features'")
    variant: str = ""


class ReferenceShape(Shape):
    parent_id: int
    child_digest: str
    child_id: int = 0
    platform: PlatformShape | None = None
    annotations: dict[str, str] | None = None
    urls: list[str] | None = None


class AdditionLinkShape(Shape):
    href: str
    absolute: bool


class ArtifactShape(Shape):
    id: int
    type: str
    media_type: str
    manifest_media_type: str
    project_id: int
    repository_id: int
    repository_name: str
    digest: str
    size: int
    push_time: str
    pull_time: str
    references: Any
    tags: Any
    labels: Any
    accessories: Any
    artifact_type: str = ""
    extra_attrs: msgspec.Raw | None = None
    annotations: msgspec.Raw | None = None
    addition_links: dict[str, AdditionLinkShape] | None = None
    inherited_accessories: list[AccessoryShape] | None = None


class _Platform(msgspec.Struct):
    """OCI image-spec image-index.md."""

    architecture: str = ""
    os: str = ""
    os_version: str = msgspec.field(default="", name="os.version")
    os_features: list[str] | None = msgspec.field(default=None, name="os.features")
    variant: str = ""


class _Descriptor(msgspec.Struct):
    """What of a descriptor in an index is shown."""

    platform: _Platform | None = None
    annotations: dict[str, str] | None = None
    urls: list[str] | None = None


_descriptor = msgspec.json.Decoder(_Descriptor)


def tag(found: TagRow, *, immutable: bool) -> TagShape:
    return TagShape(
        id=found.id,
        repository_id=found.repository_id,
        artifact_id=found.artifact_id,
        name=found.name,
        push_time=time(found.pushed_at),
        pull_time=time(found.pulled_at),
        immutable=immutable,
    )


def accessory(found: Accessory) -> AccessoryShape:
    return AccessoryShape(
        id=found.id,
        artifact_id=found.id,
        subject_artifact_id=found.subject_id,
        subject_artifact_digest=str(found.subject_digest),
        subject_artifact_repo=found.repository,
        size=found.size,
        digest=str(found.digest),
        type=found.kind,
        icon="",
        creation_time=time(found.pushed_at),
    )


def artifact(found: Shown) -> ArtifactShape:
    row = found.artifact
    return ArtifactShape(
        id=row.id,
        type=row.kind,
        media_type=row.media_type,
        manifest_media_type=row.manifest_media_type,
        artifact_type=row.artifact_type,
        project_id=row.project_id,
        repository_id=row.repository_id,
        repository_name=row.repository,
        digest=str(row.digest),
        size=row.size,
        push_time=time(row.pushed_at),
        pull_time=time(row.pulled_at),
        extra_attrs=_unless_empty(row.attributes),
        annotations=_unless_empty(row.annotations),
        references=or_null([_reference(one) for one in found.children]),
        tags=or_null([tag(one, immutable=one.name in found.immutable) for one in found.tags]),
        labels=or_null([labels.shown(one) for one in found.labels]),
        accessories=or_null([accessory(one) for one in found.accessories]),
        addition_links=_links(found) or None,
        inherited_accessories=[accessory(one) for one in found.inherited] or None,
    )


def _unless_empty(text: str) -> msgspec.Raw | None:
    return None if text == "{}" else msgspec.Raw(text.encode())


def _reference(found: Child) -> ReferenceShape:
    try:
        said = _descriptor.decode(found.descriptor)
    except msgspec.ValidationError:  # of no known form: nothing of it is shown
        said = _Descriptor()
    return ReferenceShape(
        parent_id=found.parent_id,
        child_id=found.child_id or 0,
        child_digest=str(found.digest),
        platform=None if said.platform is None else PlatformShape(**msgspec.structs.asdict(said.platform)),
        annotations=said.annotations or None,
        urls=said.urls or None,
    )


def _links(found: Shown) -> dict[str, AdditionLinkShape]:
    """A slash in a repository's name is encoded twice, as everywhere in paths."""
    row = found.artifact
    project, _, image = row.repository.partition("/")
    place = f"/api/v2.0/projects/{project}/repositories/{image.replace('/', '%252F')}/artifacts/{row.digest}"
    return {
        name: AdditionLinkShape(href=f"{place}/additions/{name}", absolute=False)
        for name in additions_of(row)
    }
