"""Names, tags and digests: what the grammars of the specifications accept, and nothing else."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.digests import Digest
from kangaroo.base.errors import Code, Failure
from kangaroo.base.names import ProjectName, RepositoryName, Tag, parse_reference


@pytest.mark.parametrize("name", ["library/alpine", "a/b/c", "p0/x__y", "p/x---y", "a.b/c_d", "p/0"])
def test_repository_names(name: str) -> None:
    parsed = RepositoryName.parse(name)
    assert parsed == name
    assert f"{parsed.project}/{parsed.image}" == name


@pytest.mark.parametrize(
    "name",
    [
        "",
        "alpine",
        "A/b",
        "a//b",
        "/a/b",
        "a/b/",
        "a/-b",
        "a/b-",
        "a/b..c",
        "a/b___c",
        "a/" + "b" * 255,
        "a/b\n",
    ],
)
def test_what_is_no_repository_name(name: str) -> None:
    with pytest.raises(Failure) as raised:
        RepositoryName.parse(name)
    assert raised.value.code is Code.NAME_INVALID


@pytest.mark.parametrize("name", ["library", "a-b.c_d", "0", "x" * 255])
def test_project_names(name: str) -> None:
    assert ProjectName.parse(name) == name


@pytest.mark.parametrize("name", ["", "A", "a/b", "a--b", "-a", "a-", "x" * 256, "ä"])
def test_what_is_no_project_name(name: str) -> None:
    with pytest.raises(Failure):
        ProjectName.parse(name)


@pytest.mark.parametrize("tag", ["latest", "V1.0", "_x", "a" * 128, "1-2_3.4"])
def test_tags(tag: str) -> None:
    assert parse_reference(tag) == tag


@pytest.mark.parametrize("tag", ["", ".a", "-a", "a" * 129, "a/b", "a b", "é", "a\n"])
def test_what_is_no_tag(tag: str) -> None:
    with pytest.raises(Failure) as raised:
        Tag.parse(tag)
    assert raised.value.code is Code.TAG_INVALID


@given(st.binary(), st.sampled_from(["sha256", "sha512"]))
def test_a_digest_of_content_parses(content: bytes, algorithm: str) -> None:
    digest = Digest.of(content, algorithm)
    assert Digest.parse(digest) == digest
    assert digest.algorithm == algorithm
    assert digest.hex == hashlib.new(algorithm, content).hexdigest()


@given(st.text())
def test_any_text_is_a_reference_or_a_named_failure(text: str) -> None:
    try:
        assert parse_reference(text) == text
    except Failure as failure:
        assert failure.code in (Code.TAG_INVALID, Code.DIGEST_INVALID)
        assert failure.message("en")
        assert failure.message("zh")


@given(st.text(alphabet="ab0/._-A", max_size=40))
def test_any_text_is_a_repository_name_or_a_named_failure(text: str) -> None:
    try:
        assert RepositoryName.parse(text).project
    except Failure as failure:
        assert failure.code is Code.NAME_INVALID


@pytest.mark.parametrize(
    "text",
    [
        "sha256:abc",
        "sha256:" + "A" * 64,
        "md5:" + "0" * 32,
        "sha256:" + "0" * 63 + "g",
        "sha256",
        ":",
        "sha1:x",
    ],
)
def test_what_is_no_digest(text: str) -> None:
    with pytest.raises(Failure) as raised:
        Digest.parse(text)
    assert raised.value.code is Code.DIGEST_INVALID
