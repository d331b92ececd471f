"""What an installation must have before it serves: a database of this version, `admin` and `library`."""

import asyncio

from kangaroo.app.database import migrate
from kangaroo.app.wiring import build
from kangaroo.base.settings import Settings


def prepare(settings: Settings) -> str | None:
    """At every start. Returns the administrator's password if one had to be made up."""
    migrate(settings)
    return asyncio.run(_bootstrap(settings))


async def _bootstrap(settings: Settings) -> str | None:
    async with build(settings) as parts:
        await parts.services.projects.bootstrap()
        await parts.services.instances.bootstrap()
        return await parts.services.access.bootstrap(settings.admin_password or None)
