"""A case may wait for a signal; who waits is found by the signal's name.

Revision ID: 0023_signals
Revises: 0022_decided
"""

import sqlalchemy as sa
from alembic import op

from services.migrations import check_no_rows

revision = "0023_signals"
down_revision = "0022_decided"
branch_labels = None
depends_on = None

WAITS = "ck_task_waits_for"
KINDS = "'person', 'operation', 'message', 'timer'"
OPEN = sa.text("closed_at IS NULL AND signal IS NOT NULL")


def upgrade() -> None:
    op.add_column("task", sa.Column("signal", sa.String(), nullable=True))
    op.drop_constraint(op.f(WAITS), "task", type_="check")
    op.create_check_constraint(op.f(WAITS), "task", f"waits_for IN ({KINDS}, 'signal')")
    op.create_index("ix_task_signal", "task", ["signal"], postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_task_signal", table_name="task", postgresql_where=OPEN)
    check_no_rows(op.get_bind(), revision, "task", "waits_for = 'signal' AND closed_at IS NULL")
    op.execute("UPDATE task SET waits_for = 'message' WHERE waits_for = 'signal'")
    op.drop_constraint(op.f(WAITS), "task", type_="check")
    op.create_check_constraint(op.f(WAITS), "task", f"waits_for IN ({KINDS})")
    op.drop_column("task", "signal")
