"""What is said of uploaded archives: at the end, and line by line while it goes on."""

from collections.abc import Sequence

from kangaroo.base.errors import Failure
from kangaroo.base.texts import Language
from kangaroo.core.archives import BlobSent, ImageBegins, LayerPacked, Outcome, Step
from kangaroo.entrypoints.platform.shapes import Shape, int64


class Refused(Shape):
    """`reason` is a stable word."""

    reason: str
    message: str


class PushedImage(Shape):
    """`size`: bytes a pull transfers. With an `error` it was not pushed."""

    project: str
    repository: str
    tag: str
    digest: str
    size: str
    image_pull_url: str
    error: Refused | None


class UploadedImages(Shape):
    items: list[PushedImage]


class Line(Shape, omit_defaults=True, tag_field="step"):
    """Progress; `step` says of what."""


class ReceivedLine(Line, tag="received"):
    bytes: str


class ImageLine(Line, tag="image"):
    number: int
    of: int
    repository: str
    tag: str


class LayerLine(Line, tag="layer"):
    """Bytes compressed."""

    number: int
    done: str
    total: str


class BlobLine(Line, tag="blob"):
    """Bytes the registry has."""

    digest: str
    done: str
    total: str


class ResultLine(Line, tag="result"):
    items: list[PushedImage]


class FailedLine(Line, tag="failed"):
    error: Refused


def uploaded(outcomes: Sequence[Outcome], host: str, language: Language) -> list[PushedImage]:
    return [_pushed(one, host, language) for one in outcomes]


def refused(failure: Failure, language: Language) -> Refused:
    return Refused(reason=failure.code.name, message=failure.message(language))


def line_of(step: Step) -> Line:
    match step:
        case ImageBegins(number, of, target):
            return ImageLine(number=number, of=of, repository=str(target.image), tag=str(target.tag))
        case LayerPacked(number, done, total):
            return LayerLine(number=number, done=int64(done), total=int64(total))
        case BlobSent(digest, done, total):
            return BlobLine(digest=str(digest), done=int64(done), total=int64(total))


def _pushed(one: Outcome, host: str, language: Language) -> PushedImage:
    image = one.target.image
    return PushedImage(
        project=str(image.space),
        repository=image.name,
        tag=str(one.target.tag),
        digest=str(one.digest or ""),
        size=int64(one.size),
        image_pull_url=f"{host}/{one.target}",
        error=None if one.failure is None else refused(one.failure, language),
    )
