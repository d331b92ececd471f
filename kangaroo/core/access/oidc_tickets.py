"""What a browser carries for us while somebody signs in elsewhere: a cookie nobody else can read or make.

First state, nonce and PKCE verifier, so that only the browser that began can finish; then, of somebody new, who he
is, while he chooses a name.
"""

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

import msgspec

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.base.errors import Failure
from kangaroo.core.access.external import Person
from kangaroo.core.access.secrets import Cipher

PATIENCE: Micros = 900 * SECOND  # for who types his password at the provider, or a name here
_ROOM = 1500  # bytes of groups: a cookie holds 4 kB, and this becomes longer by a third
_LONGEST = 255
_STARTED, _NEWCOMER = "oidc started", "oidc newcomer"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Started:
    """`callback` is our URL the provider sends the browser to; `back_to` the page where he wanted to go."""

    state: str
    nonce: str
    verifier: str
    callback: str
    back_to: str


@dataclass(frozen=True, slots=True)
class Newcomer:
    person: Person
    back_to: str


class _Sealed(msgspec.Struct, Generic[T]):
    until: Micros
    content: T


class Tickets:
    def __init__(self, cipher: Cipher, clock: Clock) -> None:
        self._cipher = cipher
        self._clock = clock

    def started(self, content: Started) -> str:
        return self._seal(_STARTED, content)

    def newcomer(self, content: Newcomer) -> str:
        return self._seal(_NEWCOMER, replace(content, person=_short(content.person)))

    def read_started(self, ticket: str) -> Started | None:
        """None unless it is ours and not too old."""
        return self._unsealed(_STARTED, ticket, Started)

    def read_newcomer(self, ticket: str) -> Newcomer | None:
        return self._unsealed(_NEWCOMER, ticket, Newcomer)

    def _seal(self, purpose: str, content: Started | Newcomer) -> str:
        sealed = _Sealed(self._clock() + PATIENCE, content)
        return self._cipher.encrypt(msgspec.json.encode(sealed).decode(), purpose)

    def _unsealed(self, purpose: str, ticket: str, kind: type[T]) -> T | None:
        try:
            found = msgspec.json.decode(self._cipher.decrypt(ticket, purpose), type=_Sealed[kind])  # type: ignore[valid-type]
        except (Failure, msgspec.MsgspecError):
            return None
        content: T = found.content
        return content if self._clock() < found.until else None


def _short(person: Person) -> Person:
    """With no more groups than there is room for; the others come with the next sign-in."""
    kept, length = [], 0
    for group in person.groups:
        length += len(group.name.encode()) + 24
        if length > _ROOM:
            break
        kept.append(group)
    return replace(
        person,
        groups=tuple(kept),
        username=person.username[:_LONGEST],
        realname=person.realname[:_LONGEST],
        email=person.email[:_LONGEST],
    )
