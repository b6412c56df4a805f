"""What a diagram says of a person's task: whom it names, how urgent it is, when to look at it again.

Revision ID: 0026_named
Revises: 0025_conditions
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0026_named"
down_revision = "0025_conditions"
branch_labels = None
depends_on = None

OPEN = "closed_at IS NULL"


def upgrade() -> None:
    op.add_column("task", sa.Column("candidates", postgresql.ARRAY(sa.BigInteger()), nullable=True))
    op.add_column("task", sa.Column("priority", sa.BigInteger(), server_default=sa.text("50"), nullable=False))
    op.add_column("task", sa.Column("follow_up_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_task_candidates", "task", ["candidates"], postgresql_using="gin",
        postgresql_where=sa.text(f"{OPEN} AND candidates IS NOT NULL"),
    )  # fmt: skip
    op.create_index(
        "ix_task_priority", "task", ["office_key", sa.text("(- priority)"), "urgent_at", "id"],
        postgresql_where=sa.text(f"{OPEN} AND priority <> 50"),
    )  # fmt: skip
    op.create_index(
        "ix_task_follow_up", "task", ["office_key", "follow_up_at", "urgent_at", "id"],
        postgresql_where=sa.text(f"{OPEN} AND follow_up_at IS NOT NULL"),
    )  # fmt: skip


def downgrade() -> None:
    for name in ("ix_task_follow_up", "ix_task_priority", "ix_task_candidates"):
        op.drop_index(name, table_name="task")
    for name in ("follow_up_at", "priority", "candidates"):
        op.drop_column("task", name)
