"""What an examination tells: one row per link of its chain."""

from dataclasses import dataclass
from enum import StrEnum

from kangaroo.base.errors import Failure
from kangaroo.base.reasons import Explained
from kangaroo.base.texts import Language
from kangaroo.core.doctor.links import Link


class Outcome(StrEnum):
    OK = "ok"
    FIXED = "fixed"  # it was broken, and is not any more
    WARNING = "warning"  # it does no harm here, but may elsewhere
    BROKEN = "broken"
    SKIPPED = "skipped"  # it does not apply
    NOT_REACHED = "not_reached"  # something before it is broken


@dataclass(frozen=True, slots=True)
class Row:
    """`part` tells several chains of one examination apart; `seen` is evidence, in no language.

    `failure` is there for BROKEN and WARNING, and for FIXED as it was. `fixable`: a safe repair exists.
    """

    link: Link
    outcome: Outcome
    part: str = ""
    seen: str = ""
    failure: Failure | None = None
    fixable: bool = False

    @property
    def reason(self) -> str:
        """A stable word: of `base.reasons`, `core.doctor.troubles`, `core.managed.reasons`, or of `base.errors`."""
        if self.failure is None:
            return ""
        return self.failure.cause.name if isinstance(self.failure, Explained) else self.failure.code.name

    def message(self, language: Language = "en") -> str:
        return "" if self.failure is None else self.failure.message(language)

    def remedy(self, language: Language = "en") -> str:
        return self.failure.remedy(language) if isinstance(self.failure, Explained) else ""
