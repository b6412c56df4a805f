"""How the files of a deployment are read: those of before keep what they meant then.

Revision ID: 0028_reading
Revises: 0027_attachments
"""

import sqlalchemy as sa
from alembic import op

revision = "0028_reading"
down_revision = "0027_attachments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("deployment", sa.Column("reading", sa.BigInteger(), server_default=sa.text("1"), nullable=False))
    op.alter_column("deployment", "reading", server_default=None)


def downgrade() -> None:
    op.drop_column("deployment", "reading")
