"""Templates to pages. Everything put into a template is escaped; the macros are there under one name per file:
`ui`, `lists`, `fields`, `plots`; those of a subject alone (`images/parts.html`) under the name of the subject.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.runtime import Context

from kangaroo.entrypoints.console import formats, geometry, texts
from kangaroo.entrypoints.console.markdown import html_of, teaser
from kangaroo.entrypoints.console.static import Static
from kangaroo.entrypoints.console.status import status_of

TEMPLATES = Path(__file__).parent / "templates"
MACROS = ("ui", "lists", "fields", "plots")  # later ones may use earlier ones
_FILTERS = {
    "bytes": formats.bytes_,
    "count": formats.count,
    "short": formats.short,
    "iso": formats.iso,
    "ago": formats.ago,
    "absolute": formats.absolute,
    "duration": formats.duration,
    "markdown": html_of,
    "teaser": teaser,
}


@cache
def static() -> Static:
    """Read once: it does not change while the program runs."""
    return Static()


@cache
def environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n", "jinja2.ext.do", "jinja2.ext.loopcontrols"],
    )
    made.install_gettext_callables(texts.gettext, texts.ngettext, newstyle=True)  # type: ignore[attr-defined]
    made.filters.update(_FILTERS)
    made.globals.update(
        asset=static().url,
        status_of=status_of,
        share=formats.share,
        geometry=geometry,
        language=texts.LANGUAGE.get,
    )
    for name in MACROS:
        made.globals[name] = made.get_template(f"macros/{name}.html").module
    for path in sorted(TEMPLATES.glob("*/parts.html")):
        made.globals[path.parent.name] = made.get_template(f"{path.parent.name}/parts.html").module
    for template in made.list_templates(extensions=["html"]):
        made.get_template(template)  # compiled now, so that the first visitor need not wait
    return made


def render(template: str, block: str, values: Mapping[str, Any]) -> str:
    """The page; or only this block of it, where the template has one of that name."""
    found = environment().get_template(template)
    if block and block in found.blocks:
        context: Context = found.new_context(dict(values))
        return "".join(found.blocks[block](context))
    return found.render(**values)
