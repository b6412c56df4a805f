"""The working time that a task took, kept when it closes, and what the boards look up.

Tasks that closed before have none: they are counted among the terms, not among the times.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("task", sa.Column("worked_s", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("term_s", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("clock_goes_on", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_index(
        "ix_task_done_at", "task", ["office_key", "done_at"], postgresql_where=sa.text("done_at IS NOT NULL")
    )
    op.create_index(
        "ix_case_body_due", "case", ["body_key", "outer_due_at"], postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index(
        "ix_case_body_closed", "case", ["body_key", "closed_at"], postgresql_where=sa.text("closed_at IS NOT NULL")
    )


def downgrade() -> None:
    op.drop_index("ix_case_body_closed", "case")
    op.drop_index("ix_case_body_due", "case")
    op.drop_index("ix_task_done_at", "task")
    for column in ("clock_goes_on", "term_s", "worked_s"):
        op.drop_column("task", column)
