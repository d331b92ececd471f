"""What this dialect needs to know besides the subjects of core; wiring fills it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import NamedTuple

from kangaroo.base.clock import Clock, now
from kangaroo.base.names import ProjectName


class Volume(NamedTuple):
    """Bytes of the disk that content is kept on."""

    total: int
    free: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`external_url` is empty when the Host header says it.

    `project_named` finds the name of a project by its id, for paths that hold one. `root_certificate` gives the
    PEM of our own CA, if there is one to trust. `volume` is None where content is kept elsewhere (S3).
    """

    project_named: Callable[[int], Awaitable[ProjectName | None]]
    root_certificate: Callable[[], bytes | None]
    volume: Callable[[], Awaitable[Volume | None]]
    storage: str = "filesystem"
    external_url: str = ""
    clock: Clock = now
