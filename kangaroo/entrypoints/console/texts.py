"""The console's sentences. English stands in the sources; Chinese in catalogues of gettext, one per subject.

`_("Sign in")` and `ngettext("%(num)s image", "%(num)s images", n)` give the sentence in the language of the request;
`N_("Healthy")` marks one that is translated when it is shown. `make texts` brings the catalogues up to date.
"""

from collections.abc import Mapping
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from kangaroo.base.texts import Language

CATALOGUES = Path(__file__).parent / "locales" / "zh"
LANGUAGE: ContextVar[Language] = ContextVar("console_language", default="en")
LOCALES: Mapping[Language, str] = {"en": "en", "zh": "zh_Hans_CN"}
"""As Babel names them, for numbers, dates and times."""


def N_(text: str) -> str:  # noqa: N802 (gettext's own name for it)
    """Marks a sentence of a table; who shows it translates it with `_`."""
    return text


def gettext(text: str) -> str:
    return chinese().get(text, text) if LANGUAGE.get() == "zh" else text


def ngettext(singular: str, plural: str, number: int) -> str:
    if LANGUAGE.get() == "zh":
        return chinese().get(singular, plural)
    return singular if number == 1 else plural


def _(text: str, **facts: Any) -> str:
    """The sentence, with `%(name)s` filled from the facts."""
    told = gettext(text)
    return told % facts if facts else told


@cache
def chinese() -> dict[str, str]:
    """By the English sentence (of one with a plural: its singular)."""
    found: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, locale="zh"):
                text = message.string[0] if isinstance(message.string, tuple) else message.string
                key = message.id[0] if isinstance(message.id, tuple | list) else message.id
                if key and text and not message.fuzzy:
                    found[str(key)] = str(text)
    return found
