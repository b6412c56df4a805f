"""Results at a counter by the role that issues them, so that their list is read in its order from the index alone.

Revision ID: 0077_ready_by_role
Revises: 0076_counted_now
"""

import sqlalchemy as sa
from alembic import op

revision = "0077_ready_by_role"
down_revision = "0076_counted_now"
branch_labels = None
depends_on = None

LIES = "message = 'applicant.came'::text AND closed_at IS NULL"


def upgrade() -> None:
    free = sa.text(f"{LIES} AND assignee_id IS NULL")
    op.create_index("ix_task_ready", "task", ["office_key", "role", "opened_at", "id"], postgresql_where=free)
    op.drop_index("ix_task_at_counter", "task")


def downgrade() -> None:
    op.create_index("ix_task_at_counter", "task", ["office_key", "opened_at", "id"], postgresql_where=sa.text(LIES))
    op.drop_index("ix_task_ready", "task")
