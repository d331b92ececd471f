"""The table of causes: each can be told, and says what to do, in both languages with the same facts."""

import string

import pytest

from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.base.texts import Text


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("reason", Reason, ids=lambda reason: reason.name)
def test_both_languages_use_the_same_facts(reason: Reason):
    for text in (reason.told, reason.remedy):
        assert isinstance(text, Text)
        assert text.en
        assert text.zh
        assert _placeholders(text.en) == _placeholders(text.zh)
    assert _placeholders(reason.remedy.en) <= _placeholders(reason.told.en)


def test_a_failure_is_told_with_its_facts():
    failure = InstanceFailure(Reason.PROTOCOL, host="h", port=1, asked="http", spoken="https")
    assert str(failure) == "h:1 was asked in http, but it speaks https"
    assert failure.remedy("zh") == "请将地址改为以 https:// 开头。"
    assert not failure.reason.heals
