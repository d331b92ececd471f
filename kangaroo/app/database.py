"""Bringing the database of the settings to this version's schema."""

from kangaroo.app.wiring import sqlite_path
from kangaroo.base.settings import Settings
from kangaroo.store.meta.migrate import upgrade_postgres, upgrade_sqlite


def migrate(settings: Settings) -> bool:
    """Whether something had to be done."""
    if settings.database_url:
        return upgrade_postgres(settings.database_url)
    return upgrade_sqlite(sqlite_path(settings))
