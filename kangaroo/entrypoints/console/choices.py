"""Choosing language, theme and workspace: kept in the browser, and back to where one was."""

from litestar import post

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.console.preferences import LANGUAGES, THEMES, cookie
from kangaroo.entrypoints.console.visit import Page, Visit, is_local
from kangaroo.entrypoints.http.framework import Given


@post("/choices", status_code=303, open=True)
async def choose(visit: Given[Visit]) -> Page:
    """What the form does not name stays as it is."""
    form = await visit.form()
    if (language := form.text("language")) in LANGUAGES:
        visit.set_cookie(cookie("language", language))
    if (theme := form.text("theme")) in THEMES:
        visit.set_cookie(cookie("theme", "" if theme == "system" else theme))
    back = form.text("next")
    return visit.go(back if is_local(back) else "/")


@post("/choices/workspace", status_code=303)
async def choose_workspace(visit: Given[Visit]) -> Page:
    """Whose images are shown from now on; an empty one: those of no workspace."""
    text = (await visit.form()).text("workspace")
    if text and not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Failure(Code.NOT_FOUND, what=f"workspace {text[:20]}")
    if text:
        await visit.services.workspaces.directory.get(visit.actor, int(text))
    visit.set_cookie(cookie("workspace", text))
    return visit.go(f"/w/{text}/images" if text else "/images")


HANDLERS = (choose, choose_workspace)
