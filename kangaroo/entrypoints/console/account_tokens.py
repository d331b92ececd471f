"""API tokens: what one's programs and the command line sign in with."""

from litestar import get, post

from kangaroo.base.errors import Code, Failure
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.listing import Listing
from kangaroo.entrypoints.console.texts import _
from kangaroo.entrypoints.console.visit import Page, Visit
from kangaroo.entrypoints.http.framework import Given

TOKENS = "/account/tokens"
LIVES = ("30", "90", "365", "0")  # days; 0 is for ever


@get(TOKENS)
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.access.api_tokens.page(visit.actor, listing.window)
    return await visit.page("account/tokens.html", listing=listing, page=page)


@get(f"{TOKENS}/new")
async def new(visit: Given[Visit]) -> Page:
    return await visit.page("account/token_new.html", form=Form.filled(days=LIVES[1]), lives=LIVES)


@post(TOKENS, status_code=303)
async def create(visit: Given[Visit]) -> Page:
    """The answer shows the secret, this once: it is no redirect, and nobody keeps the page."""
    form = await visit.form()
    name, days = form.required("name"), form.number("days") or 0
    if form.good:
        with form.attempt(CONFLICT="name"):
            made = await visit.services.access.api_tokens.create(visit.actor, name, days)
            return await visit.page("account/token_made.html", made=made)
    return await visit.page("account/token_new.html", status=422, form=form, lives=LIVES)


@post(f"{TOKENS}/{{token:str}}/revoke", status_code=303)
async def revoke(visit: Given[Visit]) -> Page:
    text = visit.segment("token")
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise Failure(Code.NOT_FOUND, what=f"API token {text[:20]}")
    await visit.services.access.api_tokens.revoke(visit.actor, int(text))
    return visit.go(TOKENS, _("The token was revoked: it is good for nothing now."))


HANDLERS = (list_, new, create, revoke)
