"""Papers that were signed electronically are kept as they were signed.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("paper", sa.Column("signed_pdf", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    op.drop_column("paper", "signed_pdf")
