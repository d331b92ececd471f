"""The file of contexts, and names of images: what is written is read again, whatever it is."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.entrypoints.cli import contexts
from kangaroo.entrypoints.cli.connection import place
from kangaroo.entrypoints.cli.contexts import Context, Contexts
from kangaroo.entrypoints.cli.images_named import ImageRef
from kangaroo.entrypoints.cli.problems import Exit, Problem
from kangaroo.entrypoints.cli.target import checked_url

_WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    st.dictionaries(
        _WORDS.filter(bool), st.builds(Context, _WORDS, _WORDS, _WORDS, st.integers(0, 9), _WORDS)
    )
)
def test_what_is_written_is_read_again(known: dict[str, Context]) -> None:
    whole = Contexts(next(iter(known), ""), known)
    read = tomllib.loads(contexts.text_of(whole))
    assert read["current"] == whole.current
    assert {name: Context(**one) for name, one in read.get("contexts", {}).items()} == known


def test_the_current_one_goes_with_its_context(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    one = Context("http://one", "kgr_secret")
    contexts.write(Contexts().with_context("one", one).with_context("two", one))
    assert contexts.read().current == "two"
    assert contexts.read().without("one").current == "two"
    assert contexts.read().without("two").current == ""
    assert "kgr_secret" not in repr(contexts.read().named("one"))
    assert [path.name for path in (tmp_path / "kangaroo").iterdir()] == ["contexts.toml"]


@pytest.mark.parametrize(
    "url",
    ["", "registry", "ftp://a", "http://", "https://a/path", "https://me:pw@a", "http://a:x", "http://a?b=c"],
)
def test_what_is_no_url_of_a_server(url: str) -> None:
    with pytest.raises(Problem) as caught:
        checked_url(url)
    assert caught.value.exit_code is Exit.USAGE


def test_a_slash_at_the_end_is_taken_away() -> None:
    assert checked_url("https://[::1]:8443/") == "https://[::1]:8443"


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("a/b", ImageRef("a", "b")),
        ("a/b/c:1", ImageRef("a", "b/c", "1")),
        ("a/b@sha256:0", ImageRef("a", "b", digest="sha256:0")),
        ("a/b:1@sha256:0", ImageRef("a", "b", "1", "sha256:0")),
    ],
)
def test_names_of_images(text: str, ref: ImageRef) -> None:
    assert ImageRef.parse(text) == ref
    assert ImageRef.parse(str(ref)).reference == ref.reference


@pytest.mark.parametrize("text", ["", "a", "a/", "/a", "a/b:", ":1", "a:1", "a/b@"])
def test_what_names_no_image(text: str) -> None:
    with pytest.raises(Problem):
        ImageRef.parse(text)


def test_slashes_in_a_name_are_encoded_twice() -> None:
    assert place("projects", "a b", "repositories", "c/d", "artifacts", "sha256:0") == (
        "/projects/a%20b/repositories/c%252Fd/artifacts/sha256:0"
    )
