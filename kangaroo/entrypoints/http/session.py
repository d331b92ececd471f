"""The cookie `sid` of people in a browser. What it stands for is kept by core (core/access/sessions.py)."""

from collections.abc import Iterable

from kangaroo.entrypoints.http.asgi import Headers

COOKIE = "sid"


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
