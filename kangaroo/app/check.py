"""`kangaroo fsck`: the check of `core.gc.fsck` from the command line, beside a running server or without one."""

import asyncio
import os

from kangaroo.app import logs
from kangaroo.app.wiring import build, sqlite_path
from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings
from kangaroo.core.gc.fsck import Report
from kangaroo.entrypoints.cli.fsck import Bar, show


def fsck(settings: Settings, *, repair: bool, as_json: bool) -> int:
    """Returns the exit code: 1 when something is damaged."""
    os.umask(0o077)
    logs.configure(settings, "fsck")
    if not settings.database_url and not sqlite_path(settings).exists():
        raise Failure(Code.INVALID_FIELD, field="--data", reason=f"{settings.data} holds no database")
    report = asyncio.run(_verified(settings, repair))
    show(report, as_json=as_json)
    return 0 if report.clean else 1


async def _verified(settings: Settings, repair: bool) -> Report:
    async with build(settings) as parts:
        with Bar() as bar:
            return await parts.services.fsck.run(bar, repair=repair)
