"""A tar file written while it is read: its length is known before the first byte, and the same image always gives the
same bytes."""

import tarfile
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import dataclass

import msgspec

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.core.archives.tar import BLOCK
from kangaroo.remote.contract import Content
from kangaroo.remote.names import ImageName

_END = b"\0" * (2 * BLOCK)


@dataclass(frozen=True, slots=True)
class File:
    """A member: its content, or the blob that is its content. `size` in bytes."""

    path: str
    size: int
    content: bytes = b""
    blob: Digest | None = None

    @classmethod
    def of(cls, path: str, value: object) -> "File":
        content = msgspec.json.encode(value)
        return cls(path, len(content), content)

    @property
    def header(self) -> bytes:
        """GNU's form has no limit of names and sizes."""
        member = tarfile.TarInfo(self.path)
        member.size = self.size
        return member.tobuf(tarfile.GNU_FORMAT)

    @property
    def padding(self) -> bytes:
        return b"\0" * (-self.size % BLOCK)


@dataclass(frozen=True, slots=True)
class Package:
    files: Sequence[File]

    @property
    def size(self) -> int:
        """Bytes of the whole tar file."""
        return sum(len(file.header) + file.size + len(file.padding) for file in self.files) + len(_END)

    async def chunks(self, content: Content, image: ImageName) -> AsyncGenerator[bytes, None]:
        """Raises before the end what keeps a blob from being read, or SIZE_INVALID when it is another."""
        for file in self.files:
            yield file.header
            if file.blob is None:
                yield file.content
            else:
                async with aclosing(_exactly(file.size, content.blob(image, file.blob))) as pieces:
                    async for piece in pieces:
                        yield piece
            yield file.padding
        yield _END


async def _exactly(size: int, source: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    seen = 0
    try:
        async for piece in source:
            seen += len(piece)
            if seen > size:
                break
            yield piece
    finally:
        if isinstance(source, AsyncGenerator):
            await source.aclose()
    if seen != size:
        raise Failure(Code.SIZE_INVALID, expected=size, actual=seen)
