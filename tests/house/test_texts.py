"""Rule 8: every failure has its sentence in both languages, and both use the same facts."""

import string

import pytest

from kangaroo.base.errors import Code
from kangaroo.base.texts import TEXTS


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("code", Code, ids=lambda code: code.name)
def test_every_failure_can_be_told(code: Code) -> None:
    text = TEXTS[code.name.lower()]
    assert text.en
    assert text.zh


@pytest.mark.parametrize("key", TEXTS)
def test_both_languages_use_the_same_facts(key: str) -> None:
    assert _placeholders(TEXTS[key].en) == _placeholders(TEXTS[key].zh)
