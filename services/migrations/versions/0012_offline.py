"""What was done at a counter without a network; labels on folders that no barcode follows.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from services import db

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("custody_event", sa.Column("happened_at", db.Moment(timezone=True), nullable=True))
    op.add_column("custody_label", sa.Column("case_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "offline_entry",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("happened_at", db.Moment(timezone=True), nullable=False),
        sa.Column("recorded_at", db.Moment(timezone=True), nullable=False),
        sa.Column("content", JSONB(), nullable=False),
        sa.Column("problem", JSONB(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("decided_at", db.Moment(timezone=True), nullable=True),
        sa.Column("decided_by_id", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("kind IN ('scan', 'intake')", name=op.f("ck_offline_entry_kind")),
        sa.CheckConstraint("state IN ('merged', 'conflict', 'set_aside')", name=op.f("ck_offline_entry_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_offline_entry")),
    )
    op.create_index("ix_offline_entry_conflict", "offline_entry", ["office_key", "seq"],
                    postgresql_where=sa.text("state = 'conflict'"))  # fmt: skip


def downgrade() -> None:
    op.drop_table("offline_entry")
    op.drop_column("custody_label", "case_id")
    op.drop_column("custody_event", "happened_at")
