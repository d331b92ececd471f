"""Compression of an archive taken off while it is received, within limits: gzip (RFC 1952) and zstd (RFC 8878).

Whatever a few bytes claim to unpack to, no more than a piece of it is held at a time, and no more than the limits
allow is ever written.
"""

import zlib
from typing import IO, Protocol, cast

import zstandard

from kangaroo.base.errors import Code, Failure
from kangaroo.core.archives.limits import FREE_BYTES, Limits, invalid
from kangaroo.core.archives.spool import PIECE, Spool

_GZIP, _ZSTD, _SKIPPABLE = b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x2a\x4d\x18"
_OTHERS = {b"BZh": "bzip2", b"\xfd7zXZ": "xz", b"PK\x03\x04": "zip", b"\x04\x22\x4d\x18": "lz4"}
_LONGEST_MAGIC = 6
_LARGEST_WINDOW = 128 << 20  # bytes of memory a zstd stream may ask for; `zstd --long` asks for as much


class _Stream(Protocol):
    def write(self, data: bytes) -> None: ...
    def end(self) -> None: ...


class _Bounded:
    """The spool, as far as the limits go."""

    def __init__(self, spool: Spool, limits: Limits) -> None:
        self._spool = spool
        self._limits = limits
        self.received = 0

    def count(self, received: int) -> None:
        self.received += received
        if self.received > self._limits.archive:
            raise too_large(self._limits)

    def write(self, unpacked: bytes) -> int:
        size = self._spool.size + len(unpacked)
        if size > self._limits.archive:
            raise too_large(self._limits)
        if size > FREE_BYTES + self._limits.ratio * self.received:
            raise invalid("bomb", ratio=self._limits.ratio)
        return self._spool.write(unpacked)


class Receiver:
    """Takes an archive in pieces of any size; blocking, for one thread at a time."""

    def __init__(self, spool: Spool, limits: Limits) -> None:
        self._bounded = _Bounded(spool, limits)
        self._begin = b""
        self._stream: _Stream | None = None

    @property
    def received(self) -> int:
        """Bytes."""
        return self._bounded.received

    def take(self, data: bytes) -> None:
        """Raises TOO_LARGE, ARCHIVE_INVALID, STORAGE_FULL."""
        self._bounded.count(len(data))
        if self._stream is not None:
            self._stream.write(data)
            return
        self._begin += data
        if len(self._begin) >= _LONGEST_MAGIC:
            self._stream = _opened(self._begin, self._bounded)
            self._stream.write(self._begin)

    def end(self) -> None:
        """Raises ARCHIVE_INVALID for what is not whole."""
        if not self.received:
            raise invalid("empty")
        if self._stream is None:
            self._bounded.write(self._begin)
        else:
            self._stream.end()


def too_large(limits: Limits) -> Failure:
    return Failure(Code.TOO_LARGE, what="the image archive", limit=limits.archive)


def _opened(begin: bytes, bounded: _Bounded) -> _Stream:
    for magic, found in _OTHERS.items():
        if begin.startswith(magic):
            raise invalid("compression", found=found)
    if begin.startswith(_GZIP):
        return _Gzip(bounded)
    if begin.startswith(_ZSTD) or (begin[1:4] == _SKIPPABLE and 0x50 <= begin[0] <= 0x5F):
        return _Zstd(bounded)
    return _Plain(bounded)


class _Plain:
    def __init__(self, bounded: _Bounded) -> None:
        self._bounded = bounded

    def write(self, data: bytes) -> None:
        self._bounded.write(data)

    def end(self) -> None:
        """The table of contents will tell whether it is whole."""


class _Gzip:
    """One member or several, as programs that work in parallel write them; zeros behind them are padding."""

    def __init__(self, bounded: _Bounded) -> None:
        self._bounded = bounded
        self._inflater = zlib.decompressobj(wbits=31)
        self._between = False

    def write(self, data: bytes) -> None:
        while data:
            if self._between:
                data = data.lstrip(b"\0")
                if not data:
                    return
                self._inflater, self._between = zlib.decompressobj(wbits=31), False
            data = self._inflated(data)

    def end(self) -> None:
        if not self._between:
            raise invalid("cut", kind="gzip")

    def _inflated(self, data: bytes) -> bytes:
        """Returns what is left of the data; what the inflater still holds comes with the next call at the latest."""
        inflater, full = self._inflater, True
        try:
            while full and not inflater.eof:
                unpacked = inflater.decompress(data, PIECE)
                data, full = inflater.unconsumed_tail, len(unpacked) == PIECE
                self._bounded.write(unpacked)
        except zlib.error as error:
            raise invalid("damaged", kind="gzip", detail=str(error)) from error
        self._between = inflater.eof
        return inflater.unused_data if inflater.eof else data


class _Zstd:
    """The library hands over what it unpacked piece by piece, and stops when that is refused."""

    def __init__(self, bounded: _Bounded) -> None:
        unpacker = zstandard.ZstdDecompressor(max_window_size=_LARGEST_WINDOW)
        self._stream = unpacker.stream_writer(cast("IO[bytes]", bounded), write_size=PIECE, closefd=False)

    def write(self, data: bytes) -> None:
        try:
            self._stream.write(data)
        except zstandard.ZstdError as error:
            raise invalid("damaged", kind="zstd", detail=str(error)) from error

    def end(self) -> None:
        """A stream that was cut leaves a tar that is: its table of contents will tell."""
