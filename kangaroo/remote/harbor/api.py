"""Requests to `/api/v2.0`: signed in with Basic, paged, refusals told as failures.

Project names are sent as names, even those that look like numbers; names of repositories are encoded twice.
"""

from typing import Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from kangaroo.base.paging import Page, Window
from kangaroo.base.reasons import InstanceFailure, Reason
from kangaroo.base.wire import to_json
from kangaroo.remote.answers import Answer
from kangaroo.remote.challenges import basic
from kangaroo.remote.failures import refusal
from kangaroo.remote.names import ImageName, SpaceName
from kangaroo.remote.transport import Transport
from kangaroo.remote.values import Credential
from kangaroo.remote.windows import joined

T = TypeVar("T")
_LARGEST_PAGE = 100
_GOOD = frozenset({200, 201, 202})


class Api:
    def __init__(self, transport: Transport, credential: Credential | None) -> None:
        self.transport = transport
        self._credential = credential
        self._headers = {"X-Is-Resource-Name": "true", "Accept": "application/json", **basic(credential)}

    @property
    def user(self) -> str:
        return self._credential.username if self._credential else "anonymous"

    @property
    def anonymous(self) -> bool:
        return self._credential is None

    def hurried(self) -> "Api":
        return Api(self.transport.hurried(), self._credential)

    async def ask(self, method: str, path: str, body: Any = None) -> Answer:
        """Any status below 500."""
        headers = self._headers if body is None else {**self._headers, "Content-Type": "application/json"}
        content = None if body is None else to_json(body)
        return await self.transport.call(method, f"/api/v2.0{path}", headers=headers, body=content)

    async def get(self, path: str, shape: type[T], what: str) -> T:
        return (await self.good("GET", path, what)).json(shape)

    async def good(self, method: str, path: str, what: str, body: Any = None) -> Answer:
        answer = await self.ask(method, path, body)
        if answer.status not in _GOOD:
            raise refusal(answer, what, self.user)
        return answer

    async def page(self, path: str, shape: type[list[T]], window: Window, what: str) -> Page[T]:
        """Of any size; `path` ends in `?` or `&`."""

        async def fetch(part: Window) -> Page[T]:
            answer = await self.good("GET", f"{path}page={part.page}&page_size={part.size}", what)
            items = answer.rows(shape)
            return Page(items, total(answer, part.offset + len(items)))

        return await joined(fetch, window, _LARGEST_PAGE)


def total(answer: Answer, otherwise: int) -> int:
    stated = answer.headers.get("X-Total-Count", "")
    return int(stated) if stated.isdecimal() else otherwise


def created_id(answer: Answer) -> int:
    """The last part of `Location`, or the `id` of the body."""
    last = answer.headers.get("Location", "").rstrip("/").rpartition("/")[2]
    if last.isdecimal():
        return int(last)
    try:
        return msgspec.json.decode(answer.body, type=_WithId).id
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise InstanceFailure(
            Reason.BAD_ANSWER, url=answer.origin, detail="it does not tell the id"
        ) from error


class _WithId(msgspec.Struct):
    id: int


def project_path(space: SpaceName) -> str:
    return f"/projects/{quote(space, safe='')}"


def repository_path(image: ImageName) -> str:
    twice = quote(quote(image.name, safe=""), safe="")
    return f"{project_path(image.space)}/repositories/{twice}"


def query(**values: str) -> str:
    """What is not empty, ready for the paging behind it."""
    given = urlencode({name: value for name, value in values.items() if value})
    return f"?{given}&" if given else "?"


def contains(key: str, fuzzy: str) -> str:
    """For `q`, which is decoded once more than other parameters."""
    return f"{key}=~{quote(fuzzy, safe='')}" if fuzzy else ""
