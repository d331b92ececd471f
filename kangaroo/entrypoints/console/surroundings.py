"""What the console needs to know besides the subjects of core; wiring fills it."""

from dataclasses import dataclass

from kangaroo.base.clock import Clock, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`external_url` is empty when the Host header says it."""

    external_url: str = ""
    version: str = ""
    clock: Clock = now
