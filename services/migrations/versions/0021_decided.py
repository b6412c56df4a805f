"""What was decided by tables is kept with the instance: which rules fired, on which values.

Revision ID: 0021_decided
Revises: 0020_phones
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0021_decided"
down_revision = "0020_phones"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "process_instance",
        sa.Column("decided", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb")),
    )


def downgrade() -> None:
    op.drop_column("process_instance", "decided")
