"""An office's open places by urgency, what was done there lately, and what waits to be signed there: by indexes alone.

Revision ID: 0053_flat_lists
Revises: 0052_trips
"""

import sqlalchemy as sa
from alembic import op

revision = "0053_flat_lists"
down_revision = "0052_trips"
branch_labels = None
depends_on = None

DONE = sa.text("done_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_task_of_office", "task", ["office_key", "urgent_at", "id"], postgresql_where=sa.text("closed_at IS NULL")
    )
    op.drop_index("ix_task_done_at", "task")
    op.create_index(
        "ix_task_done_at",
        "task",
        ["office_key", "done_at"],
        postgresql_where=DONE,
        postgresql_include=["done_by_id", "role", "waits_for"],
    )
    op.create_index(
        "ix_custody_item_awaited",
        "custody_item",
        ["office_key", "since", "code"],
        postgresql_where=sa.text("signature = 'awaited'::text"),
    )


def downgrade() -> None:
    op.drop_index("ix_custody_item_awaited", "custody_item")
    op.drop_index("ix_task_done_at", "task")
    op.create_index("ix_task_done_at", "task", ["office_key", "done_at"], postgresql_where=DONE)
    op.drop_index("ix_task_of_office", "task")
