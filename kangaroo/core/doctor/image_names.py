"""An image as it stands in a Pod or behind `docker pull`, taken apart. Pure.

The rule is that of the clients (distribution/reference): what stands before the first slash is a host if it has a dot
or a colon or is localhost; otherwise the image is Docker Hub's, in `library` if it has no slash at all.
"""

from dataclasses import dataclass

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Failure
from kangaroo.base.names import Reference, Tag
from kangaroo.core.doctor.troubles import Ailment, Trouble
from kangaroo.remote.names import ImageName

DOCKER_HUB = "docker.io"
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class PulledImage:
    """`host` in lower case, with its port if it has one. A digest counts more than a tag, as it does for clients."""

    host: str
    image: ImageName
    reference: Reference

    def __str__(self) -> str:
        mark = ":" if isinstance(self.reference, Tag) else "@"
        return f"{self.host}/{self.image}{mark}{self.reference}"


def parse_image(text: str) -> PulledImage:
    """Raises Ailment IMAGE_NAME_INVALID."""
    if len(text) > _LONGEST or "://" in text or not text.isprintable():
        raise _invalid(text, "write it without http://")
    rest, at, digest = text.strip().partition("@")
    host, path, tag = _split(rest)
    try:
        reference = Digest.parse(digest) if at else Tag.parse(tag)
        return PulledImage(host.lower(), ImageName.split(path), reference)
    except Failure as failure:
        raise _invalid(text, str(failure)) from failure


def _split(text: str) -> tuple[str, str, str]:
    first, slash, rest = text.partition("/")
    if not slash or not ("." in first or ":" in first or first == "localhost"):
        first, rest = DOCKER_HUB, text if slash else f"library/{text}"
    path, colon, tag = rest.partition(":")
    return first, path, tag if colon else "latest"


def _invalid(text: str, detail: str) -> Ailment:
    return Ailment(Trouble.IMAGE_NAME_INVALID, given=repr(text[:200]), detail=detail)
