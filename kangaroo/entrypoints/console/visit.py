"""What a handler works with: who asks, of which services, in which language; and how it answers.

@get("/workspaces")
async def list_(visit: Given[Visit], listing: Given[Listing]) -> Page:
    page = await visit.services.workspaces.directory.page(visit.actor, listing.window, listing.q)
    return await visit.page("workspaces/list.html", listing=listing, page=page)
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from litestar import Response

from kangaroo.base.actors import Actor
from kangaroo.base.texts import Language
from kangaroo.core.instances import Point
from kangaroo.core.services import Services
from kangaroo.entrypoints.console.answers import page_answer
from kangaroo.entrypoints.console.forms import Form
from kangaroo.entrypoints.console.notices import Notice, Tone, forget, keep, left_by
from kangaroo.entrypoints.console.preferences import Preferences
from kangaroo.entrypoints.console.rendering import render
from kangaroo.entrypoints.console.surroundings import Surroundings
from kangaroo.entrypoints.http.asgi import Headers
from kangaroo.entrypoints.http.framework import AnyRequest

CSRF_FIELD = "csrf"
Page = Response[bytes]


@dataclass(frozen=True, slots=True)
class House:
    """What all handlers work with. `frame` makes what stands around a page."""

    services: Services
    surroundings: Surroundings
    frame: Callable[["Visit"], Awaitable[Any]]


@dataclass(frozen=True, slots=True)
class Rights:
    """In the platform: `admin` administers the system; `points` are those of his roles."""

    admin: bool = False
    points: frozenset[Point] = frozenset()

    def may(self, *points: Point) -> bool:
        """Whether he holds one of them."""
        return any(point in self.points for point in points)


@dataclass(slots=True)
class Visit:
    """One request. `headers` go with the answer; `csrf` is what forms must carry, empty before one signed in."""

    request: AnyRequest
    house: House
    preferences: Preferences
    actor: Actor
    csrf: str
    headers: Headers = field(default_factory=list)
    _rights: Rights | None = None

    @property
    def services(self) -> Services:
        return self.house.services

    @property
    def surroundings(self) -> Surroundings:
        return self.house.surroundings

    @property
    def language(self) -> Language:
        return self.preferences.language

    @property
    def path(self) -> str:
        """Of the page, as it was sent, without the query."""
        path: str = self.request.scope["path"]
        return path

    @property
    def here(self) -> str:
        """Path and query: where to come back to."""
        query = self.request.scope["query_string"].decode("latin-1")
        return f"{self.path}?{query}" if query else self.path

    @property
    def own_url(self) -> str:
        """Where clients reach the built-in registry."""
        outside = self.surroundings.external_url.rstrip("/")
        return outside or f"{self.request.scope['scheme']}://{self.request.headers.get('host', '')}"

    @property
    def host(self) -> str:
        """As it stands in the names of images of the built-in registry."""
        return self.own_url.partition("://")[2].partition("/")[0]

    @property
    def partly(self) -> str:
        """The id of the element a script of the page wants anew; empty: a whole page."""
        headers = self.request.headers
        if headers.get("hx-request") != "true" or headers.get("hx-history-restore-request") == "true":
            return ""
        return headers.get("hx-target", "")

    def segment(self, name: str) -> str:
        """A part of the path, decoded. Slashes of a name may come encoded twice, for proxies that decode once."""
        once = unquote(self.request.path_params[name])
        return unquote(once) if "%" in once else once

    async def form(self) -> Form:
        """What was typed."""
        given = await self.request.form()
        values: dict[str, list[str]] = {}
        for name, value in given.multi_items():
            if isinstance(value, str):
                values.setdefault(name, []).append(value.replace("\r\n", "\n"))
        return Form(values)

    async def rights(self) -> Rights:
        if self._rights is None:
            authority = self.services.workspaces.authority
            self._rights = Rights(await authority.is_admin(self.actor), await authority(self.actor))
        return self._rights

    async def page(self, template: str, *, status: int = 200, **values: Any) -> Page:
        """The template with these values, and `visit`, `rights`, `frame`; of it only the block a script asked for, by
        the id of the element it will replace."""
        block = self.partly
        values |= {"visit": self, "rights": await self.rights()}
        if not block:
            values["frame"] = await self.house.frame(self)
            if notices := self.notices():
                self.headers.append(forget())
            values["notices"] = notices
        html = render(template, block, values)
        return page_answer(html, self.request.headers.get("accept-encoding", ""), status)

    async def part(self, template: str, **values: Any) -> Page:
        """What a script puts into a page: a template of its own, without a layout."""
        html = render(template, "", values | {"visit": self, "rights": await self.rights()})
        return page_answer(html, self.request.headers.get("accept-encoding", ""))

    def go(self, url: str, told: str = "", *, tone: Tone = "success", link: str = "") -> Page:
        """To another page of ours, which tells this once. For scripts it is an order to the browser."""
        if told:
            self.headers.append(keep(Notice(told, tone, link)))
        if self.request.headers.get("hx-request") == "true":
            return Response(b"", status_code=200, headers={"HX-Redirect": url})
        return Response(b"", status_code=303, headers={"Location": url, "Cache-Control": "no-store"})

    def notices(self) -> list[Notice]:
        return left_by(self.request.scope["headers"])

    def set_cookie(self, line: str) -> None:
        """With its attributes."""
        secure = "; Secure" if self.secure else ""
        self.headers.append((b"set-cookie", f"{line}{secure}".encode("latin-1")))

    @property
    def secure(self) -> bool:
        return self.surroundings.external_url.startswith("https:") or self.request.scope["scheme"] == "https"


def path_of(*parts: object) -> str:
    """`/images/library/team%2Fapp`: each part is one segment, whatever is in it."""
    return "/" + "/".join(quote(str(part), safe=":@") for part in parts)


def is_local(url: str) -> bool:
    """Browsers read // and a backslash as the beginning of another host."""
    return url.startswith("/") and not url.startswith("//") and "\\" not in url and url.isprintable()
