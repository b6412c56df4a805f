"""Run by alembic: one transaction under an advisory lock, over every model of the services."""

from alembic import context
from sqlalchemy import text

from services.migrations.roles import MIGRATE_LOCK
from services.migrations.shape import every_table

given = context.config.attributes
with given["engine"].connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=every_table(),
        compare_type=True,
        user_module_prefix="db.",
        on_version_apply=given["each"],
    )
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATE_LOCK})
        context.run_migrations()
    connection.commit()
