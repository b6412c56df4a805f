"""The index of what is open at an office serves the boards alone: no list of the inbox reads more than it shows.

Revision ID: 0054_steps_of_an_office
Revises: 0053_flat_lists
"""

import sqlalchemy as sa
from alembic import op

revision = "0054_steps_of_an_office"
down_revision = "0053_flat_lists"
branch_labels = None
depends_on = None

NAME, ORDER = "ix_task_of_office", ["office_key", "urgent_at", "id"]
OPEN = "closed_at IS NULL"
STEP = "((waits_for = 'person'::text OR step <> ''::text) IS TRUE)"


def upgrade() -> None:
    op.drop_index(NAME, "task")
    op.create_index(NAME, "task", ORDER, postgresql_where=sa.text(f"{OPEN} AND {STEP}"))


def downgrade() -> None:
    op.drop_index(NAME, "task")
    op.create_index(NAME, "task", ORDER, postgresql_where=sa.text(OPEN))
