"""Times as configs of images have them."""

from datetime import UTC, datetime

from kangaroo.base.clock import SECOND, Micros


def moment(text: str) -> Micros | None:
    """RFC 3339; None for what is none, and for the year 1 that builders write for `never`."""
    try:
        at = datetime.fromisoformat(text[:26].rstrip("Z") + "+00:00" if text.endswith("Z") else text)
    except ValueError:
        return None
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    micros = int(at.timestamp() * SECOND)
    return micros if micros > 0 else None
