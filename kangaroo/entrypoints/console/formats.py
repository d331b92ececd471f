"""How values are written for people: times, bytes, counts, digests."""

from datetime import UTC, datetime, timedelta

from babel.dates import format_datetime, format_timedelta

from kangaroo.base.clock import SECOND, Micros, now, rfc3339
from kangaroo.entrypoints.console.texts import LANGUAGE, LOCALES, _

_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_DIGEST_ENDS = (8, 6)


def bytes_(number: int | None) -> str:
    """`1.4 GiB`; a dash for what nobody knows."""
    if number is None:
        return "–"
    size, unit = float(number), 0
    while size >= 1024 and unit + 1 < len(_UNITS):
        size, unit = size / 1024, unit + 1
    digits = 0 if unit == 0 or size >= 100 else 1
    return f"{size:.{digits}f} {_UNITS[unit]}"


def count(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def share(part: int, whole: int) -> str:
    """In percent, so that little is not nothing."""
    if whole <= 0:
        return "0%"
    percent = 100 * part / whole
    return f"{percent:.0f}%" if percent >= 1 or part == 0 else "<1%"


def short(digest: str) -> str:
    """`sha256:3fa2b1c0…9e41d2`: enough of both ends to tell one from another."""
    algorithm, colon, encoded = digest.partition(":")
    head, tail = _DIGEST_ENDS
    if not colon or len(encoded) <= head + tail:
        return digest
    return f"{algorithm}:{encoded[:head]}…{encoded[-tail:]}"


def iso(at: Micros) -> str:
    return rfc3339(at)


def ago(at: Micros) -> str:
    """`3 minutes ago`, in the language of the request."""
    past = at - now()
    if abs(past) < 10 * SECOND:
        return _("just now")
    difference = timedelta(microseconds=past)
    return format_timedelta(difference, add_direction=True, threshold=1.5, locale=LOCALES[LANGUAGE.get()])


def absolute(at: Micros) -> str:
    """In UTC: browsers show their own time instead."""
    moment = datetime.fromtimestamp(at / SECOND, UTC)
    return f"{format_datetime(moment, 'medium', locale=LOCALES[LANGUAGE.get()])} UTC"


def duration(micros: int) -> str:
    """`84 ms`, `2.1 s`, `4 min`."""
    if micros < SECOND:
        return f"{micros / 1000:.0f} ms"
    if micros < 100 * SECOND:
        return f"{micros / SECOND:.1f} s"
    return _("%(minutes)s min", minutes=f"{micros / SECOND / 60:.0f}")
