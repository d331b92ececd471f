"""The guide says the same in both languages, shows every picture there is, and its links lead somewhere."""

import re
import unicodedata
from pathlib import Path
from urllib.parse import unquote

import pytest
from babel.messages.pofile import read_po

from tests.house.sources import PACKAGE, ROOT

GUIDE = ROOT / "docs" / "guide"
LANGUAGES = ("en", "zh")
NAMES = sorted(page.name for page in (GUIDE / "en").glob("*.md"))
PAGES = sorted(GUIDE.rglob("*.md"))
IMAGES = GUIDE / "images"
CATALOGUES = PACKAGE / "entrypoints" / "console" / "locales" / "zh"
LARGEST, TOGETHER = 120 << 10, 4 << 20
_BOLD = re.compile(r"\*\*([^*]+)\*\*")
_HEADING = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_IMAGE = re.compile(r"!\[([^\]]*)\]\(([^)]+)\)")
_LINK = re.compile(r"(?<!!)\[[^\]]*\]\(([^)]+)\)")
_FENCE = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)


def _read(page: Path) -> str:
    """Without examples of code."""
    return _FENCE.sub("", page.read_text())


def _levels(page: Path) -> list[int]:
    return [len(marks) for marks, _ in _HEADING.findall(_read(page))]


def _pictures(page: Path) -> list[str]:
    return [Path(target).name for _, target in _IMAGE.findall(_read(page))]


def _anchors(page: Path) -> set[str]:
    """As GitHub makes them of headings."""
    kept = ("L", "N", "M")
    return {
        "".join(one for one in title.lower() if unicodedata.category(one)[0] in kept or one in "-_ ").replace(
            " ", "-"
        )
        for _, title in _HEADING.findall(_read(page))
    }


def _leads_somewhere(page: Path, link: str) -> bool:
    path, _, anchor = unquote(link).partition("#")
    target = (page.parent / path).resolve() if path else page
    return target.exists() and (not anchor or anchor in _anchors(target))


def _labels(*, chinese: bool) -> set[str]:
    found: set[str] = set()
    for path in CATALOGUES.glob("*.po"):
        with path.open("rb") as file:
            for message in read_po(file):
                words = message.string if chinese else message.id
                found.update([words] if isinstance(words, str) else words)
    return found


def test_both_languages_have_the_same_pages() -> None:
    assert NAMES
    assert sorted(page.name for page in (GUIDE / "zh").glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_both_languages_have_the_same_parts(name: str) -> None:
    english, chinese = (GUIDE / language / name for language in LANGUAGES)
    assert _levels(english) == _levels(chinese)
    assert _pictures(english) == _pictures(chinese)
    assert len(_LINK.findall(_read(english))) == len(_LINK.findall(_read(chinese)))


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(GUIDE)))
def test_links_and_pictures_are_there(page: Path) -> None:
    targets = [link for link in _LINK.findall(_read(page)) if "://" not in link]
    targets += [target for _, target in _IMAGE.findall(_read(page))]
    assert not [target for target in targets if not _leads_somewhere(page, target)]
    assert all(told for told, _ in _IMAGE.findall(_read(page))), "a picture without words"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_picture_is_shown(language: str) -> None:
    shown = {name for page in (GUIDE / language).glob("*.md") for name in _pictures(page)}
    assert {path.name for path in (IMAGES / language).iterdir()} == shown


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_bold_stands_on_a_page(language: str) -> None:
    """Names of pages, tabs and buttons are those the console has now."""
    said = {
        label.replace("\n", " ")
        for page in (GUIDE / language).glob("*.md")
        for label in _BOLD.findall(_read(page))
    }
    assert said - _labels(chinese=language == "zh") == set()


def test_pictures_are_small() -> None:
    sizes = {str(path.relative_to(IMAGES)): path.stat().st_size for path in IMAGES.rglob("*.png")}
    assert {name: size for name, size in sizes.items() if size > LARGEST} == {}
    assert sum(sizes.values()) <= TOGETHER


def test_all_questions_are_answered() -> None:
    for language in LANGUAGES:
        titles = [title for _, title in _HEADING.findall(_read(GUIDE / language / "answers.md"))]
        assert [title.partition(".")[0] for title in titles[1:]] == [str(number) for number in range(1, 20)]
