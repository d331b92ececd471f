"""What somebody typed into a form, and what is wrong with it. Nothing typed is lost: the page is shown again with it.

form = await visit.form()
with form.attempt():
    made = await visit.services.workspaces.directory.create(visit.actor, form.text("name"))
    return visit.go(f"/workspaces/{made.id}", _("The workspace was created."))
return await visit.page("workspaces/new.html", form=form, status=422)
"""

import re
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

from kangaroo.base.errors import Code, Failure
from kangaroo.base.reasons import Explained
from kangaroo.entrypoints.console.texts import LANGUAGE, _

_INTEGER = re.compile(r"-?[0-9]{1,15}")
_ABOUT_WHAT_WAS_TYPED = frozenset({400, 401, 403, 404, 405, 409, 412, 413, 422, 429, 503})
_ABOUT_WHO_ASKS = frozenset({Code.UNAUTHORIZED, Code.FORBIDDEN})
WHOLE = ""  # the key of what is wrong with the form as a whole


class Form:
    """`errors` by name of the field; under the empty name stands what no single field is to blame for. `remedy` says
    what to do about that, where somebody knows."""

    def __init__(self, values: Mapping[str, Sequence[str]] | None = None) -> None:
        self._values = dict(values or {})
        self.errors: dict[str, str] = {}
        self.remedy = ""

    @classmethod
    def filled(cls, **values: object) -> "Form":
        """As it is shown first: with what holds now."""
        return cls({name: [_written(value)] for name, value in values.items()})

    def raw(self, name: str) -> str:
        """Exactly as typed: for passwords and certificates."""
        found = self._values.get(name, ())
        return found[-1] if found else ""

    def text(self, name: str) -> str:
        return self.raw(name).strip()

    def texts(self, name: str) -> list[str]:
        """Of a field with several values, such as boxes that are ticked."""
        return [value for value in self._values.get(name, ()) if value]

    def flag(self, name: str) -> bool:
        return self.raw(name) in ("true", "on", "1")

    def number(self, name: str) -> int | None:
        """None when nothing was typed, or what is no whole number: that is then an error of the field."""
        text = self.text(name)
        if not text:
            return None
        if not _INTEGER.fullmatch(text):
            self.refuse(name, _("This is no whole number."))
            return None
        return int(text)

    def required(self, name: str) -> str:
        """The text, and an error of the field when there is none."""
        found = self.text(name)
        if not found:
            self.refuse(name, _("This is needed."))
        return found

    def refuse(self, name: str, sentence: str) -> None:
        """The first complaint about a field stays."""
        self.errors.setdefault(name, sentence)

    @property
    def good(self) -> bool:
        return not self.errors

    def attempt(self, **blame: str) -> "Attempt":
        """A block whose failures become errors of the form; `attempt(CONFLICT="name")` says which field a failure
        with this code is about. Whoever may not do it at all gets the page that says so, unless a field is to blame. A
        block is not entered with errors: check `form.good` first where that can be."""
        return Attempt(self, blame)


class Attempt:
    def __init__(self, form: Form, blame: Mapping[str, str]) -> None:
        self._form = form
        self._blame = blame

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool:
        if not isinstance(error, Failure) or error.code.status not in _ABOUT_WHAT_WAS_TYPED:
            return False
        if error.code in _ABOUT_WHO_ASKS and error.code.name not in self._blame:
            return False
        language = LANGUAGE.get()
        field = self._blame.get(error.code.name, WHOLE)
        if error.code is Code.INVALID_FIELD:
            named = str(error.facts.get("field", ""))
            field = self._blame.get(named, named if named in self._form._values else field)
        self._form.refuse(field, error.message(language))
        if isinstance(error, Explained):
            self._form.remedy = error.remedy(language)
        return True


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else ""
    return "" if value is None else str(value)
