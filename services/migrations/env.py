"""Run by alembic: one transaction under an advisory lock, over every model of the services."""

from importlib import import_module

from alembic import context
from sqlalchemy import text

from services.db import Base
from services.migrations import FOLDER, MIGRATE_LOCK

for models in sorted(FOLDER.parent.glob("*/models.py")):
    import_module(f"services.{models.parent.name}.models")

with context.config.attributes["engine"].connect() as connection:
    context.configure(connection=connection, target_metadata=Base.metadata, compare_type=True, user_module_prefix="db.")
    with context.begin_transaction():
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATE_LOCK})
        context.run_migrations()
    connection.commit()
