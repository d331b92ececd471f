"""What the doctor needs to know of this installation, from the machine it runs on."""

import asyncio
import shutil
from pathlib import Path

from cryptography import x509

from kangaroo.app import tls
from kangaroo.base.clock import SECOND
from kangaroo.base.settings import Settings
from kangaroo.core.doctor import Disk, Ourselves, ServerCertificate


def ourselves(settings: Settings) -> Ourselves:
    async def disk() -> Disk | None:
        if settings.storage_url:
            return None
        usage = await asyncio.to_thread(shutil.disk_usage, settings.data)
        return Disk(str(settings.data), usage.free, usage.total)

    def certificate() -> ServerCertificate | None:
        if settings.tls_cert:
            return _certificate(Path(settings.tls_cert), authority="")
        folder = tls.folder_of(settings.data)
        if settings.tls != "auto" or not folder.server.exists():
            return None
        return _certificate(folder.server, tls.authority_text(folder))

    return Ourselves(settings.external_url, certificate, disk)


def _certificate(path: Path, authority: str) -> ServerCertificate:
    found = tls.read_certificate(path)
    try:
        names = tuple(tls.names_of(found))
    except x509.ExtensionNotFound:
        names = ()
    return ServerCertificate(names, int(found.not_valid_after_utc.timestamp() * SECOND), authority)
