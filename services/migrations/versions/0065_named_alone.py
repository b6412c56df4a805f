"""What stands with persons and with no role, by an index of its own.

Revision ID: 0065_named_alone
Revises: 0064_waits_elsewhere
"""

import sqlalchemy as sa
from alembic import op

revision = "0065_named_alone"
down_revision = "0064_waits_elsewhere"
branch_labels = None
depends_on = None


def upgrade() -> None:
    named = sa.text("closed_at IS NULL AND role = ''::text AND waits_for = 'person'::text")
    op.create_index("ix_task_of_named", "task", ["office_key", "urgent_at", "id"], postgresql_where=named)


def downgrade() -> None:
    op.drop_index("ix_task_of_named", "task")
