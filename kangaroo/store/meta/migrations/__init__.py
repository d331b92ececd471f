"""Alembic migrations of the metadata: additive, run by `migrate.upgrade` at start-up and by `kangaroo migrate`."""
