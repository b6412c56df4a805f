"""Who signed the act of discrepancy, and when.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consignment", sa.Column("act_signed_at", db.Moment(timezone=True), nullable=True))
    op.add_column("consignment", sa.Column("act_signed_by_id", sa.BigInteger(), nullable=True))
    op.add_column("consignment", sa.Column("act_signed_with", sa.String(), nullable=True))


def downgrade() -> None:
    for column in ("act_signed_with", "act_signed_by_id", "act_signed_at"):
        op.drop_column("consignment", column)
