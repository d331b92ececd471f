"""For developers: `python -m kangaroo.store.meta.migrations 0002 "what it does"` drafts a migration from the tables.

The draft is the difference between the migrations so far and `store.meta.schema`; read it before you keep it.
"""

import sys

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine


def main(revision: str, message: str) -> None:
    config = Config()
    config.set_main_option("script_location", "kangaroo.store.meta:migrations")
    with create_engine("sqlite://").connect() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        command.revision(config, message=message, autogenerate=True, rev_id=revision)


if __name__ == "__main__":
    main(*sys.argv[1:3])
