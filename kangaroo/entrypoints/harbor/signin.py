"""/c: how people in a browser sign in and out (goharbor/harbor src/core/controllers/base.go)."""

from typing import Annotated, Any, Literal

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body

from kangaroo.base.actors import Actor
from kangaroo.core.services import Services
from kangaroo.entrypoints.harbor.answers import done
from kangaroo.entrypoints.harbor.door import Door
from kangaroo.entrypoints.http import csrf
from kangaroo.entrypoints.http.framework import AnyRequest, Given


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
    services: Given[Services],
    request: AnyRequest,
    data: Annotated[Credentials, Body(media_type=RequestEncodingType.URL_ENCODED)],
) -> Response[Any]:
    """Whose password the OpenID provider knows is told where to go; pages that ask here cannot follow a 302."""
    csrf.check_site(request.headers.get("sec-fetch-site"))
    if await services.access.oidc.knows(data.principal):
        return Response({"redirect_location": "/c/oidc/login"}, status_code=403)
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
    """For the page where people register."""
    field: Literal["username", "email"] = "email" if data.target == "email" else "username"
    return await services.access.users.is_taken(actor, field, data.value)


HANDLERS = (login, log_out, user_exists)
