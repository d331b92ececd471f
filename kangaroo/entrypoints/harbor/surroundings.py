"""What this dialect needs to know besides the subjects of core; wiring fills it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from kangaroo.base.clock import Clock, now
from kangaroo.base.names import ProjectName


@dataclass(frozen=True, slots=True, kw_only=True)
class Configuration:
    """The part of Harbor's configuration the frame itself acts by or shows; Harbor's names and defaults."""

    auth_mode: str = "db_auth"
    primary_auth_mode: bool = False
    oidc_provider_name: str = ""
    self_registration: bool = False
    project_creation_restriction: str = "everyone"
    read_only: bool = False
    notification_enable: bool = True
    banner_message: str = ""
    session_timeout: int = 60  # minutes


class Volume(NamedTuple):
    """Bytes of the disk that content is kept on."""

    total: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`session_key` signs cookies: the same on every server. `external_url` is empty when the Host header says it.

    `project_named` finds the name of a project by its id, for paths that hold one. `root_certificate` gives the
    PEM of our own CA, if there is one to trust. `volume` is None where content is kept elsewhere (S3).
    """

    session_key: bytes
    project_named: Callable[[int], Awaitable[ProjectName | None]]
    configuration: Callable[[], Awaitable[Configuration]]
    root_certificate: Callable[[], bytes | None]
    volume: Callable[[], Awaitable[Volume | None]]
    storage: str = "filesystem"
    external_url: str = ""
    clock: Clock = now
