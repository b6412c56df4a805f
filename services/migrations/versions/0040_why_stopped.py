"""Why people stopped a case's clocks, kept with the case: it is erased with it. Lines of before keep theirs.

Revision ID: 0040_why_stopped
Revises: 0039_related
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0040_why_stopped"
down_revision = "0039_related"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "case",
        sa.Column("why_stopped", postgresql.JSONB(), server_default=sa.text("'[]'"), nullable=False),
    )


def downgrade() -> None:
    op.drop_column("case", "why_stopped")
