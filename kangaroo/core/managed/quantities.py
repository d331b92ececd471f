"""Amounts as Kubernetes writes them: 500m of a core, 2Gi of memory.

Grammar: apimachinery `resource.Quantity`: a decimal number and a suffix (n u m, k M G T P E, Ki … Ei, or an exponent).
"""

import re
from fractions import Fraction

from kangaroo.base.errors import Code, Failure

_QUANTITY = re.compile(
    r"([+-]?(?:[0-9]{1,18}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}))([numkMGTPE]|[KMGTPE]i|[eE][+-]?[0-9]{1,2})?"
)
_SMALL = {"n": Fraction(1, 10**9), "u": Fraction(1, 10**6), "m": Fraction(1, 1000), "": Fraction(1)}
_DECIMAL = {suffix: Fraction(1000) ** power for power, suffix in enumerate("kMGTPE", 1)}
_BINARY = {f"{suffix}i": Fraction(1024) ** power for power, suffix in enumerate("KMGTPE", 1)}
_UNITS = _SMALL | _DECIMAL | _BINARY


def parse_quantity(text: str, field: str = "resources") -> Fraction:
    """Raises INVALID_FIELD for what is no amount, or less than nothing."""
    match = _QUANTITY.fullmatch(text.strip())
    if match is None:
        raise _wrong(field, text)
    number, unit = Fraction(match[1]), match[2] or ""
    value = number * (_UNITS[unit] if unit in _UNITS else Fraction(10) ** int(unit[1:]))
    if value < 0:
        raise _wrong(field, text)
    return value


def cores(amount: Fraction) -> str:
    """Millicores unless it is whole cores."""
    return str(amount.numerator) if amount.denominator == 1 else f"{_up(amount * 1000)}m"


def bytes_of(amount: Fraction) -> str:
    """In the largest binary unit that leaves no fraction, or in bytes."""
    whole = _up(amount)
    for suffix, unit in reversed(_BINARY.items()):
        if whole and whole % unit == 0:
            return f"{whole // unit.numerator}{suffix}"
    return str(whole)


def _up(amount: Fraction) -> int:
    return -(-amount.numerator // amount.denominator)


def _wrong(field: str, text: str) -> Failure:
    return Failure(
        Code.INVALID_FIELD, field=field, reason=f"{text[:40]!r} is no amount: write it as 500m, 2 or 4Gi"
    )
