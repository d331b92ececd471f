"""The parts pages are made of, where they are pure: lists asked by URL, forms, plots, formats, Markdown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kangaroo.base.clock import SECOND, now
from kangaroo.base.errors import Code, Failure
from kangaroo.base.query import Sort
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.entrypoints.console import formats, geometry, texts
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.markdown import html_of
from kangaroo.entrypoints.console.notices import Notice, keep, left_by


class TestListing:
    def test_what_the_url_says(self):
        found = Listing.of("/a", {"q": " x ", "sort": "-name", "page": "2", "size": "50", "public": "true"})
        assert (found.q, found.window.offset, found.window.size) == ("x", 50, 50)
        assert found.order({"name": "column"}) == (Sort("column", descending=True),)
        assert found.flag("public") is True
        assert found.url(page=3) == "/a?public=true&q=x&sort=-name&size=50&page=3"

    def test_asking_otherwise_begins_at_the_first_page(self):
        found = Listing.of("/a", {"page": "7", "sort": "name", "x": "1"})
        assert found.toggled("name") == "/a?x=1&sort=-name"
        assert found.toggled("other") == "/a?x=1&sort=other"
        assert found.url(x=None) == "/a?sort=name"

    @given(st.dictionaries(st.sampled_from(["q", "sort", "page", "size", "x"]), st.text(max_size=20)))
    def test_no_url_breaks_it_and_each_leads_back(self, given):
        from urllib.parse import parse_qsl

        found = Listing.of("/a", given)
        assert found.page >= 1
        again = Listing.of("/a", dict(parse_qsl(found.url(page=found.page).partition("?")[2])))
        assert again == found


class TestForm:
    def test_failures_become_errors_of_the_field_they_are_about(self):
        form = Form({"name": ["x"], "url": ["y"]})
        with form.attempt(CONFLICT="name"):
            raise Failure(Code.CONFLICT, what="space x")
        with form.attempt():
            raise Failure(Code.INVALID_FIELD, field="url", reason="no")
        with form.attempt():
            raise InstanceFailure(Reason.DNS_NOT_FOUND, host="h")
        assert set(form.errors) == {"name", "url", ""}
        assert "DNS" in form.remedy

    def test_what_is_our_fault_is_not_put_on_the_form(self):
        with pytest.raises(Failure), Form().attempt():
            raise Failure(Code.INTERNAL)
        with pytest.raises(KeyError), Form().attempt():
            raise KeyError

    def test_numbers_and_what_is_needed(self):
        form = Form({"a": ["12"], "b": ["x"], "c": [" "]})
        assert (form.number("a"), form.number("b"), form.required("c")) == (12, None, "")
        assert set(form.errors) == {"b", "c"}


class TestGeometry:
    @given(st.lists(st.integers(0, 10**15), min_size=1, max_size=200))
    def test_segments_fill_the_bar_and_each_is_seen(self, sizes):
        found = geometry.segments(sizes)
        assert found[0].start == 0
        assert found[-1].start + found[-1].width == pytest.approx(geometry.BAR)
        assert min(one.width for one in found) > 0

    @given(st.lists(st.floats(0, 1e15), max_size=50))
    def test_a_plot_stays_inside(self, values):
        plot = geometry.area([(float(at), value) for at, value in enumerate(values)])
        assert plot.top >= max(values, default=0)
        for pair in plot.line.replace("M", "").replace("L", "").split():
            x, y = map(float, pair.split(","))
            assert 0 <= x <= geometry.WIDTH
            assert 0 <= y <= geometry.HEIGHT

    def test_a_little_is_not_nothing(self):
        assert geometry.filled(1, 10**9) == 1
        assert geometry.filled(5, 4) == 100
        assert geometry.filled(0, 0) == 0


class TestFormats:
    @pytest.mark.parametrize(
        ("number", "told"),
        [(0, "0 B"), (1023, "1023 B"), (1536, "1.5 KiB"), (5 << 30, "5.0 GiB"), (None, "–")],
    )
    def test_bytes(self, number, told):
        assert formats.bytes_(number) == told

    def test_times_in_both_languages(self):
        at = now() - 180 * SECOND
        assert formats.ago(at) == "3 minutes ago"
        token = texts.LANGUAGE.set("zh")
        try:
            assert formats.ago(at) == "3分钟前"
        finally:
            texts.LANGUAGE.reset(token)

    def test_digests(self):
        assert formats.short("sha256:" + "a" * 64) == "sha256:aaaaaaaa…aaaaaa"
        assert formats.short("v1.0") == "v1.0"


class TestMarkdown:
    def test_what_it_is_for(self):
        html = html_of("# Title\n\n- *one* [link](https://a.test)\n\n|a|\n|-|\n|b|")
        assert "<h1>Title</h1>" in html
        assert 'rel="noopener noreferrer nofollow"' in html
        assert "<td>b</td>" in html

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script>",
            "[x](javascript:alert(1))",
            "![x](https://spy.test/1.png)",
            "<b onclick=x>b</b>",
            "[x](data:text/html,x)",
        ],
    )
    def test_what_it_is_not_for(self, text):
        html = html_of(text)
        assert "<script" not in html
        assert "<img" not in html
        assert "href" not in html
        assert "<b" not in html


class TestNotices:
    def test_they_come_back(self):
        notice = Notice("完成 <b>", "warning", "/x")
        name, value = keep(notice)
        assert name == b"set-cookie"
        assert left_by([(b"cookie", value.partition(b";")[0])]) == [notice]

    @pytest.mark.parametrize("value", ["", "%%", "e30", "bm9uc2Vuc2U"])
    def test_strange_ones_are_none(self, value):
        assert left_by([(b"cookie", f"notice={value}".encode())]) == []

    def test_their_links_are_ours(self):
        _, value = keep(Notice("x", "info", "https://evil.test"))
        assert left_by([(b"cookie", value.partition(b";")[0])]) == []
