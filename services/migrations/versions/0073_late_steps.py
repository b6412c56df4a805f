"""What was done late, by an index of its own: a list of it reads no step that was in time.

Revision ID: 0073_late_steps
Revises: 0072_kept_figures
"""

import sqlalchemy as sa
from alembic import op

revision = "0073_late_steps"
down_revision = "0072_kept_figures"
branch_labels = None
depends_on = None

NAME, SCHEMAS = "ix_task_late", ("public", "archive")


def upgrade() -> None:
    late = sa.text("done_at > due_at AND NOT clock_goes_on")
    for schema in SCHEMAS:
        op.create_index(NAME, "task", ["office_key", "done_at"], schema=schema, postgresql_where=late)


def downgrade() -> None:
    for schema in SCHEMAS:
        op.drop_index(NAME, "task", schema=schema)
