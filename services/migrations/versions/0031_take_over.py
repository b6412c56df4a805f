"""Cases that were begun before Komek come over from a file, once.

Revision ID: 0031_take_over
Revises: 0030_beginning
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0031_take_over"
down_revision = "0030_beginning"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "take_over",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("digest", sa.Text(collation="C"), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("cases", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", db.Moment(timezone=True), nullable=False),
        sa.Column("taken_by_id", sa.BigInteger(), nullable=True),
        sa.Column("confirmed_at", db.Moment(timezone=True), nullable=True),
        sa.Column("undone_at", db.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_take_over"),
    )
    op.create_index(
        "uq_take_over_digest", "take_over", ["digest"], unique=True, postgresql_where=sa.text("undone_at IS NULL")
    )
    op.create_table(
        "taken_over",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("take_over_id", sa.BigInteger(), nullable=False),
        sa.Column("line", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_taken_over_case_id"),
        sa.ForeignKeyConstraint(["take_over_id"], ["take_over.id"], name="fk_taken_over_take_over_id"),
        sa.PrimaryKeyConstraint("case_id", name="pk_taken_over"),
    )
    op.create_index("ix_taken_over_take_over_id", "taken_over", ["take_over_id"])


def downgrade() -> None:
    op.drop_table("taken_over")
    op.drop_table("take_over")
