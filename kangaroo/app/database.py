"""The database of the settings: brought to this version's schema, or required to be there."""

from kangaroo.app.wiring import sqlite_path
from kangaroo.base.errors import Code, Failure
from kangaroo.base.settings import Settings
from kangaroo.store.meta.migrate import is_current, upgrade_postgres, upgrade_sqlite


def migrate(settings: Settings) -> bool:
    """Whether something had to be done."""
    if settings.database_url:
        return upgrade_postgres(settings.database_url)
    return upgrade_sqlite(sqlite_path(settings))


def require(settings: Settings) -> None:
    """For commands that work beside a server, and must make no installation of a mistyped folder.

    Raises INVALID_FIELD for a data folder without a database, PRECONDITION for the database of another version.
    """
    if settings.database_url:
        return
    path = sqlite_path(settings)
    if not path.exists():
        raise Failure(Code.INVALID_FIELD, field="--data", reason=f"{settings.data} holds no database")
    if not is_current(path):
        reason = f"{path} has the schema of another version: run kangaroo migrate, or start the server"
        raise Failure(Code.PRECONDITION, reason=reason)
