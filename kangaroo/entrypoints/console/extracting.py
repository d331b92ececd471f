"""Brings the catalogues up to date with the sources: `make texts`.

One catalogue per subject, so that several people can write pages at once: what stands in `images*.py` and in
`templates/images/` is translated in `locales/zh/images.po`; the frame, the macros and what belongs to no subject in
`locales/zh/console.po`. A sentence that two subjects use stands in both, with the same translation.
"""

import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

from kangaroo.entrypoints.console.texts import CATALOGUES

HERE = Path(__file__).parent
_SHARED = "console"
_TEMPLATES = {"silent": "false", "trimmed": "true", "extensions": "jinja2.ext.do,jinja2.ext.loopcontrols"}
_KEYWORDS = {"_": None, "N_": None, "gettext": None, "ngettext": (1, 2)}
_WORD = re.compile(r"[a-z]+")


def subject_of(path: Path, subjects: frozenset[str]) -> str:
    """`images_artifact.py` and `templates/images/list.html` are about images."""
    inside = path.relative_to(HERE)
    word = inside.parts[1] if inside.parts[0] == "templates" and len(inside.parts) > 2 else inside.stem
    match = _WORD.match(word)
    return match.group() if match and match.group() in subjects else _SHARED


def sources() -> Iterator[Path]:
    yield from sorted(HERE.glob("*.py"))
    yield from sorted((HERE / "templates").rglob("*.html"))


def subjects() -> frozenset[str]:
    """Those with templates of their own."""
    return frozenset(
        path.name for path in (HERE / "templates").iterdir() if path.is_dir() and path.name != "macros"
    )


def extracted() -> dict[str, Catalog]:
    """What there is to translate, by subject."""
    known = subjects()
    found = {name: Catalog(locale="zh") for name in (_SHARED, *sorted(known))}
    for path in sources():
        method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
        options = _TEMPLATES if path.suffix == ".html" else {}
        for _line, message, comments, context in extract_from_file(
            method, path, keywords=_KEYWORDS, options=options
        ):
            found[subject_of(path, known)].add(message, auto_comments=comments, context=context)
    return {name: catalogue for name, catalogue in found.items() if len(catalogue)}


def translated(name: str) -> Catalog:
    """What the catalogue of a subject has now."""
    path = CATALOGUES / f"{name}.po"
    if not path.exists():
        return Catalog(locale="zh")
    with path.open("rb") as file:
        return read_po(file, locale="zh")


def main() -> None:
    """New sentences come in without a translation, those nobody uses any more go."""
    CATALOGUES.mkdir(parents=True, exist_ok=True)
    missing = 0
    known = {str(one.id): one.string for name in (_SHARED, *subjects()) for one in translated(name) if one.id}
    for name, wanted in extracted().items():
        made = Catalog(locale="zh", header_comment=f"# Chinese of the console: {name}.", fuzzy=False)
        for message in sorted((one for one in wanted if one.id), key=lambda one: str(one.id).lower()):
            string = known.get(str(message.id)) or ""
            made.add(message.id, string, flags=message.flags)
            missing += not any(string) if isinstance(string, tuple) else not string
        made.mime_headers = [("Content-Type", "text/plain; charset=utf-8")]
        with (CATALOGUES / f"{name}.po").open("wb") as file:
            write_po(file, made, width=110, no_location=True, omit_header=True)
    for path in CATALOGUES.glob("*.po"):
        if path.stem not in extracted():
            path.unlink()
    print(f"{missing} sentences wait for a translation in {CATALOGUES}")  # noqa: T201


if __name__ == "__main__":
    main()
