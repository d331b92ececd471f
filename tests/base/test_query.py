"""The grammar of `q` and `sort`: what it says, what it refuses, and that nothing else ever comes out of it."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.clock import SECOND
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.base.query import (
    MAX_LENGTH,
    AllOf,
    AnyOf,
    Between,
    Contains,
    Exact,
    Filter,
    ListQuery,
    Sort,
    Term,
    equal,
    parse_filters,
    parse_list_query,
    parse_sorts,
    snake_case,
)


def terms(*texts: str) -> tuple[Term, ...]:
    return tuple(Term(text) for text in texts)


@pytest.mark.parametrize(
    ("q", "condition"),
    [
        ("name=library", Exact(Term("library"))),
        ("name=a=b", Exact(Term("a=b"))),
        ("name='quoted'", Exact(Term("'quoted'"))),
        (r"name=\~x", Exact(Term("~x"))),
        (r"name=\\x", Exact(Term(r"\x"))),
        ("name=~lib", Contains("lib")),
        ("name=~~", Contains("~")),
        ("name=[1~5]", Between(Term("1"), Term("5"))),
        ("name=[ 1 ~ ]", Between(Term("1"), None)),
        ("name=[~'b']", Between(None, Term("b"))),
        ("name={a b}", AnyOf(terms("a", "b"))),
        ("name={'a'  \"b\"  a}", AnyOf(terms("a", "b"))),
        ("name={}", AnyOf(())),
        ("name=(1 2)", AllOf(terms("1", "2"))),
    ],
)
def test_a_value(q: str, condition: object) -> None:
    assert parse_filters(q) == (Filter("name", condition),)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "q",
    [
        "name",
        "=x",
        "name=",
        "a=1,",
        ",",
        "a=~",
        "a=[1]",
        "a=[~]",
        "a=[1~2~3]",
        "a=[1~2",
        "a={1",
        "a=(1",
        "a={",
        "a=\0",
    ],
)
def test_broken_syntax(q: str) -> None:
    with pytest.raises(Failure) as caught:
        parse_filters(q)
    assert caught.value.code is Code.BAD_REQUEST


def test_too_long() -> None:
    with pytest.raises(Failure):
        parse_filters("a=" + "x" * MAX_LENGTH)


@pytest.mark.parametrize(
    ("q", "expected"),
    [
        ("Level=project", Filter("level", equal("project"))),
        ("ProjectID=5", Filter("project_id", equal(5))),
        ("OpTime__gte=5", Filter("op_time", Between(low=Term("5")))),
        ("op_time__lt=5", Filter("op_time", Between(high=Term("5"), strict=True))),
        ("name__icontains=x", Filter("name", Contains("x"))),
        ("name__exact=x", Filter("name", equal("x"))),
        ("id__in=3", Filter("id", AnyOf(terms("3")))),
        ("id__in={3 4}", Filter("id", AnyOf(terms("3", "4")))),
        ("id__lte=[1~2]", Filter("id", Between(Term("1"), Term("2")))),
    ],
)
def test_a_key(q: str, expected: Filter) -> None:
    assert parse_filters(q) == (expected,)


def test_an_unknown_suffix_is_an_unknown_key() -> None:
    assert parse_filters("password__startswith=a,user__profile__age=3") == ()


def test_it_is_decoded_once_more() -> None:
    assert parse_filters("tags%3Dnil") == (Filter("tags", equal("nil")),)
    assert parse_filters("name=a+b%2Bc") == (Filter("name", equal("a b+c")),)
    assert parse_filters("name=100%+a%20b") == (Filter("name", equal("100%+a%20b")),), (
        "broken: taken as it is"
    )


def test_the_last_of_equal_keys_wins_and_different_suffixes_all_count() -> None:
    assert parse_filters("a=1,a=2") == (Filter("a", equal(2)),)
    both = parse_filters("a__gte=1,a__lte=2")
    assert both == (Filter("a", Between(low=Term("1"))), Filter("a", Between(high=Term("2"))))


def test_several() -> None:
    query = parse_list_query("type=IMAGE,tags=~v1,labels=(1 2)", "-push_time,id", Window(2, 5))
    assert query.text("type") == "IMAGE"
    assert query.find("tags") == Contains("v1")
    assert query.text("tags") is None
    assert query.find("base") is None
    assert query.sorts == (Sort("push_time", descending=True), Sort("id"))
    assert query.window == Window(2, 5)
    narrowed = query.without("labels", "tags").where("project_id", equal(7))
    assert narrowed.number("project_id") == 7
    assert [one.key for one in narrowed.filters] == ["type", "project_id"]
    assert ListQuery().number("x") is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("12", 12),
        ("-3", -3),
        ("+3", 3),
        ("1_0", None),
        ("9223372036854775808", None),
        ("١", None),
        ("", None),
    ],
)
def test_numbers(text: str, number: int | None) -> None:
    assert Term(text).number == number


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("1970-01-01T00:00:01", SECOND),
        ("1970-01-01 00:00:01", SECOND),
        ("1970-01-01T00:00:01.25Z", SECOND * 5 // 4),
        ("1970-01-02", 86_400 * SECOND),
        ("2021-02-30T00:00:00", None),
        ("1970-01-01T25:00:00", None),
        ("yesterday", None),
    ],
)
def test_moments(text: str, moment: int | None) -> None:
    assert Term(text).moment == moment


def test_flags() -> None:
    assert [Term(text).flag for text in ("true", "T", "1", "false", "0", "maybe")] == [True] * 3 + [
        False
    ] * 2 + [None]


@pytest.mark.parametrize(
    ("key", "snake"),
    [("ProjectID", "project_id"), ("HTTPServer", "http_server"), ("op_time", "op_time"), ("a.b", "a.b")],
)
def test_snake_case(key: str, snake: str) -> None:
    assert snake_case(key) == snake


def test_sorts() -> None:
    assert parse_sorts("") == ()
    assert parse_sorts(",-,CreationTime") == (Sort("creation_time"),)


@given(st.text())
def test_any_text_is_understood_or_refused(q: str) -> None:
    try:
        query = parse_list_query(q, q)
    except Failure as failure:
        assert failure.code is Code.BAD_REQUEST
        return
    for one in query.filters:
        assert one.key
        assert "\0" not in repr(one)


WORD = st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1)


@given(key=WORD, values=st.lists(WORD, min_size=1), shape=st.sampled_from(["{%s}", "(%s)"]))
def test_lists_come_back(key: str, values: list[str], shape: str) -> None:
    q = quote(f"{key}={shape % ' '.join(values)}")
    (found,) = parse_filters(q)
    assert found.key == snake_case(key)
    assert isinstance(found.condition, AnyOf | AllOf)
    assert found.condition.terms == tuple(dict.fromkeys(terms(*values)))


@given(st.integers(-(2**63), 2**63 - 1))
def test_every_64_bit_number(number: int) -> None:
    assert Term(str(number)).number == number
    assert parse_list_query(f"n={number}").number("n") == number


@given(st.datetimes())
def test_every_time_in_harbors_layout(at: object) -> None:
    text = f"{at:%Y-%m-%dT%H:%M:%S}".rjust(19, "0")
    assert Term(text).moment is not None
