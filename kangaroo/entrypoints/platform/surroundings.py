"""What this dialect needs to know besides the subjects of core; wiring fills it."""

from dataclasses import dataclass

from kangaroo.base.clock import Clock, now


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """`session_key` signs cookies: the same on every server, and for every dialect that reads them.

    `external_url` is empty when the Host header says it.
    """

    session_key: bytes
    external_url: str = ""
    clock: Clock = now
