"""Names of spaces and images at other registries, parsed at the door: what is wrong in here never becomes a URL.

Not as in `base.names`: a Docker Registry has images without a slash, which we put into the space `/`, and the spaces
of Artifactory are its repositories, whose names may have capitals.
"""

import re
from dataclasses import dataclass

from kangaroo.base.errors import Code, Failure

FLAT = "/"
_MAX_LENGTH = 255
_SPACE = re.compile(r"[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*")
_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_IMAGE = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")


class SpaceName(str):
    """A Harbor project, the first segment of the names in a Docker Registry (or `/`), an Artifactory repository."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "SpaceName":
        if text != FLAT and not (len(text) <= _MAX_LENGTH and _SPACE.fullmatch(text)):
            raise Failure(
                Code.NAME_INVALID,
                name=text[:_MAX_LENGTH],
                reason="use letters, digits and . _ - between them",
            )
        return cls(text)


@dataclass(frozen=True, slots=True, order=True)
class ImageName:
    """`str()` is the name as clients write it behind the host: `space/name`, or `name` in the space `/`."""

    space: SpaceName
    name: str

    @classmethod
    def parse(cls, space: str, name: str) -> "ImageName":
        flat = space == FLAT
        if len(name) > _MAX_LENGTH or not _IMAGE.fullmatch(name) or (flat and "/" in name):
            reason = "use lower-case letters, digits, . _ - and / between components"
            raise Failure(Code.NAME_INVALID, name=name[:_MAX_LENGTH], reason=reason)
        return cls(SpaceName.parse(space), name)

    @classmethod
    def split(cls, full: str) -> "ImageName":
        """`library/nginx` → nginx in library; `nginx` → nginx in `/`."""
        space, slash, name = full.partition("/")
        return cls.parse(space, name) if slash else cls.parse(FLAT, full)

    def __str__(self) -> str:
        return self.name if self.space == FLAT else f"{self.space}/{self.name}"
