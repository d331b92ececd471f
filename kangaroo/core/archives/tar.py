"""The table of contents of a tar file: which name has which bytes. Nothing is ever extracted.

Own reading instead of the standard library's: that one holds extended headers of any length in memory and raises a
dozen kinds of exceptions on garbage. Formats: POSIX.1-1988 (ustar), POSIX.1-2001 (pax: path, linkpath, size) and GNU
(long names, sizes in base 256). Sparse members are refused; an archive of an image has none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kangaroo.base.errors import Failure
from kangaroo.core.archives.limits import Limits, invalid

BLOCK = 512
_EXTENDED_LIMIT = 64 << 10  # bytes of one extended header: names of 4096 characters, many times
_LINKS = 8  # one to the next, before it is a circle
_REGULAR = frozenset(b"0\x007")
_LINK_TYPES = {ord("1"): "hard", ord("2"): "symbolic"}
_IGNORED = frozenset(b"3456")  # devices, folders, pipes: nothing is in them

Read = Callable[[int, int], bytes]
"""Gives so many bytes from an offset on; fewer at the end of the file."""


@dataclass(frozen=True, slots=True)
class Held:
    """Bytes in the file, from `offset` on."""

    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class Contents:
    """Files by their path without `.`, doubled and leading slashes. A name with `..` in it names nothing."""

    files: Mapping[str, Held]
    links: Mapping[str, str]

    def find(self, path: str) -> Held | None:
        """Through links, which lead nowhere but to other names in here."""
        name = _plain(path)
        for _ in range(_LINKS):
            if name is None:
                return None
            if name in self.files:
                return self.files[name]
            name = self.links.get(name)
        return None


@dataclass(slots=True)
class _Reading:
    """What was read, and what extended headers said of the next member."""

    files: dict[str, Held] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    said: dict[str, str] = field(default_factory=dict)
    members: int = 0


def contents(read: Read, size: int, limits: Limits) -> Contents:
    """Raises ARCHIVE_INVALID, saying where; TOO_LARGE never: `size` was limited before."""
    reading, at = _Reading(), 0
    while at < size:
        header = read(at, BLOCK)
        if len(header) < BLOCK:
            raise invalid("truncated", what=f"the header at byte {at}", wanted=BLOCK, left=len(header))
        if not any(header):
            break  # the end mark; what follows is padding
        reading.members += 1
        if reading.members > limits.members:
            raise invalid("too_many", what="files", limit=limits.members)
        at = _member(reading, read, size, at, header)
    if not reading.members:
        raise invalid("empty")
    return Contents(reading.files, reading.links)


def _member(reading: _Reading, read: Read, size: int, at: int, header: bytes) -> int:
    """Takes one member in; returns where the next header stands."""
    _verify(header, at)
    kind, length = header[156], _number(header[124:136], at)
    start = at + BLOCK
    if kind in b"xgLK":
        _extended(reading, _whole(read, start, length, at), kind, at)
        return start + _padded(length)
    said, reading.said = reading.said, {}
    if kind == ord("S") or any(key.startswith("GNU.sparse.") for key in said):
        raise invalid("sparse", at=at)
    name = _plain(said.get("path") or _name(header))
    if kind in _LINK_TYPES:
        target = said.get("linkpath") or _text(header[157:257])
        _link(reading, name, target, symbolic=kind == ord("2"))
        return start
    if kind in _IGNORED:
        return start
    if "size" in said:
        length = _decimal(said["size"], at)
    if start + length > size:
        raise invalid("truncated", what=name or f"the file at byte {at}", wanted=length, left=size - start)
    if name is not None and kind in _REGULAR:
        reading.links.pop(name, None)
        reading.files[name] = Held(start, length)
    return start + _padded(length)


def _extended(reading: _Reading, content: bytes, kind: int, at: int) -> None:
    match chr(kind):
        case "L":
            reading.said["path"] = _text(content)
        case "K":
            reading.said["linkpath"] = _text(content)
        case "x":
            reading.said |= _pax(content, at)


def _pax(content: bytes, at: int) -> dict[str, str]:
    """Records of the form `length key=value\\n` (POSIX pax, "pax Extended Header")."""
    found: dict[str, str] = {}
    while content:
        digits, blank, _ = content[:20].partition(b" ")
        length = int(digits) if digits.isdigit() else 0
        record = content[len(digits) + 1 : length]
        key, equals, value = record.partition(b"=")
        if not blank or not equals or not record.endswith(b"\n") or length > len(content):
            raise invalid("malformed", at=at, detail="an extended header that is none")
        found[key.decode("utf-8", "replace")] = value[:-1].decode("utf-8", "replace")
        content = content[length:]
    return found


def _link(reading: _Reading, name: str | None, target: str, *, symbolic: bool) -> None:
    """A symbolic one is relative to its folder; a hard one to the root of the archive."""
    if name is None:
        return
    if symbolic and not target.startswith("/"):
        target = _beside(name, target)
    resolved = _plain(target)
    if resolved is not None and resolved != name:
        reading.files.pop(name, None)
        reading.links[name] = resolved


def _beside(name: str, target: str) -> str:
    """`../b/layer.tar` beside `a/layer.tar` → `b/layer.tar`; what climbs out of the archive keeps a `..`."""
    parts = name.split("/")[:-1]
    for part in target.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        else:
            parts.append(part)
    return "/".join(parts)


def _plain(path: str) -> str | None:
    parts = [part for part in path.split("/") if part not in ("", ".")]
    return None if not parts or ".." in parts else "/".join(parts)


def _name(header: bytes) -> str:
    """POSIX splits long ones in two; GNU's own magic has other things in that place."""
    name = _text(header[:100])
    prefix = _text(header[345:500]) if header[257:263] == b"ustar\0" else ""
    return f"{prefix}/{name}" if prefix else name


def _text(field_: bytes) -> str:
    return field_.split(b"\0", 1)[0].decode("utf-8", "replace")


def _verify(header: bytes, at: int) -> None:
    """The checksum, of unsigned bytes, or of signed ones as some old programs count."""
    try:
        wanted = _number(header[148:156], at)
    except Failure as failure:
        raise invalid("not_tar", at=at) from failure
    rest = header[:148] + b" " * 8 + header[156:]
    if wanted != sum(rest) and wanted != sum(byte - 256 if byte > 127 else byte for byte in rest):
        raise invalid("not_tar", at=at)


def _number(field_: bytes, at: int) -> int:
    """Octal digits, or the bytes of the number behind a set first bit (GNU)."""
    if field_[0] == 0x80:
        return int.from_bytes(field_[1:], "big")
    text = field_.strip(b" \0")
    if not text:
        return 0
    if any(byte not in b"01234567" for byte in text):
        raise invalid("malformed", at=at, detail="a number that is none")
    return int(text, 8)


def _decimal(text: str, at: int) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise invalid("malformed", at=at, detail="a size that is none")
    return int(text)


def _whole(read: Read, start: int, length: int, at: int) -> bytes:
    if length > _EXTENDED_LIMIT:
        raise invalid("malformed", at=at, detail=f"an extended header of {length} bytes")
    content = read(start, length)
    if len(content) < length:
        raise invalid("truncated", what=f"the header at byte {at}", wanted=length, left=len(content))
    return content


def _padded(size: int) -> int:
    return -(-size // BLOCK) * BLOCK
