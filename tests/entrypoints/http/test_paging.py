"""Pages by number: what may be asked, and the headers that lead on."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.entrypoints.http.paging import page_headers, window_of


@pytest.mark.parametrize(
    ("page", "size", "window"),
    [
        (None, None, Window(1, 10)),
        ("", "", Window(1, 10)),
        ("3", "100", Window(3, 100)),
        ("0", "0", Window(1, 0)),
        ("-2", "-1", Window(1, 0)),
    ],
)
def test_windows(page: str | None, size: str | None, window: Window) -> None:
    assert window_of(page, size) == window


@pytest.mark.parametrize(
    ("page", "size", "message"),
    [
        ("1", "101", "page_size in query should be less than or equal to 100"),
        ("x", None, "page in query must be of type int64: 'x'"),
        (None, "1.5", "page_size in query must be of type int64: '1.5'"),
        ("9" * 30, None, f"page in query must be of type int64: '{'9' * 30}'"),
        ("9" * 18, None, "page in query should be less than or equal to 1000000000"),
    ],
)
def test_refused(page: str | None, size: str | None, message: str) -> None:
    with pytest.raises(Failure) as caught:
        window_of(page, size)
    assert caught.value.code is Code.INVALID_FIELD
    assert str(caught.value) == message


PATH = "/api/v2.0/projects"


@pytest.mark.parametrize(
    ("window", "total", "link"),
    [
        (Window(1, 10), 10, None),
        (Window(1, 10), 11, '<%s?page=2&page_size=10>; rel="next"'),
        (Window(2, 10), 11, '<%s?page=1&page_size=10>; rel="prev"'),
        (Window(2, 1), 3, '<%s?page=1&page_size=1>; rel="prev" , <%s?page=3&page_size=1>; rel="next"'),
        (Window(9, 10), 11, None),
        (Window(1, 0), 500, None),
    ],
)
def test_links(window: Window, total: int, link: str | None) -> None:
    headers = page_headers(PATH, "page=7&page_size=3", window, total)
    assert headers["X-Total-Count"] == str(total)
    assert headers.get("Link") == (link and link.replace("%s", PATH))


def test_the_rest_of_the_question_is_kept_unescaped_and_in_order() -> None:
    link = page_headers(PATH, "q=name%3D~a%2Bb&name=&Z=%E9%95%9C", Window(1, 1), 2)["Link"]
    text = "Z=镜&name=&page=2&page_size=1&q=name=~a+b"
    assert link.encode("latin-1").decode() == f'<{PATH}?{text}>; rel="next"'


@given(st.text(max_size=50))
def test_no_question_breaks_the_header(query: str) -> None:
    link = page_headers(PATH, query, Window(1, 1), 2)["Link"]
    assert not {"\r", "\n", "\0"} & set(link)
    link.encode("latin-1")
