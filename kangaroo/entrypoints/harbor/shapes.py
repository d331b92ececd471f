"""JSON as Go writes and reads Harbor's models.

A `Shape` leaves out every field that equals its default: give a default (the zero of its type) where Harbor says
`omitempty`, and none where a zero is shown too. Times have no default: an unset one is the year 1. A list that is
null when empty is a field without default, filled by `or_null`.

A `Body` is what a client sends: null and absent are one and the same, as for Go's decoder (`HarborRequest` drops
the nulls); give `| None = None` where absent must differ from zero.
"""

from collections.abc import Sequence
from typing import Annotated, TypeVar

import msgspec
from litestar.params import Parameter

from kangaroo.base.clock import Micros, rfc3339

ZERO_TIME = "0001-01-01T00:00:00.000Z"
T = TypeVar("T")

# A number in a path or query that fits Go's int64 and the database's; bodies are held to it as a whole.
Int64 = Annotated[int, Parameter(ge=-(2**63), le=2**63 - 1)]


class Shape(msgspec.Struct, omit_defaults=True, kw_only=True):
    pass


class Body(msgspec.Struct, kw_only=True):
    pass


def time(at: Micros | None) -> str:
    return ZERO_TIME if at is None else rfc3339(at)


def or_null(items: Sequence[T]) -> Sequence[T] | None:
    return items or None
