"""Which of our two languages a client wants (RFC 9110, section 12.5.4)."""

import re

from kangaroo.base.texts import Language

_RANGE = re.compile(r"\s*([a-zA-Z*]+)[^;]*(?:;\s*q=([0-9.]{1,5}))?\s*")
_OURS: dict[str, Language] = {"zh": "zh", "en": "en"}


def language_of(header: str) -> Language:
    """English, unless the client prefers Chinese."""
    best, wanted = 0.0, _OURS["en"]
    for part in header[:200].split(","):
        match = _RANGE.fullmatch(part)
        if match is None or (ours := _OURS.get(match.group(1).lower())) is None:
            continue
        weight = _number(match.group(2))
        if weight > best:
            best, wanted = weight, ours
    return wanted


def _number(text: str | None) -> float:
    try:
        return 1.0 if text is None else float(text)
    except ValueError:
        return 0.0
