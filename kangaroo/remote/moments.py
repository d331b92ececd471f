"""Times as registries write them (RFC 3339, Go's zero time included) to ours."""

from datetime import UTC, datetime

from kangaroo.base.clock import SECOND, Micros

_BEFORE_ALL = "0001-01-01T"


def moment(text: str | None) -> Micros | None:
    """None for no time, and for what is none."""
    if not text or text.startswith(_BEFORE_ALL):
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        return None
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return round(aware.timestamp() * SECOND)
