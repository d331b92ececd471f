"""When a schedule fires: Harbor's six-field cron (seconds first), its shorthands, and `@every 90s`; in UTC.

As in the parser Harbor uses: if both day fields are restricted, a day that fits either of them fits.
"""

import re
from datetime import date, timedelta
from typing import NamedTuple

from kangaroo.base.clock import SECOND, Micros
from kangaroo.base.errors import Code, Failure

_EPOCH = date(1970, 1, 1)
_DAY = 86_400
_HORIZON_DAYS = 9 * 366  # 29 February comes after eight years at the latest
_SHORTHANDS = {"@hourly": "0 0 * * * *", "@daily": "0 0 0 * * *", "@weekly": "0 0 0 * * 0"}
_DURATION = re.compile(r"@every (?:(\d{1,5})h)?(?:(\d{1,7})m)?(?:(\d{1,9})s)?")


class _Field(NamedTuple):
    name: str
    low: int
    high: int
    names: str = ""


_FIELDS = (
    _Field("second", 0, 59),
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of month", 1, 31),
    _Field("month", 1, 12, "jan feb mar apr may jun jul aug sep oct nov dec"),
    _Field("day of week", 0, 6, "sun mon tue wed thu fri sat"),
)


class Every(NamedTuple):
    interval: Micros

    def next_after(self, at: Micros) -> Micros:
        return at + self.interval


class Cron(NamedTuple):
    """The values of each field, ascending; `any_day` says that one of the two day fields is a star."""

    fields: tuple[tuple[int, ...], ...]
    any_day: bool

    def next_after(self, at: Micros) -> Micros:
        """The first firing later than `at`. LookupError if there is none."""
        first_day, start = divmod(at // SECOND + 1, _DAY)
        for day in range(first_day, first_day + _HORIZON_DAYS):
            if self._fires_on(_EPOCH + timedelta(day)) and (found := self._first_from(start)) is not None:
                return (day * _DAY + found) * SECOND
            start = 0
        raise LookupError

    def _fires_on(self, day: date) -> bool:
        days, months, weekdays = self.fields[3:]
        fits = (day.day in days, day.isoweekday() % 7 in weekdays)
        return day.month in months and (all(fits) if self.any_day else any(fits))

    def _first_from(self, start: int) -> int | None:
        """The first firing of a day at this second or later."""
        seconds, minutes, hours = self.fields[:3]
        fitting = (hour for hour in hours if hour >= start // 3600)
        firings = (
            hour * 3600 + minute * 60 + second for hour in fitting for minute in minutes for second in seconds
        )
        return next((firing for firing in firings if firing >= start), None)


def parse(text: str) -> Cron | Every:
    """Raises BAD_REQUEST, saying what is wrong."""
    if every := _DURATION.fullmatch(text):
        hours, minutes, seconds = (int(part or 0) for part in every.groups())
        if total := hours * 3600 + minutes * 60 + seconds:
            return Every(total * SECOND)
    parts = _SHORTHANDS.get(text, text).split()
    if len(parts) != len(_FIELDS):
        raise _wrong(text, "write six fields (second minute hour day month weekday), @daily or @every 1h30m")
    fields = tuple(_values(text, field, part) for field, part in zip(_FIELDS, parts, strict=True))
    cron = Cron(fields, any_day=not {"*", "?"}.isdisjoint((parts[3], parts[5])))
    try:
        cron.next_after(0)
    except LookupError as error:
        raise _wrong(text, "there is no such day") from error
    return cron


def _values(text: str, field: _Field, part: str) -> tuple[int, ...]:
    found: set[int] = set()
    for item in part.split(","):
        span, slash, step = item.partition("/")
        first, dash, last = span.partition("-")
        low, high = field.low, field.high
        if span not in ("*", "?"):
            low = _number(text, field, first)
            high = _number(text, field, last) if dash else high if slash else low
        if low > high:
            raise _wrong(text, f"{field.name} {item}: {low} is after {high}")
        every = _number(text, _Field(f"step of {field.name}", 1, 999), step) if slash else 1
        found.update(range(low, high + 1, every))
    return tuple(sorted(found))


def _number(text: str, field: _Field, word: str) -> int:
    names = field.names.split()
    if word.lower() in names:
        return field.low + names.index(word.lower())
    if re.fullmatch("[0-9]{1,9}", word) and field.low <= int(word) <= field.high:
        return int(word)
    raise _wrong(text, f"{field.name} {word!r} is not one of {field.low} to {field.high}")


def _wrong(text: str, reason: str) -> Failure:
    return Failure(Code.BAD_REQUEST, reason=f"schedule {text[:100]!r}: {reason}")
