"""Who asks: the Authorization header to an Actor."""

import base64
import binascii

from kangaroo.base.actors import ANONYMOUS, Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import Access
from kangaroo.entrypoints.http.asgi import Request


async def identify(access: Access, request: Request) -> Actor:
    """ANONYMOUS without the header. Raises UNAUTHORIZED for wrong credentials, TOO_MANY_REQUESTS."""
    header = request.header(b"authorization")
    if header is None:
        return ANONYMOUS
    scheme, _, value = header.partition(" ")
    scheme = scheme.lower()
    if scheme == "bearer":
        return access.cached_token(value) or await access.verify_token(value)
    if scheme == "basic":
        username, password = parse_basic(value)
        return access.cached_basic(username, password) or await access.authenticate_basic(
            username, password, request.client
        )
    raise Failure(Code.UNAUTHORIZED)


def parse_basic(value: str) -> tuple[str, str]:
    """User name and password (RFC 7617). Raises UNAUTHORIZED when it is none."""
    try:
        username, colon, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as error:
        raise Failure(Code.UNAUTHORIZED) from error
    if not colon:
        raise Failure(Code.UNAUTHORIZED)
    return username, password
