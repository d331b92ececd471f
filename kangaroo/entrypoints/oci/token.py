"""/service/token: Docker registry token authentication, in Harbor's form (harbor src/core/service/token).

A failed login has an empty body: docker then prints its own words, which scripts expect.
"""

from urllib.parse import parse_qs

import msgspec
import structlog

from kangaroo.base.actors import Actor
from kangaroo.base.clock import rfc3339
from kangaroo.base.errors import Code, Failure
from kangaroo.core.access import parse_scopes
from kangaroo.core.services import Services
from kangaroo.entrypoints.http.asgi import Disconnected, Headers, Request, Send, respond, text_header
from kangaroo.entrypoints.http.identity import identify
from kangaroo.entrypoints.oci.challenge import SERVICE
from kangaroo.entrypoints.oci.errors import body_of

FORM_LIMIT = 64 << 10  # bytes
JSON = (b"content-type", b"application/json; charset=utf-8")
log = structlog.get_logger(__name__)


async def serve(services: Services, request: Request, send: Send) -> None:
    try:
        await _answer(services, request, send)
    except Disconnected:
        return
    except Failure as failure:
        await _refuse(send, failure)
    except Exception:
        log.exception("token service failed")
        await _refuse(send, Failure(Code.INTERNAL))


async def _answer(services: Services, request: Request, send: Send) -> None:
    if request.method == "GET":
        fields = request.query()
        actor = await identify(services.access, request)
    elif request.method == "POST":
        fields, actor = await _form(services, request)
    else:
        raise Failure(Code.METHOD_NOT_ALLOWED, method=request.method)
    if fields.get("service", [""])[0] != SERVICE:
        raise Failure(Code.BAD_REQUEST, reason=f"the query parameter service must be {SERVICE}")
    scopes = parse_scopes(fields.get("scope", []))
    if not actor.known and not scopes:
        raise Failure(Code.UNAUTHORIZED)
    token = await services.access.issue_token(actor, scopes)
    body = msgspec.json.encode(
        {
            "token": token.token,
            "access_token": token.token,
            "expires_in": token.expires_in,
            "issued_at": rfc3339(token.issued_at),
        }
    )
    await respond(
        send, 200, [JSON, (b"cache-control", b"no-store"), (b"content-length", b"%d" % len(body))], body
    )


async def _form(services: Services, request: Request) -> tuple[dict[str, list[str]], Actor]:
    """The OAuth2 form of the same question (distribution docs/spec/auth/oauth.md), grant type password."""
    text = (await request.body(FORM_LIMIT, "form")).decode("utf-8", "replace")
    fields = parse_qs(text, max_num_fields=100)
    if fields.get("grant_type") != ["password"]:
        raise Failure(Code.BAD_REQUEST, reason="grant_type must be password")
    username, password = fields.get("username", [""])[0], fields.get("password", [""])[0]
    return fields, await services.access.authenticate_basic(username, password, request.client)


async def _refuse(send: Send, failure: Failure) -> None:
    status = failure.code.status
    body = b"" if status == 401 else body_of(failure)
    headers: Headers = [JSON, (b"content-length", b"%d" % len(body))]
    if failure.retry_after is not None:
        headers.append(text_header(b"retry-after", failure.retry_after))
    await respond(send, status, headers, body)
