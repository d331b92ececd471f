"""`kangaroo fsck` and `kangaroo gc`: what `core.gc` does, from the command line, beside a running server or without."""

import asyncio
import os

from kangaroo.app import database, logs
from kangaroo.app.wiring import build
from kangaroo.base.settings import Settings
from kangaroo.core.gc import Freed
from kangaroo.core.gc.fsck import Report
from kangaroo.entrypoints.cli import gc
from kangaroo.entrypoints.cli.fsck import Bar, show


def fsck(settings: Settings, *, repair: bool, as_json: bool) -> int:
    """Returns the exit code: 1 when something is damaged."""
    _begin(settings, "fsck")
    report = asyncio.run(_verified(settings, repair))
    show(report, as_json=as_json)
    return 0 if report.clean else 1


def collect(settings: Settings, *, dry_run: bool, as_json: bool) -> int:
    """Returns the exit code."""
    _begin(settings, "gc")
    gc.show(asyncio.run(_collected(settings, dry_run)), dry_run=dry_run, as_json=as_json)
    return 0


def _begin(settings: Settings, process: str) -> None:
    """Raises INVALID_FIELD, PRECONDITION."""
    os.umask(0o077)
    logs.configure(settings, process)
    database.require(settings)


async def _verified(settings: Settings, repair: bool) -> Report:
    async with build(settings) as parts:
        with Bar() as bar:
            return await parts.services.fsck.run(bar, repair=repair)


async def _collected(settings: Settings, dry_run: bool) -> Freed:
    async with build(settings) as parts:
        with gc.Steps() as steps:
            return await parts.services.collector.run(steps, dry_run=dry_run)
