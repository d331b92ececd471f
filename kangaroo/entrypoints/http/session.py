"""The cookie `sid` of people in a browser; what it stands for core/access/sessions.py keeps."""

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
    """The header that gives a browser the cookie: until it is closed, for no script, from no other site's form."""
    return _header(f"{COOKIE}={value}; Path=/; HttpOnly; SameSite=Lax", secure)


def drop(*, secure: bool) -> Headers:
    return _header(f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax", secure)


def _header(line: str, secure: bool) -> Headers:
    return [(b"set-cookie", (line + ("; Secure" if secure else "")).encode("latin-1"))]
