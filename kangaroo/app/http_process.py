"""A process that answers HTTP: uvicorn on the socket it inherited."""

import asyncio
import signal
import socket
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import structlog
import uvicorn

from kangaroo.base.settings import Settings
from kangaroo.entrypoints.http.asgi import Application

log = structlog.get_logger(__name__)
KEEP_ALIVE_SECONDS = 75  # longer than clients keep idle connections, so that it is not us who hang up on them
_CIPHERS = "ECDHE+AESGCM:ECDHE+CHACHA20"


@dataclass(frozen=True, slots=True)
class Certificate:
    """PEM files: the chain, the server's own first, and its private key."""

    chain: Path
    key: Path


def serve(
    application: Application,
    settings: Settings,
    listener: socket.socket,
    certificate: Certificate | None,
    ready: Callable[[], None],
) -> None:
    """Until SIGTERM; then requests under way have `shutdown_seconds` to end."""
    context = server_context(certificate) if certificate else None
    options: dict[str, Any] = {"ssl_context_factory": lambda *_: context} if context else {}
    config = uvicorn.Config(
        application,
        interface="asgi3",
        loop="uvloop",
        http="httptools",
        ws="none",
        lifespan="on",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=settings.shutdown_seconds,
        **options,
    )

    def reload() -> None:
        if certificate and context:
            context.load_cert_chain(certificate.chain, certificate.key)
            log.info("certificate loaded", path=str(certificate.chain))

    _Server(config, ready, reload).run(sockets=[listener])


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], reload: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._reload = reload

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, self._reload)
        self._ready()


def server_context(certificate: Certificate) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(_CIPHERS)
    context.load_cert_chain(certificate.chain, certificate.key)
    return context
