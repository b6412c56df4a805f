"""Which sheets were printed for offices' walls, and in which edition.

Revision ID: 0045_stand_sheets
Revises: 0044_tracking
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0045_stand_sheets"
down_revision = "0044_tracking"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "stand_sheet",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("size", sa.String(), nullable=False),
        sa.Column("edition", sa.String(), nullable=False),
        sa.Column("printed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("printed_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_key"], ["office.key"], name="fk_stand_sheet_office_key"),
        sa.ForeignKeyConstraint(["printed_by_id"], ["staff.id"], name="fk_stand_sheet_printed_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_stand_sheet"),
    )
    op.create_index("ix_stand_sheet_office_key_language_id", "stand_sheet", ["office_key", "language", "id"])


def downgrade() -> None:
    op.drop_table("stand_sheet")
