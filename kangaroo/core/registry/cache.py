"""What a process remembers of the metadata: found rows, valid while the content generation stands still.

Only what was found is kept, so new content needs no invalidation; what changes or takes away an answer (a moved tag, a
delete) marks the generation, and everybody forgets.
"""

from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

from kangaroo.store.meta.database import CONTENT, Database

Value = TypeVar("Value")
MAX_BYTES = 64 << 20


def _unmeasured() -> None:
    """Until somebody wants to know."""


class GenerationCache(Generic[Value]):
    """Bounded by the bytes its entries are said to hold; full means start afresh, which costs one lookup each."""

    def __init__(self, database: Database, max_bytes: int = MAX_BYTES) -> None:
        self._database = database
        self._entries: dict[Hashable, Value] = {}
        self._generation: int | None = None
        self._bytes = 0
        self._max_bytes = max_bytes
        self.hit: Callable[[], None] = _unmeasured
        self.miss: Callable[[], None] = _unmeasured

    def get(self, key: Hashable) -> Value | None:
        """Good to the last look at the generations: signing in is one, so at most as old as the request."""
        generation = self._database.generation(CONTENT, look=False)
        if generation != self._generation:
            self._forget()
            self._generation = generation
        found = self._entries.get(key)
        (self.miss if found is None else self.hit)()
        return found

    def generation(self) -> int:
        """To be taken before the lookup whose answer is put."""
        return self._database.generation(CONTENT)

    def put(self, key: Hashable, value: Value, size: int, generation: int) -> None:
        if generation != self._database.generation(CONTENT):
            return  # changed while we looked
        if generation != self._generation:
            self._forget()
            self._generation = generation
        if self._bytes + size > self._max_bytes:
            self._forget()
        self._entries[key] = value
        self._bytes += size

    def _forget(self) -> None:
        self._entries.clear()
        self._bytes = 0
