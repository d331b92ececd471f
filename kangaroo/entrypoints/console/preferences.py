"""What a person chose for this browser: language, theme, workspace. Cookies, so that they hold before he signs in."""

from dataclasses import dataclass
from typing import Literal

from kangaroo.base.texts import Language
from kangaroo.entrypoints.http import session
from kangaroo.entrypoints.http.framework import AnyRequest
from kangaroo.entrypoints.http.language import language_of

Theme = Literal["system", "light", "dark"]
LANGUAGES: tuple[Language, ...] = ("en", "zh")
THEMES: tuple[Theme, ...] = ("system", "light", "dark")
_YEAR = 365 * 86_400


@dataclass(frozen=True, slots=True)
class Preferences:
    """`workspace` is the one whose images are shown; None: those of no workspace."""

    language: Language
    theme: Theme
    workspace: int | None


def preferences_of(request: AnyRequest) -> Preferences:
    headers = request.scope["headers"]
    languages = [one for one in LANGUAGES if one == session.cookie(headers, "language")]
    themes = [one for one in THEMES if one == session.cookie(headers, "theme")]
    place = session.cookie(headers, "workspace") or ""
    return Preferences(
        language=languages[0] if languages else language_of(request.headers.get("accept-language", "")),
        theme=themes[0] if themes else "system",
        workspace=int(place) if place.isascii() and place.isdigit() and len(place) < 10 else None,
    )


def cookie(name: str, value: str) -> str:
    """An empty value takes the choice back."""
    return f"{name}={value}; Path=/; Max-Age={_YEAR if value else 0}; SameSite=Lax; HttpOnly"
