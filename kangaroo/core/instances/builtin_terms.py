"""The contract's names and failures in our own terms, and back."""

from collections.abc import Iterator
from contextlib import contextmanager

from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, RepositoryName
from kangaroo.remote.names import ImageName, SpaceName

_IN_CONTRACT = {
    Code.PROJECT_UNKNOWN: Code.NOT_FOUND,
    Code.REPOSITORY_UNKNOWN: Code.NOT_FOUND,
    Code.TAG_IMMUTABLE: Code.PRECONDITION,
    Code.POLICY_VIOLATION: Code.PRECONDITION,
    Code.REFERENCED: Code.PRECONDITION,
}


@contextmanager
def contract_failures() -> Iterator[None]:
    """Failures the contract has no word for, by the one it has; the sentence stays."""
    try:
        yield
    except Failure as failure:
        code = _IN_CONTRACT.get(failure.code)
        if code is None:
            raise
        raise Failure(code, failure.text, **failure.facts) from failure


@contextmanager
def image_failures() -> Iterator[None]:
    """The same where people look at images: what is not there is NOT_FOUND, as it is at a Harbor."""
    try:
        with contract_failures():
            yield
    except Failure as failure:
        if failure.code is not Code.MANIFEST_UNKNOWN:
            raise
        raise Failure(Code.NOT_FOUND, failure.text, **failure.facts) from failure


def project_of(space: SpaceName) -> ProjectName:
    """Raises NOT_FOUND for a name no space of ours can have."""
    try:
        return ProjectName.parse(space)
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, "project_unknown", project=space) from failure


def repository_of(image: ImageName) -> RepositoryName:
    """Raises NOT_FOUND for a name no image of ours can have."""
    try:
        return RepositoryName.parse(str(image))
    except Failure as failure:
        raise Failure(Code.NOT_FOUND, "repository_unknown", repository=image) from failure


def image_of(name: RepositoryName) -> ImageName:
    return ImageName(SpaceName(name.project), name.image)
