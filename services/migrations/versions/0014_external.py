"""External tasks: operations that no plugin answers, for programs outside to fetch.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "external_task",
        sa.Column("task_id", sa.Text(collation="C"), nullable=False),
        sa.Column("topic", sa.Text(collation="C"), nullable=False),
        sa.Column("rehearsal", sa.Boolean(), nullable=False),
        sa.Column("created_at", db.Moment(timezone=True), nullable=False),
        sa.Column("worker_id", sa.String(), nullable=True),
        sa.Column("locked_until", db.Moment(timezone=True), nullable=True),
        sa.Column("retries", sa.BigInteger(), nullable=True),
        sa.Column("error_message", sa.String(), nullable=True),
        sa.Column("error_details", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_external_task_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_external_task")),
    )
    left = sa.text("retries IS NULL OR retries > 0")
    op.create_index("ix_external_task_free", "external_task", ["topic", "rehearsal", "created_at", "task_id"],
                    postgresql_where=left)  # fmt: skip
    op.create_index(op.f("ix_external_task_created_at_task_id"), "external_task", ["created_at", "task_id"])


def downgrade() -> None:
    op.drop_table("external_task")
