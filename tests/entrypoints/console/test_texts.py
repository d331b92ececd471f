"""Every sentence of the console is there in Chinese, and none stands in a template that cannot be translated."""

import re
import string
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from jinja2 import nodes

from kangaroo.entrypoints.console import extracting
from kangaroo.entrypoints.console.rendering import TEMPLATES, environment

TEMPLATE_FILES = sorted(TEMPLATES.rglob("*.html"))
_FACT = re.compile(r"%\((\w+)\)[sd]")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|\{#.*?#\}", re.DOTALL)
_TRANS = re.compile(r"\{%-?\s*trans\b.*?\{%-?\s*endtrans\s*-?%\}", re.DOTALL)
_READ = {"title", "aria-label", "placeholder", "alt", "label", "data-busy"}
_OURS = {"Kangaroo", "Ctrl K", "Esc"}


@pytest.mark.parametrize("subject", sorted(extracting.extracted()))
class TestCatalogues:
    def test_every_sentence_has_its_translation(self, subject):
        wanted = {one.id for one in extracting.extracted()[subject] if one.id}
        there = {one.id: one.string for one in extracting.translated(subject) if one.id}
        assert wanted == there.keys(), "run `make texts`"
        missing = [key for key, text in there.items() if not (any(text) if isinstance(text, tuple) else text)]
        assert not missing

    def test_both_languages_use_the_same_facts(self, subject):
        for one in extracting.translated(subject):
            english = one.id[-1] if isinstance(one.id, tuple | list) else one.id
            chinese = one.string[-1] if isinstance(one.string, tuple) else one.string
            assert set(_FACT.findall(english)) == set(_FACT.findall(chinese)), one.id


def test_the_same_sentence_has_the_same_translation_everywhere():
    found: dict[str, object] = {}
    for subject in extracting.extracted():
        for one in extracting.translated(subject):
            assert found.setdefault(str(one.id), one.string) == one.string, (subject, one.id)


class _Visible(HTMLParser):
    """Text that people read, outside of what is no language."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._quiet: list[bool] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if tag not in ("br", "hr", "input", "meta", "link"):
            self._quiet.append(given.get("translate") == "no" or tag in ("script", "style"))
        if given.get("translate") != "no":
            self.found += [value for name, value in attrs if name in _READ and value]

    def handle_endtag(self, tag):
        if self._quiet:
            self._quiet.pop()

    def handle_data(self, data):
        if not any(self._quiet):
            self.found.append(data)


@pytest.mark.parametrize("path", TEMPLATE_FILES, ids=lambda path: str(path.relative_to(TEMPLATES)))
class TestTemplates:
    def test_no_text_that_cannot_be_translated(self, path):
        source = _PLACEHOLDER.sub(" ", _TRANS.sub(" ", path.read_text()))
        reader = _Visible()
        reader.feed(source)
        texts = {" ".join(text.split()) for text in reader.found}
        assert not {text for text in texts - _OURS if _has_letters(text)}

    def test_no_sentence_given_to_a_macro_without_translation(self, path):
        tree = environment().parse(path.read_text())
        loose = [text for text in _loose(tree) if re.match(r"[A-Z][a-z]+( |$)", text)]
        assert not loose


def _has_letters(text: str) -> bool:
    for one in _OURS:
        text = text.replace(one, "")
    return any(letter.isalpha() and letter in string.ascii_letters for letter in text) or any(
        "\u4e00" <= letter <= "\u9fff" for letter in text
    )


def _loose(node: nodes.Node) -> Iterator[str]:
    """Constants outside calls of gettext."""
    if isinstance(node, nodes.Call) and getattr(node.node, "name", "") in ("_", "gettext", "ngettext"):
        return
    if isinstance(node, nodes.Const) and isinstance(node.value, str):
        yield node.value
    for child in node.iter_child_nodes():
        yield from _loose(child)


def test_sources_belong_to_subjects():
    subjects = frozenset({"images", "signin"})
    of = {
        "images_artifact.py": "images",
        "signin.py": "signin",
        "visit.py": "console",
        "templates/images/list.html": "images",
        "templates/layout.html": "console",
        "templates/macros/ui.html": "console",
    }
    found = {name: extracting.subject_of(extracting.HERE / Path(name), subjects) for name in of}
    assert found == of
