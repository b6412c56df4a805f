"""Applicants who agreed to be told without asking, and the messages to them.

Revision ID: 0048_told
Revises: 0047_calls
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0048_told"
down_revision = "0047_calls"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "telling_agreement",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("agreed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("agreed_by_id", sa.BigInteger(), nullable=False),
        sa.Column("withdrawn_at", db.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("case_id", name="pk_telling_agreement"),
    )
    op.create_table(
        "telling_message",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("handle", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("fact", sa.String(), nullable=False),
        sa.Column("occasion", sa.String(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("sent_at", db.Moment(timezone=True), nullable=True),
        sa.Column("reported_at", db.Moment(timezone=True), nullable=True),
        sa.Column("theirs", sa.String(), nullable=False),
        sa.Column("parts", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(12, 2), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_telling_message"),
        sa.UniqueConstraint("handle", name="uq_telling_message_handle"),
        sa.UniqueConstraint(
            "case_id", "fact", "occasion", "channel", name="uq_telling_message_case_id_fact_occasion_channel"
        ),
    )
    op.create_index("ix_telling_message_sent_at", "telling_message", ["sent_at"])


def downgrade() -> None:
    op.drop_table("telling_message")
    op.drop_table("telling_agreement")
