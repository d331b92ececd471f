"""What happened: values a subject emits in the transaction that made it true; wiring maps each type to handlers."""

import msgspec

from kangaroo.base.clock import Micros


class Event(msgspec.Struct, frozen=True, kw_only=True, tag_field="event", tag=True):
    """`actor` is the name of who did it; `at` when."""

    actor: str
    at: Micros


class ManifestPushed(Event, frozen=True, kw_only=True):
    repository: str
    digest: str
    tag: str | None


class ManifestDeleted(Event, frozen=True, kw_only=True):
    repository: str
    digest: str
    tags: list[str]


class TagCreated(Event, frozen=True, kw_only=True):
    """On an artifact that is there already; a push with a tag is a ManifestPushed."""

    repository: str
    tag: str
    digest: str


class TagDeleted(Event, frozen=True, kw_only=True):
    repository: str
    tag: str
    digest: str


class RepositoryDeleted(Event, frozen=True, kw_only=True):
    """After a ManifestDeleted for each of its artifacts."""

    repository: str


class SpaceBound(Event, frozen=True, kw_only=True):
    """A space of an instance was given to a workspace: its members see it from now on."""

    instance: int
    space: str
    workspace: int


class SpaceUnbound(Event, frozen=True, kw_only=True):
    instance: int
    space: str
    workspace: int


AnyEvent = (
    ManifestPushed | ManifestDeleted | TagCreated | TagDeleted | RepositoryDeleted | SpaceBound | SpaceUnbound
)
