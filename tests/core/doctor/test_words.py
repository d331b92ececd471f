"""What the doctor says: each link and each trouble in both languages, with the same facts."""

import string

import pytest

from kangaroo.base.reasons import Reason
from kangaroo.core.doctor import Ailment, Link, Row, Trouble
from kangaroo.core.doctor.breaks import BREAKS
from kangaroo.core.doctor.rows import Outcome


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("link", Link, ids=lambda link: link.name)
def test_every_link_has_its_title(link: Link):
    assert link.title.en
    assert link.title.zh


@pytest.mark.parametrize("trouble", Trouble, ids=lambda trouble: trouble.name)
def test_both_languages_use_the_same_facts(trouble: Trouble):
    for text in (trouble.told, trouble.remedy):
        assert text.en
        assert text.zh
        assert _placeholders(text.en) == _placeholders(text.zh)
    assert _placeholders(trouble.remedy.en) <= _placeholders(trouble.told.en)


def test_words_are_told_apart():
    """A word means one thing, whichever table it stands in."""
    assert not {one.name for one in Trouble} & {one.name for one in Reason}


def test_every_reason_of_tls_breaks_tls():
    assert {BREAKS[one] for one in Reason if one.name.startswith("TLS_") and one in BREAKS} == {Link.TLS}


def test_a_row_tells_what_to_do():
    row = Row(Link.SPACE, Outcome.BROKEN, failure=Ailment(Trouble.SPACE_UNKNOWN, instance="i", space="s"))
    assert row.reason == "SPACE_UNKNOWN"
    assert row.message("zh") == "i 中没有镜像空间 s"
    assert row.remedy()
