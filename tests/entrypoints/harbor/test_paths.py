"""Names in paths, encoded once and twice."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, RepositoryName, Tag
from kangaroo.entrypoints.harbor.paths import is_true, project_ref, reference, repository_name

PROJECT = ProjectName("library")
REPOSITORY = RepositoryName("library/a/b")
DIGEST = "sha256:" + "0" * 64


@pytest.mark.parametrize(
    ("text", "header", "expected"),
    [
        ("library", None, "library"),
        ("12", None, 12),
        ("12", "false", 12),
        ("12", "true", "12"),
        ("12", "True", "12"),
        ("9" * 30, None, "9" * 30),
        ("a%2Eb", None, "a.b"),
        ("Upper", None, None),
        ("a%2Fb", None, None),
        ("a%252Fb", None, None),
        ("..", None, None),
    ],
)
def test_projects(text: str, header: str | None, expected: object) -> None:
    assert project_ref(text, header) == expected


@pytest.mark.parametrize("text", ["a%252Fb", "a%2Fb", "a%252fb"])
def test_repositories(text: str) -> None:
    assert repository_name(PROJECT, text) == REPOSITORY


@pytest.mark.parametrize("text", ["A", "a%2F%2Fb", "", "%00", "a%25252Fb", "%ff"])
def test_what_no_repository_is_called(text: str) -> None:
    with pytest.raises(Failure) as caught:
        repository_name(PROJECT, text)
    assert caught.value.code is Code.REPOSITORY_UNKNOWN


@pytest.mark.parametrize("text", [DIGEST, quote(DIGEST, safe=""), quote(quote(DIGEST, safe=""))])
def test_digests(text: str) -> None:
    found = reference(REPOSITORY, text)
    assert isinstance(found, Digest)
    assert found == DIGEST


def test_tags() -> None:
    assert reference(REPOSITORY, "v1.0") == Tag("v1.0")


@pytest.mark.parametrize("text", ["sha256:12", "md5:" + "0" * 32, "a b", "%2Fx", "-x"])
def test_what_is_no_reference(text: str) -> None:
    with pytest.raises(Failure) as caught:
        reference(REPOSITORY, text)
    assert caught.value.code is Code.MANIFEST_UNKNOWN


@given(st.text())
def test_any_text(text: str) -> None:
    assert isinstance(project_ref(text, None), str | int | None)
    for parse in (lambda: repository_name(PROJECT, text), lambda: reference(REPOSITORY, text)):
        try:
            parse()
        except Failure as failure:
            assert failure.code in (Code.REPOSITORY_UNKNOWN, Code.MANIFEST_UNKNOWN)


def test_booleans_as_harbor_reads_them() -> None:
    assert [is_true(text) for text in ("true", "YES", "1", "on", "false", "", None)] == [True] * 4 + [
        False
    ] * 3
