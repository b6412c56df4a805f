"""Whether somebody chose their password themselves. Whoever is there already did, or is not asked any more.

Revision ID: 0033_own_password
Revises: 0032_retention
"""

import sqlalchemy as sa
from alembic import op

revision = "0033_own_password"
down_revision = "0032_retention"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("staff", sa.Column("own_password", sa.Boolean(), server_default=sa.text("true"), nullable=False))


def downgrade() -> None:
    op.drop_column("staff", "own_password")
