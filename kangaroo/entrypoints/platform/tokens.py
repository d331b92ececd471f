"""API tokens of the user who asks: what programs show as `Authorization: Bearer …` instead of a password."""

from typing import Annotated

from litestar import delete, get, post
from litestar.params import Parameter

from kangaroo.base.actors import Actor
from kangaroo.base.paging import Window
from kangaroo.core.access import ApiToken
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.framework import Given
from kangaroo.entrypoints.platform.shapes import Body, Empty, Listed, Shape, listed, seconds

_ALL = "/current-user/tokens"


class Token(Shape):
    """`expire_time` 0: never; `last_used_time` 0: not yet, exact to a minute."""

    id: int
    name: str
    create_time: str
    expire_time: str
    last_used_time: str


class MadeToken(Token):
    """`token` is shown this once."""

    token: str


class GivenToken(Body):
    """`days` 0: for ever."""

    name: str = ""
    days: int = 0


@get(_ALL, operation_id="Tokens_List")
async def list_(actor: Given[Actor], services: Given[Services], window: Given[Window]) -> Listed[Token]:
    return listed(window, await services.access.api_tokens.page(actor, window), _token)


@post(_ALL, status_code=200, operation_id="Tokens_Create")
async def create(actor: Given[Actor], services: Given[Services], data: GivenToken) -> MadeToken:
    made = await services.access.api_tokens.create(actor, data.name, data.days)
    plain = _token(made.token)
    values = {name: getattr(plain, name) for name in plain.__struct_fields__}
    return MadeToken(**values, token=made.secret)


@delete(f"{_ALL}/{{token:int}}", status_code=200, operation_id="Tokens_Revoke")
async def revoke(
    actor: Given[Actor], services: Given[Services], token: Annotated[int, Parameter(ge=1, le=2**53)]
) -> Empty:
    await services.access.api_tokens.revoke(actor, token)
    return Empty()


def _token(one: ApiToken) -> Token:
    return Token(
        id=one.id,
        name=one.name,
        create_time=seconds(one.created_at),
        expire_time=seconds(one.expires_at),
        last_used_time=seconds(one.used_at),
    )


HANDLERS = (list_, create, revoke)
