"""What browsers load besides pages. Built by `make setup` from `assets/`, with a digest in each name, so that it may be
kept for ever; compressed at build time."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import msgspec
import structlog

from kangaroo.entrypoints.http.asgi import Headers, Receive, Scope, Send, respond, text_header

FOLDER = Path(__file__).parent / "static"
PREFIX = "/static/"
_TYPES = {
    ".css": b"text/css; charset=utf-8",
    ".js": b"text/javascript; charset=utf-8",
    ".svg": b"image/svg+xml",
    ".txt": b"text/plain; charset=utf-8",
}
_ENCODINGS = (("br", ".br"), ("gzip", ".gz"))  # the better first
log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class _File:
    headers: Headers
    bodies: Mapping[str, bytes]  # by content encoding; "" is always there


class Static:
    """An ASGI application, and the names its files go by."""

    def __init__(self, folder: Path = FOLDER) -> None:
        manifest = folder / "manifest.json"
        if not manifest.exists():
            log.warning("the console is not built: run `make setup`", folder=str(folder))
        self._names: dict[str, str] = (
            msgspec.json.decode(manifest.read_bytes(), type=dict[str, str]) if manifest.exists() else {}
        )
        self._files = {PREFIX + name: _read(folder / name) for name in self._names.values()}

    def url(self, name: str) -> str:
        """Of `console.css` as it was built; what was not built has a URL nothing answers."""
        return PREFIX + self._names.get(name, name)

    async def __call__(self, scope: Scope, _receive: Receive, send: Send) -> None:
        file = self._files.get(scope["path"])
        if file is None:
            await respond(send, 404, [(b"content-length", b"0"), (b"cache-control", b"no-store")])
            return
        accepted = dict(scope["headers"]).get(b"accept-encoding", b"").decode("latin-1")
        offered = {part.partition(";")[0].strip() for part in accepted.split(",")}
        encoding = next((one for one, _ in _ENCODINGS if one in offered and one in file.bodies), "")
        body = file.bodies[encoding]
        headers = [*file.headers, text_header(b"content-length", len(body))]
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        await respond(send, 200, headers, b"" if scope["method"] == "HEAD" else body)


def _read(path: Path) -> _File:
    headers = [
        (b"content-type", _TYPES[path.suffix]),
        (b"cache-control", b"public, max-age=31536000, immutable"),
        (b"vary", b"accept-encoding"),
        (b"x-content-type-options", b"nosniff"),
    ]
    bodies = {"": path.read_bytes()}
    for encoding, suffix in _ENCODINGS:
        compressed = path.with_name(path.name + suffix)
        if compressed.exists():
            bodies[encoding] = compressed.read_bytes()
    return _File(headers, bodies)
