"""Who is away, by which order, and who acts for them; for whom a step was done.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

from services import db

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

OWN_DRAFT = sa.text("conflict_reason <> ''")


def upgrade() -> None:
    op.create_table(
        "absence",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("order_on", sa.Date(), nullable=False),
        sa.Column("deputy_id", sa.BigInteger(), nullable=True),
        sa.Column("scope", ARRAY(sa.Text()), nullable=False),
        sa.Column("signs", sa.Boolean(), nullable=False),
        sa.Column("entered_by_id", sa.BigInteger(), nullable=True),
        sa.Column("entered_at", db.Moment(timezone=True), nullable=False),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.CheckConstraint("until_on > from_on", name=op.f("ck_absence_order")),
        sa.CheckConstraint("deputy_id <> staff_id", name=op.f("ck_absence_other")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_absence_staff_id")),
        sa.ForeignKeyConstraint(["deputy_id"], ["staff.id"], name=op.f("fk_absence_deputy_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absence")),
    )
    op.create_index(op.f("ix_absence_staff_id_until_on"), "absence", ["staff_id", "until_on"])
    op.create_index(op.f("ix_absence_deputy_id_until_on"), "absence", ["deputy_id", "until_on"])
    op.create_index(op.f("ix_absence_until_on"), "absence", ["until_on"])
    op.add_column("task", sa.Column("done_for_id", sa.BigInteger(), nullable=True))
    op.add_column("task", sa.Column("done_order", sa.String(), nullable=False, server_default=""))
    op.add_column("task", sa.Column("conflict_reason", sa.String(), nullable=False, server_default=""))
    op.alter_column("task", "done_order", server_default=None)
    op.alter_column("task", "conflict_reason", server_default=None)
    op.create_index("ix_task_own_draft", "task", ["done_at", "id"], postgresql_where=OWN_DRAFT)


def downgrade() -> None:
    op.drop_index("ix_task_own_draft", "task")
    for column in ("conflict_reason", "done_order", "done_for_id"):
        op.drop_column("task", column)
    op.drop_table("absence")
