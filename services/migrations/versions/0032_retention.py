"""Acts of destruction, and the cases of which only number, days and journal are left.

Revision ID: 0032_retention
Revises: 0031_take_over
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db

revision = "0032_retention"
down_revision = "0031_take_over"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "destruction_act",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("proposed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("proposed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("done_at", db.Moment(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", db.Moment(timezone=True), nullable=True),
        sa.Column("lines", postgresql.JSONB(), nullable=False),
        sa.CheckConstraint("done_by_id <> proposed_by_id", name=op.f("ck_destruction_act_two_persons")),
        sa.PrimaryKeyConstraint("id", name="pk_destruction_act"),
    )
    op.create_table(
        "destroyed",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("act_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["act_id"], ["destruction_act.id"], name="fk_destroyed_act_id"),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_destroyed_case_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_destroyed"),
    )
    op.create_index("ix_destroyed_act_id", "destroyed", ["act_id"])


def downgrade() -> None:
    op.drop_table("destroyed")
    op.drop_table("destruction_act")
