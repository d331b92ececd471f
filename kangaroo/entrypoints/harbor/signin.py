"""/c: how people in a browser sign in and out (goharbor/harbor src/core/controllers/base.go)."""

from typing import Annotated

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body

from kangaroo.base.actors import Actor
from kangaroo.base.errors import Code, Failure
from kangaroo.base.paging import Window
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.harbor.door import Door
from kangaroo.entrypoints.harbor.errors import AnyRequest
from kangaroo.entrypoints.harbor.given import Given
from kangaroo.entrypoints.http import csrf


class Credentials(msgspec.Struct):
    principal: str = ""
    password: str = ""


class Question(msgspec.Struct):
    """`target` is username or email."""

    target: str = ""
    value: str = ""


@post("/c/login", status_code=200, while_read_only=True, without_csrf=True)
async def login(
    door: Given[Door],
    request: AnyRequest,
    data: Annotated[Credentials, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[bytes]:
    csrf.check_site(request.headers.get("sec-fetch-site"))
    await door.sign_in(request, data.principal, data.password)
    return done()


@get("/c/log_out")
async def log_out(door: Given[Door], request: AnyRequest) -> Response[bytes]:
    await door.sign_out(request)
    return done()


@post("/c/userExists", status_code=200, while_read_only=True)
async def user_exists(
    actor: Given[Actor],
    services: Given[Services],
    data: Annotated[Question, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> bool:
    everything = Window(size=0)
    if not data.value:
        return False
    try:
        if data.target == "email":
            found = await services.access.users.page(actor, everything, email=data.value)
            return any(user.profile.email == data.value for user in found.items)
        found = await services.access.users.page(actor, everything, username=data.value)
        return any(user.username == data.value for user in found.items)
    except Failure as failure:
        if failure.code in (Code.UNAUTHORIZED, Code.FORBIDDEN):
            raise Failure(Code.PRECONDITION, "self_registration_off") from failure
        raise


HANDLERS = (login, log_out, user_exists)
