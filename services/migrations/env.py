"""Run by alembic: one transaction under an advisory lock, over every model of the services.

However many nodes begin at once, one of them takes the steps and the others find them taken. A table that somebody
holds is waited for so shortly that no click behind it, and no detector of deadlocks, loses patience first.
"""

from alembic import context
from sqlalchemy import text

from services.migrations.roles import MIGRATE_LOCK
from services.migrations.serving import LONGEST_LOCK_MS, keep_who_is_served
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
        connection.execute(text(f"SET LOCAL lock_timeout = {LONGEST_LOCK_MS}"))
        context.run_migrations()
        keep_who_is_served(connection, context.script)
    connection.commit()
