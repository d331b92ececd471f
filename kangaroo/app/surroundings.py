"""What the dialects need to know of the machine they run on, and core does not."""

import asyncio
import shutil

from kangaroo import __version__
from kangaroo.app import tls
from kangaroo.app.wiring import Wired
from kangaroo.base.names import ProjectName
from kangaroo.entrypoints import console, platform
from kangaroo.entrypoints.harbor.surroundings import Surroundings, Volume
from kangaroo.store.meta import projects


def of_harbor(parts: Wired) -> Surroundings:
    settings = parts.settings

    async def project_named(project: int) -> ProjectName | None:
        return await projects.name_of(parts.database.lookup, project)

    def root_certificate() -> bytes | None:
        path = tls.folder_of(settings.data).authority
        return path.read_bytes() if path.exists() else None

    async def volume() -> Volume | None:
        if settings.storage_url:
            return None
        usage = await asyncio.to_thread(shutil.disk_usage, settings.data)
        return Volume(usage.total, usage.free)

    return Surroundings(
        project_named=project_named,
        root_certificate=root_certificate,
        volume=volume,
        storage="s3" if settings.storage_url else "filesystem",
        external_url=settings.external_url,
    )


def of_platform(parts: Wired) -> platform.Surroundings:
    return platform.Surroundings(external_url=parts.settings.external_url)


def of_console(parts: Wired) -> console.Surroundings:
    return console.Surroundings(external_url=parts.settings.external_url, version=__version__)
