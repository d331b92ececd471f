"""A browser without a window: follows cookies, reads pages, fills in the token of forms."""

import gzip
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any, Self
from urllib.parse import urlencode

from tests import asgi

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta"})
_SILENT = frozenset({"script", "style", "template", "title"})


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return " ".join("".join(self.pieces).split())

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]


class Page(HTMLParser):
    """An answer, read as HTML. Every tag that is opened must be closed, as a browser would not ask for it."""

    def __init__(self, answer: asgi.Response) -> None:
        super().__init__()
        self.answer, self.status, self.headers = answer, answer.status, answer.headers
        body = answer.body
        self.html = (
            gzip.decompress(body) if answer.headers.get("content-encoding") == "gzip" else body
        ).decode()
        self.elements: list[Element] = []
        self._open: list[Element] = []
        self.unclosed: list[str] = []
        self.feed(self.html)
        self.unclosed += [one.tag for one in self._open]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.elements.append(made)
        if tag not in _VOID:
            self._open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1].tag == tag:
            self._open.pop()
        else:
            self.unclosed.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if not any(one.tag in _SILENT for one in self._open):
            for one in self._open:
                one.pieces.append(data)

    def all(self, tag: str, **attributes: str) -> list[Element]:
        """With these attributes (`_` for `-`, a `_` at the end is dropped), each holding the given word."""
        wanted = {name.strip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            one
            for one in self.elements
            if one.tag == tag
            and all(
                value == one.attributes.get(name) or value in one.attributes.get(name, "").split()
                for name, value in wanted.items()
            )
        ]

    def one(self, tag: str, **attributes: str) -> Element:
        [found] = self.all(tag, **attributes)
        return found

    @property
    def text(self) -> str:
        """What can be read."""
        return next((one.text for one in self.elements if one.tag in ("body", "main")), self.html)

    @property
    def title(self) -> str:
        return self.html.partition("<title>")[2].partition("</title>")[0]

    @property
    def links(self) -> set[str]:
        return {one["href"] for one in self.all("a") if "href" in one.attributes}

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        assert self.status == 303, (self.status, self.text[:400])
        return self.headers["location"]


class ConsoleClient:
    """`language` is what the browser prefers."""

    def __init__(self, application: Any, *, language: str = "en") -> None:
        self.application = application
        self.language = language
        self.cookies: dict[str, str] = {}
        self.token = ""

    def speaking(self, language: str) -> Self:
        """The same person with another browser."""
        other = type(self)(self.application, language=language)
        other.cookies, other.token = dict(self.cookies), self.token
        return other

    async def __call__(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> asgi.Response:
        given = {
            "accept": "text/html,*/*",
            "accept_language": self.language,
            "accept_encoding": "gzip",
            "cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
        }
        answer = await asgi.Client(self.application)(method, path, body, **(given | headers))
        for line in answer.headers.get("set-cookie", "").splitlines():
            name, _, value = line.partition(";")[0].partition("=")
            if "Max-Age=0" in line:
                self.cookies.pop(name, None)
            else:
                self.cookies[name] = value
        return answer

    async def visit(self, path: str, **headers: str) -> Page:
        """Whatever comes."""
        return Page(await self("GET", path, **headers))

    async def get(self, path: str) -> Page:
        """A whole page that is well formed."""
        page = await self.visit(path)
        assert page.status == 200, (path, page.status, page.headers.get("location"), page.text[:600])
        assert not page.unclosed, (path, page.unclosed)
        if tokens := page.all("input", name="csrf"):
            self.token = tokens[0]["value"]
        return page

    async def part(self, path: str, target: str) -> Page:
        """What a script of the page gets that wants the element with this id anew."""
        page = await self.visit(path, hx_request="true", hx_target=target)
        assert page.status == 200, (path, page.status, page.text[:600])
        return page

    async def post(self, path: str, **fields: str | list[str]) -> Page:
        """A form, with the token unless it is given."""
        body = urlencode({"csrf": self.token} | fields, doseq=True).encode()
        answer = await self("POST", path, body, content_type="application/x-www-form-urlencoded")
        return Page(answer)

    async def sign_in(self, name: str, password: str) -> Self:
        page = await self.post("/signin", name=name, password=password)
        assert page.location == "/", page.text
        await self.get("/")
        return self
