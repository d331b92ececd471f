"""Archives on their way through a request, the same from wherever one looks: its body taken in, its answer streamed."""

from litestar import Response
from litestar.response import Stream

from kangaroo.core.archives import Choice, Format, Outcome, Received, Tell, Wish, parse_platform
from kangaroo.core.instances import ImageName
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.archives import body_of, file_answer
from kangaroo.entrypoints.http.framework import AnyRequest
from kangaroo.entrypoints.platform.archives_given import Wanted
from kangaroo.entrypoints.platform.archives_progress import MEDIA_TYPE, lines
from kangaroo.entrypoints.platform.archives_shapes import UploadedImages, uploaded
from kangaroo.entrypoints.platform.images_given import At


async def take_in(
    services: Services, at: At, wish: Wish, request: AnyRequest
) -> Response[UploadedImages] | Stream:
    """Lines of progress for who accepts them, otherwise what came of it.

    Raises what is wrong with the archive, and why none of its images could be pushed.
    """
    archive = await services.archives.receive(at.actor, at.place, wish, body_of(request))
    host, language = at.host(archive.instance), at.view.language

    async def push(archive: Received, tell: Tell) -> list[Outcome]:
        return await services.archives.push(at.actor, at.place, archive, tell)

    if MEDIA_TYPE in request.headers.get("accept", ""):
        return Stream(lines(archive, push, host, language), media_type=MEDIA_TYPE)
    with archive:
        outcomes = await push(archive, lambda _: None)
    failures = [one.failure for one in outcomes if one.failure is not None]
    if len(failures) == len(outcomes):
        raise failures[0]
    return Response(UploadedImages(items=uploaded(outcomes, host, language)))


async def give_out(services: Services, at: At, image: ImageName, wanted: Wanted) -> Stream:
    """A tar file, with its length and a name."""
    platform = parse_platform(wanted.platform) if wanted.platform else None
    choice = Choice(image, wanted.reference, Format(wanted.format), platform)
    found = await services.archives.download(at.actor, at.place, choice, at.host)
    return file_answer(found, choice)
