"""The cookie `sid` of people in a browser.

What it stands for is kept by core (core/access/sessions.py); `Sessions` here is the older, signed kind that needs
no table and that only the platform dialect still reads.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Iterable

import msgspec

from kangaroo.base.clock import SECOND, Clock, Micros
from kangaroo.entrypoints.http.asgi import Headers

COOKIE = "sid"
LONGEST: Micros = 86_400 * SECOND
_SIGNATURE = 32


class Session(msgspec.Struct, frozen=True, array_like=True):
    """`user` is the row of the user; `nonce` tells two sessions apart."""

    user: int
    started: Micros
    until: Micros
    nonce: str


class Sessions:
    def __init__(self, key: bytes, clock: Clock) -> None:
        self._key = hashlib.blake2b(key, person=b"kangaroo-session").digest()
        self._clock = clock

    def begin(self, user: int, minutes: int) -> Session:
        now = self._clock()
        return Session(user, now, now + minutes * 60 * SECOND, secrets.token_urlsafe(12))

    def renew(self, session: Session, minutes: int) -> Session | None:
        """The same for another while, once half of it has passed; None while that is not due."""
        now = self._clock()
        until = min(now + minutes * 60 * SECOND, session.started + LONGEST)
        if until - session.until < minutes * 30 * SECOND:
            return None
        return Session(session.user, session.started, until, session.nonce)

    def write(self, session: Session) -> str:
        """The value of the cookie."""
        body = msgspec.json.encode(session)
        return base64.urlsafe_b64encode(self._sign(b"session", body) + body).decode()

    def read(self, value: str) -> Session | None:
        """None unless it is ours and not over."""
        try:
            data = base64.b64decode(value, altchars=b"-_", validate=True)
            signature, body = data[:_SIGNATURE], data[_SIGNATURE:]
            if not hmac.compare_digest(signature, self._sign(b"session", body)):
                return None
            session = msgspec.json.decode(body, type=Session)
        except (binascii.Error, ValueError):  # the latter also msgspec's: written by another version of us
            return None
        return session if self._clock() < session.until else None

    def csrf_token(self, session: Session) -> str:
        """What a page of ours knows and another site cannot: it goes with every change (http/csrf.py)."""
        return base64.urlsafe_b64encode(self._sign(b"csrf", session.nonce.encode())).decode()

    def _sign(self, purpose: bytes, content: bytes) -> bytes:
        return hmac.digest(self._key, purpose + b"\0" + content, "sha256")


def cookie(headers: Iterable[tuple[bytes, bytes]], name: str = COOKIE) -> str | None:
    """Its value in the headers of a request (RFC 6265, section 5.4)."""
    for header, line in headers:
        if header == b"cookie":
            for pair in line.decode("latin-1").split(";"):
                key, _, value = pair.strip().partition("=")
                if key == name:
                    return value.strip('"')
    return None


def keep(value: str, *, secure: bool) -> Headers:
    """The header that gives a browser the cookie: for this session, for no script, from no other site's form."""
    line = f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
    return [(b"set-cookie", line.encode("latin-1"))]


def drop(*, secure: bool) -> Headers:
    line = f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax" + ("; Secure" if secure else "")
    return [(b"set-cookie", line.encode("latin-1"))]
