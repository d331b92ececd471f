"""The socket clients connect to. The supervisor binds it, workers share it: none is lost with a worker."""

import errno
import socket

from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings

BACKLOG = 2048


def listen(host: str, port: int) -> socket.socket:
    """Raises INVALID_FIELD that says what is wrong with the address or who is in the way."""
    if not 0 <= port <= 65535:
        raise Failure(Code.INVALID_FIELD, field="--port", reason=f"{port} is not between 0 and 65535")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except (socket.gaierror, UnicodeError) as error:
        raise Failure(Code.INVALID_FIELD, field="--host", reason=f"{host}: {error}") from error
    family, kind, protocol, _, address = min(found, key=lambda entry: entry[0] != socket.AF_INET)
    made = socket.socket(family, kind, protocol)
    try:
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, int(host != "::"))
        made.bind(address)
        made.listen(BACKLOG)
    except OSError as error:
        made.close()
        raise _failure(error, host, port) from error
    return made


def url_of(listener: socket.socket, settings: Settings) -> str:
    host, port = listener.getsockname()[:2]
    scheme = "https" if settings.tls_cert or settings.tls != "off" else "http"
    return f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}"


def _failure(error: OSError, host: str, port: int) -> Failure:
    if error.errno == errno.EADDRINUSE:
        return Failure(
            Code.INVALID_FIELD,
            field="--port",
            reason=f"{port} is taken at {host}: stop what listens there, or choose another port",
        )
    if error.errno == errno.EACCES:
        return Failure(
            Code.INVALID_FIELD, field="--port", reason=f"{port} takes privileges: choose one above 1023"
        )
    return Failure(Code.INVALID_FIELD, field="--host", reason=f"{host}: {error.strerror}")
