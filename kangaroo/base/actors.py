"""Who does something. Every public core method takes an Actor first and decides with it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

import msgspec


class ActorKind(StrEnum):
    ANONYMOUS = "anonymous"
    USER = "user"
    ROBOT = "robot"
    SYSTEM = "system"  # our own jobs; may do everything


@dataclass(frozen=True, slots=True)
class Actor:
    """`id` is the row of the user or robot (0 otherwise); `name` is what audit and tokens show.

    `scopes` narrows what a bearer token may be used for: repository project name → actions; None means no narrowing.
    """

    kind: ActorKind
    id: int = 0
    name: str = "anonymous"
    sysadmin: bool = False
    scopes: tuple[tuple[str, frozenset[str]], ...] | None = None

    @property
    def known(self) -> bool:
        return self.kind is not ActorKind.ANONYMOUS


ANONYMOUS = Actor(ActorKind.ANONYMOUS)
SYSTEM = Actor(ActorKind.SYSTEM, name="system", sysadmin=True)


class Right(msgspec.Struct, frozen=True):
    """One thing a robot may do. `effect` deny takes away what other entries allow."""

    resource: str
    action: str
    effect: Literal["allow", "deny"] = "allow"


class Grant(msgspec.Struct, frozen=True):
    """Rights of a robot in one place: the system ("/"), one project (its name) or every project ("*").

    `project_id` is the project's row: the same name may be another project one day.
    """

    kind: Literal["system", "project"]
    namespace: str
    access: tuple[Right, ...]
    project_id: int = 0
