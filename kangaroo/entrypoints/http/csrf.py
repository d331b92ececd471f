"""Against forms on other sites that use a visitor's session: whoever changes something must show the session's token.

The token follows from the cookie, which another site can use but not read. Only requests with a session need it; a
browser adds no password or bearer token by itself.
"""

import hashlib
import hmac

from kangaroo.base.errors import Code, Failure

HEADER = "X-Harbor-Csrf-Token"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def token_of(cookie: str) -> str:
    return hashlib.blake2b(cookie.encode("utf-8", "replace"), digest_size=32, person=b"csrf").hexdigest()


def check_token(expected: str, given: str | None) -> None:
    """Raises FORBIDDEN."""
    if given is None or not hmac.compare_digest(expected.encode(), given.encode("utf-8", "replace")):
        raise Failure(Code.FORBIDDEN, "csrf")


def check_site(fetch_site: str | None) -> None:
    """For signing in, where there is no session yet: `Sec-Fetch-Site` says whose page asks, in every browser of today.

    Raises FORBIDDEN for another site's.
    """
    if fetch_site == "cross-site":
        raise Failure(Code.FORBIDDEN, "csrf")
