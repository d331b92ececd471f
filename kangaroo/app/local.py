"""A data folder for the command line: the application a server has, in this process, with a token to act with.

The token is the first administrator's, lives as long as one command, and is revoked at its end. One that a killed
command left behind ends by itself within a day, and is removed by a later command.
"""

import os
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

from kangaroo.app import database, logs
from kangaroo.app.addresses import main_address
from kangaroo.app.frame import Routes
from kangaroo.app.server import routes
from kangaroo.app.wiring import build
from kangaroo.base.actors import Actor
from kangaroo.base.clock import now
from kangaroo.base.paging import Window
from kangaroo.base.settings import Settings
from kangaroo.core.access import Access
from kangaroo.entrypoints.cli.connection import Inside
from kangaroo.entrypoints.http.asgi import Application, Receive, Scope, Send, respond

_FIRST = 1  # the administrator every installation has
_NAME = "kangaroo command "
_DAYS = 1


@asynccontextmanager
async def opened(settings: Settings) -> AsyncIterator[Inside]:
    """May be done beside a running server. Raises INVALID_FIELD, PRECONDITION."""
    os.umask(0o077)
    logs.configure(replace(settings, log_level="error"), "command")  # failures are told by the command
    database.require(settings)
    async with build(settings) as parts:
        access = parts.services.access
        try:
            async with _token(access) as token:
                yield Inside(_dispatched(routes(parts)), own_url(settings), token)
        finally:
            await parts.services.registry.pull.flush_counts()


def own_url(settings: Settings) -> str:
    """Where clients reach the server of these settings."""
    if settings.external_url:
        return settings.external_url.rstrip("/")
    scheme = "https" if settings.tls == "auto" or settings.tls_cert else "http"
    everywhere = settings.host in ("0.0.0.0", "::", "")  # noqa: S104 - compared, not bound
    host = main_address() if everywhere else settings.host
    return f"{scheme}://{host}:{settings.port}"


@asynccontextmanager
async def _token(access: Access) -> AsyncIterator[str]:
    actor = await access.user_actor(_FIRST)
    await _remove_left_behind(access, actor)
    made = await access.api_tokens.create(actor, _NAME + secrets.token_hex(8), _DAYS)
    try:
        yield made.secret
    finally:
        await access.api_tokens.revoke(actor, made.token.id)


async def _remove_left_behind(access: Access, actor: Actor) -> None:
    for token in (await access.api_tokens.page(actor, Window(1, 0))).items:
        if token.name.startswith(_NAME) and token.expires_at is not None and token.expires_at <= now():
            await access.api_tokens.revoke(actor, token.id)


def _dispatched(entrypoints: Routes) -> Application:
    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        application = entrypoints.get(scope["path"].partition("/")[2].partition("/")[0])
        if application is None:
            await respond(send, 404, [])
        else:
            await application(scope, receive, send)

    return answer
