"""Alembic's entry point: migrations run on the connection `migrate.py` hands over, in one transaction."""

from alembic import context

from kangaroo.store.meta.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    compare_type=True,
    compare_server_default=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()
