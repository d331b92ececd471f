"""Which certificate the server shows: none, the one of the settings, or one of our own making."""

import ssl
from datetime import UTC, datetime
from pathlib import Path

from kangaroo.app import tls
from kangaroo.app.addresses import host_names
from kangaroo.app.http_process import Certificate, server_context
from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings


def certificate_for(settings: Settings) -> Certificate | None:
    """Checked, so that it fails here and not in a worker. Raises INVALID_FIELD."""
    if settings.tls not in ("off", "auto"):
        raise Failure(Code.INVALID_FIELD, field="--tls", reason="use off or auto")
    if not settings.tls_cert and not settings.tls_key:
        return _own(settings) if settings.tls == "auto" else None
    if not (settings.tls_cert and settings.tls_key):
        raise Failure(Code.INVALID_FIELD, field="--tls-cert", reason="needs --tls-key beside it")
    if settings.tls == "auto":
        raise Failure(Code.INVALID_FIELD, field="--tls", reason="auto does not go with --tls-cert")
    given = Certificate(Path(settings.tls_cert), Path(settings.tls_key))
    try:
        server_context(given)
    except (OSError, ssl.SSLError) as error:
        raise Failure(Code.INVALID_FIELD, field="--tls-cert", reason=str(error)) from error
    return given


def renew(settings: Settings) -> bool:
    """See whether our own certificate is still right; returns whether it was made anew."""
    if settings.tls != "auto":
        return False
    return tls.ensure(tls.folder_of(settings.data), host_names(settings), datetime.now(UTC))


def _own(settings: Settings) -> Certificate:
    renew(settings)
    folder = tls.folder_of(settings.data)
    return Certificate(folder.server, folder.server_key)
