"""What was decided by tables is kept with the instance: which rules fired, on which values.

Revision ID: 0022_decided
Revises: 0021_topics
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0022_decided"
down_revision = "0021_topics"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "process_instance",
        sa.Column("decided", postgresql.JSONB(), nullable=False, server_default=sa.text("'[]'::jsonb")),
    )


def downgrade() -> None:
    op.drop_column("process_instance", "decided")
