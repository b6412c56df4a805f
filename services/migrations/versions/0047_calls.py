"""What was looked up for callers, by whom and why.

Revision ID: 0047_calls
Revises: 0046_period
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db

revision = "0047_calls"
down_revision = "0046_period"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_lookup",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("cases", postgresql.ARRAY(sa.BigInteger()), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_call_lookup_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_call_lookup"),
    )
    op.create_index("ix_call_lookup_staff_id_at", "call_lookup", ["staff_id", "at"])


def downgrade() -> None:
    op.drop_table("call_lookup")
