"""A case may wait for a condition.

Revision ID: 0025_conditions
Revises: 0024_ink
"""

from alembic import op

from services.migrations import check_no_rows

revision = "0025_conditions"
down_revision = "0024_ink"
branch_labels = None
depends_on = None

WAITS = "ck_task_waits_for"
KINDS = "'person', 'operation', 'message', 'timer', 'signal'"


def upgrade() -> None:
    op.drop_constraint(op.f(WAITS), "task", type_="check")
    op.create_check_constraint(op.f(WAITS), "task", f"waits_for IN ({KINDS}, 'condition')")


def downgrade() -> None:
    check_no_rows(op.get_bind(), revision, "task", "waits_for = 'condition' AND closed_at IS NULL")
    op.execute("UPDATE task SET waits_for = 'message' WHERE waits_for = 'condition'")
    op.drop_constraint(op.f(WAITS), "task", type_="check")
    op.create_check_constraint(op.f(WAITS), "task", f"waits_for IN ({KINDS})")
