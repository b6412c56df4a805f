"""Who applied for somebody by a power of attorney.

Revision ID: 0038_representative
Revises: 0037_comments
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0038_representative"
down_revision = "0037_comments"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("applicant", sa.Column("representative", postgresql.JSONB(none_as_null=True), nullable=True))


def downgrade() -> None:
    op.drop_column("applicant", "representative")
