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


class CredentialIssued(Event, frozen=True, kw_only=True):
    """A robot that may push for a workspace, until it expires (None: for as long as the workspace has it)."""

    instance: int
    workspace: int
    username: str
    expires_at: Micros | None


class GlassBroken(Event, frozen=True, kw_only=True):
    """An administrator looked into a workspace he is no member of, and said why."""

    instance: str
    workspace: int
    reason: str


class ImageRemoved(Event, frozen=True, kw_only=True):
    """By a member of a workspace, at any instance; `digest` empty: the whole image."""

    instance: int
    workspace: int
    image: str
    digest: str


AnyEvent = (
    ManifestPushed
    | ManifestDeleted
    | TagCreated
    | TagDeleted
    | RepositoryDeleted
    | SpaceBound
    | SpaceUnbound
    | CredentialIssued
    | GlassBroken
    | ImageRemoved
)
