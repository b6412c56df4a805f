"""Digests of the codes by which applicants ask where their applications are, and how often somebody guessed.

Revision ID: 0044_tracking
Revises: 0043_decided_by_another
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0044_tracking"
down_revision = "0043_decided_by_another"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tracking_code",
        sa.Column("case_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("given_at", db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("case_id", name="pk_tracking_code"),
    )
    op.create_table(
        "tracking_guess",
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("since", db.Moment(timezone=True), nullable=False),
        sa.Column("wrong", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("what", name="pk_tracking_guess"),
    )
    op.create_index("ix_tracking_guess_since", "tracking_guess", ["since"])


def downgrade() -> None:
    op.drop_table("tracking_guess")
    op.drop_table("tracking_code")
