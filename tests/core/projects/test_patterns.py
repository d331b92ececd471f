"""Patterns against a slow but obvious reading of them, and the examples of the original."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.core.projects.patterns import MAX_ALTERNATIVES, MAX_EXPANDED, MAX_LENGTH, check, matches

NAMES = st.text("ab/.", max_size=12)
PLAIN = st.text("abz.-_", max_size=8)
PATTERNS = st.lists(
    st.sampled_from(
        ["a", "b", "/", ".", "*", "?", "**", "/**/", "**/", "/**", "[ab]", "[^a]", "{a,b}", "{a*,,/b}"]
    ),
    max_size=6,
).map("".join)


def expression(pattern: str) -> str:
    """The pattern as a regular expression, for patterns of the alphabet above."""
    found = re.match(r"(.*?)\{([^}]*)\}(.*)", pattern, re.DOTALL)
    if found:
        before, choices, after = found.groups()
        return "|".join(f"(?:{expression(before + choice + after)})" for choice in choices.split(","))
    parts = [None if part == "**" else _component(part) for part in pattern.split("/")]
    return _joined(parts)


def _joined(parts: list[str | None]) -> str:
    """Components, of which None is any number of them."""
    if not parts:
        return "(?!)"
    first, rest = parts[0], parts[1:]
    if first is not None:
        if not rest:
            return first
        if all(part is None for part in rest):
            return f"{first}(?:/.*)?"
        return f"{first}/(?:{_joined(rest)})"
    while rest and rest[0] is None:
        rest = rest[1:]
    return f"(?:[^/]*/)*(?:{_joined(rest)})" if rest else ".*"


def _component(text: str) -> str:
    special = {"*": "[^/]*", "?": "[^/]"}
    return "".join(
        f"(?!/){piece}" if piece.startswith("[") else special.get(piece, re.escape(piece))
        for piece in re.findall(r"\[[^]]*\]|.", text, re.DOTALL)
    )


@given(PATTERNS, NAMES)
def test_as_the_regular_expression_says(pattern: str, name: str) -> None:
    expected = not pattern or re.fullmatch(expression(pattern), name, re.DOTALL) is not None
    assert matches(pattern, name) == expected


@given(st.text(st.characters(codec="utf-8", exclude_characters="/\0"), max_size=20))
def test_escaped_means_itself(name: str) -> None:
    escaped = "".join(f"\\{character}" for character in name)
    if name:
        assert matches(escaped, name)
        assert not matches(escaped, name + "x")
    assert matches("*", name)


@given(st.lists(PLAIN, min_size=1, max_size=5), PLAIN)
def test_alternatives_are_any_of_them(choices: list[str], name: str) -> None:
    pattern = "x{" + ",".join(choices) + "}y"
    assert matches(pattern, f"x{name}y") == (name in choices)


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_pattern_is_good_or_refused_before_any_name(pattern: str, name: str) -> None:
    try:
        check(pattern)
    except Failure as failure:
        assert failure.code is Code.BAD_REQUEST
        return
    matches(pattern, name)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("", "anything/at/all", True),
        ("**", "a/b/c", True),
        ("**", "", True),
        ("*", "a/b", False),
        ("a/**", "a", True),
        ("a/**", "a/b/c", True),
        ("a/**", "ab", False),
        ("**/c", "c", True),
        ("**/c", "a/b/c", True),
        ("**/c", "a/bc", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a**", "abc", True),
        ("a**", "a/b", False),
        ("v[0-9]*", "v1.2", True),
        ("v[0-9]*", "vx", False),
        ("[^a-c]", "d", True),
        ("[!a-c]", "b", False),
        ("[a\\-z]", "-", True),
        ("[{,}]", ",", True),
        ("\\*", "*", True),
        ("\\*", "a", False),
        ("{latest,4.*}", "4.0", True),
        ("{latest,4.*}", "latest", True),
        ("{latest,4.*}", "5", False),
        ("{a,b{c,d}}", "bd", True),
        ("{a/**,b}", "a/x/y", True),
        ("release-{1,2}.?", "release-2.x", True),
        ("}", "}", True),
        ("a,b", "a,b", True),
        ("A", "a", False),
        ("*x*y", "1x2y3y", True),
    ],
)
def test_examples(pattern: str, name: str, expected: bool) -> None:
    check(pattern)
    assert matches(pattern, name) is expected


@pytest.mark.parametrize(
    "bad",
    [
        "[", "[]", "[^]", "[a-]", "[-a]", "[a", "a\\", "{a", "{a,{b}", "[a\\", "{a,b}[",
        "x" * (MAX_LENGTH + 1),
        "{a,b}" * 9,
        "{a,b}{c,d}" + "x" * MAX_LENGTH,
        "{a,b}{c,d}{e,f}" + "x" * (MAX_EXPANDED // 8),
    ],
)  # fmt: skip
def test_bad_patterns(bad: str) -> None:
    with pytest.raises(Failure) as caught:
        check(bad)
    assert caught.value.code is Code.BAD_REQUEST
    assert MAX_ALTERNATIVES < 2**9


@pytest.mark.parametrize(
    ("pattern", "name"),
    [
        ("*a" * 200 + "b", "a" * 255),
        ("**/a/" * 100 + "b", "a/" * 127 + "a"),
        ("{" + ",".join(["*a*a*a*b"] * 56) + "}", "a" * 128),
    ],
)
def test_nobody_can_write_a_slow_pattern(pattern: str, name: str) -> None:
    check(pattern)
    start = time.perf_counter()
    assert not matches(pattern, name)
    assert time.perf_counter() - start < 1
