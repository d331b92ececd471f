"""Tag artifact, the part about additions: how an image was built, what is in a chart, what a scan found."""

from litestar import Response, get

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import Reference, RepositoryName
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.artifacts import ONE
from kangaroo.entrypoints.http.framework import Given

NAMES = ("build_history", "values.yaml", "readme.md", "dependencies", "sbom", "license", "files")


@get(ONE + "/additions/vulnerabilities")
async def vulnerabilities(
    actor: Given[Actor],
    services: Given[Services],
    repository: Given[RepositoryName],
    artifact: Given[Reference],
) -> Response[object]:
    found = await services.registry.additions.vulnerabilities(actor, repository, artifact)
    return Response(dict(found))


@get(ONE + "/additions/{addition:str}")
async def get_one(
    actor: Given[Actor],
    services: Given[Services],
    repository: Given[RepositoryName],
    artifact: Given[Reference],
    addition: str,
) -> Response[bytes]:
    name = addition.lower()
    if name not in NAMES:
        reason = f"should be one of {list(NAMES)}"
        raise Failure(Code.INVALID_FIELD, field="addition in path", reason=reason)
    found = await services.registry.additions.get(actor, repository, artifact, name)
    return Response(found.content, headers={"Content-Type": found.media_type})


HANDLERS = (vulnerabilities, get_one)
