"""Under which names the images of an archive go into a space: what the archive says, or the caller. Pure.

A host in front is dropped, for it is where the image came from; so is Docker Hub's `library/`, and the name of the
space itself: `registry.example/team/app:1` goes into the space team as `app:1`, into another one as `team/app:1`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from kangaroo.base.errors import Failure
from kangaroo.base.names import Tag
from kangaroo.core.archives.images import Name, Node, Packed, Saved
from kangaroo.core.archives.limits import invalid
from kangaroo.remote.names import ImageName, SpaceName

LATEST = Tag("latest")
_HUB = frozenset({"docker.io", "index.docker.io", "registry-1.docker.io"})


@dataclass(frozen=True, slots=True)
class Wish:
    """Where to; `image` and `tag` go before what the archive says."""

    space: SpaceName
    image: ImageName | None = None
    tag: Tag | None = None


@dataclass(frozen=True, slots=True, order=True)
class Target:
    image: ImageName
    tag: Tag

    def __str__(self) -> str:
        return f"{self.image}:{self.tag}"


@dataclass(frozen=True, slots=True)
class Placed:
    """One image of an archive under one of its names."""

    target: Target
    image: Node | Saved


def placed(packed: Sequence[Packed], wish: Wish) -> list[Placed]:
    """In the order of the archive. Raises ARCHIVE_INVALID: an image without a name, two with the same one, or a name
    that cannot be used."""
    found: dict[Target, Packed] = {}
    for one in packed:
        for name in one.names or (None,):
            target = _target(one, name, wish)
            if found.setdefault(target, one).image != one.image:
                raise invalid("clash", name=target)
    return [Placed(target, one.image) for target, one in found.items()]


def _target(packed: Packed, name: Name | None, wish: Wish) -> Target:
    path, tag = ("", "") if name is None else _split(name)
    if wish.image is None and not path:
        raise invalid("unnamed", image=packed.title)
    try:
        image = wish.image or ImageName.parse(wish.space, _below(path, wish.space))
        return Target(image, wish.tag or (Tag.parse(tag) if tag else LATEST))
    except Failure as failure:
        text = "" if name is None else name.text
        raise invalid("name", name=text[:300], reason=failure.message()) from failure


def _split(name: Name) -> tuple[str, str]:
    """Path with its host, and tag."""
    if name.bare:
        return "", name.text
    text = name.text.partition("@")[0]
    path, colon, tag = text.rpartition(":")
    return (path, tag) if colon and "/" not in tag else (text, "")


def _below(path: str, space: SpaceName) -> str:
    host, slash, rest = path.partition("/")
    if slash and (host == "localhost" or set(".:") & set(host)):
        path = rest.removeprefix("library/") if host in _HUB else rest
    return path.removeprefix(f"{space}/")
