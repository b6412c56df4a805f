"""Accounts that belong to one person in two regions, and the ways over that were used.

Revision ID: 0050_neighbours
Revises: 0049_screens
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0050_neighbours"
down_revision = "0049_screens"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "neighbour_tie",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("region", sa.Text(collation="C"), nullable=False),
        sa.Column("login", sa.Text(collation="C"), nullable=False),
        sa.Column("order_number", sa.String(), nullable=False),
        sa.Column("tied_by_id", sa.BigInteger(), nullable=True),
        sa.Column("tied_at", db.Moment(timezone=True), nullable=False),
        sa.Column("ended_by_id", sa.BigInteger(), nullable=True),
        sa.Column("ended_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name="fk_neighbour_tie_staff_id"),
        sa.PrimaryKeyConstraint("id", name="pk_neighbour_tie"),
    )
    open_ones = sa.text("ended_at IS NULL")
    for name, columns in (("staff", ["staff_id", "region"]), ("login", ["region", "login"])):
        op.create_index(f"uq_neighbour_tie_{name}", "neighbour_tie", columns, unique=True, postgresql_where=open_ones)
    op.create_table(
        "neighbour_ticket",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("used_at", db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_neighbour_ticket"),
    )
    op.create_index("ix_neighbour_ticket_used_at", "neighbour_ticket", ["used_at"])


def downgrade() -> None:
    op.drop_table("neighbour_ticket")
    op.drop_table("neighbour_tie")
