"""Names of projects, repositories and tags, parsed at the door into types.

Grammar: OCI distribution-spec 1.1, "Pulling manifests"; project names as in Harbor.
"""

import re

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*"
_REPOSITORY = re.compile(rf"{_COMPONENT}(?:/{_COMPONENT})*")
_PROJECT = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")
_TAG = re.compile(r"[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}")
MAX_LENGTH = 255


class ProjectName(str):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "ProjectName":
        if not 1 <= len(text) <= MAX_LENGTH or not _PROJECT.fullmatch(text):
            reason = "use 1 to 255 lower-case letters, digits and single . _ - between them"
            raise Failure(Code.NAME_INVALID, name=text[:MAX_LENGTH], reason=reason)
        return cls(text)


class RepositoryName(str):
    """`project/path`: at least one slash, as in Harbor; the first component is the project."""

    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "RepositoryName":
        if len(text) > MAX_LENGTH or not _REPOSITORY.fullmatch(text):
            reason = "use at most 255 lower-case letters, digits, . _ - and / between components"
            raise Failure(Code.NAME_INVALID, name=text[:MAX_LENGTH], reason=reason)
        if "/" not in text:
            raise Failure(
                Code.NAME_INVALID, name=text, reason="it needs a project in front, as in library/name"
            )
        return cls(text)

    @property
    def project(self) -> ProjectName:
        return ProjectName(self.partition("/")[0])

    @property
    def image(self) -> str:
        return self.partition("/")[2]


class Tag(str):
    __slots__ = ()

    @classmethod
    def parse(cls, text: str) -> "Tag":
        if not _TAG.fullmatch(text):
            raise Failure(Code.TAG_INVALID, tag=text[:160])
        return cls(text)


Reference = Tag | Digest


def parse_reference(text: str) -> Reference:
    """A tag or a digest; what holds a colon can only be a digest."""
    return Digest.parse(text) if ":" in text else Tag.parse(text)
