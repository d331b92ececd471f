"""One request of this dialect on its way to a handler."""

from dataclasses import dataclass
from functools import lru_cache

from kangaroo.base.actors import Actor
from kangaroo.base.digests import Digest
from kangaroo.base.names import RepositoryName
from kangaroo.core.registry import Registry
from kangaroo.entrypoints.http.asgi import Headers, Request, Send, respond

_repository = lru_cache(4096)(RepositoryName.parse)
VERSION = (b"docker-distribution-api-version", b"registry/2.0")


@dataclass(slots=True)
class Call:
    """`name` and `target` are the path's: the repository, and what follows (tag, digest, upload id)."""

    registry: Registry
    request: Request
    send: Send
    actor: Actor
    name: str
    target: str

    @property
    def repository(self) -> RepositoryName:
        """Raises NAME_INVALID."""
        return _repository(self.name)

    @property
    def digest(self) -> Digest:
        """Raises DIGEST_INVALID."""
        return Digest.parse(self.target)

    async def answer(self, status: int, headers: Headers, body: bytes = b"") -> None:
        headers.append(VERSION)
        headers.append((b"content-length", b"%d" % len(body)))
        await respond(self.send, status, headers, body)
