"""What came back: small answers whole, large ones as a stream."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import TypeVar

import msgspec
from multidict import CIMultiDictProxy

from kangaroo.base.reasons import InstanceFailure, Reason

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Answer:
    """`url` is where it came from, after redirects; `origin` whom we asked."""

    status: int
    headers: CIMultiDictProxy[str]
    body: bytes
    url: str
    origin: str

    def json(self, shape: type[T]) -> T:
        """Raises BAD_ANSWER."""
        try:
            return msgspec.json.decode(self.body, type=shape)
        except (msgspec.MsgspecError, UnicodeDecodeError) as error:
            raise InstanceFailure(Reason.BAD_ANSWER, url=self.origin, detail=str(error)[:200]) from error

    def rows(self, shape: type[list[T]]) -> list[T]:
        """A list; null is an empty one, as Go says it."""
        return [] if self.body.strip() == b"null" else self.json(shape)


@dataclass(frozen=True, slots=True)
class Stream:
    """An answer whose body has not been read yet."""

    head: Answer
    chunks: AsyncIterator[bytes]
