"""Rechecks, open cases by edition, results at a counter, what is destroyed next: each by an index in its list's order.

Revision ID: 0074_small_lists
Revises: 0073_late_steps
"""

import sqlalchemy as sa
from alembic import op

revision = "0074_small_lists"
down_revision = "0073_late_steps"
branch_labels = None
depends_on = None

ASSIGNED = (("ix_case_body_assigned", "body_key"), ("ix_case_office_assigned", "office_key"))
RUNS = sa.text("assigned_until IS NOT NULL")


def upgrade() -> None:
    for name, office in ASSIGNED:
        op.drop_index(name, "case")
        op.create_index(name, "case", [office, "assigned_until", "id"], postgresql_where=RUNS)
    running = sa.text("closed_at IS NULL AND plays IS NULL")
    op.create_index("ix_case_open_edition", "case", ["edition"], postgresql_where=running)
    over = sa.text("closed_at IS NOT NULL AND plays IS NULL")
    op.create_index("ix_case_closed", "case", ["closed_at", "id"], postgresql_where=over)
    lies = sa.text("message = 'applicant.came'::text AND closed_at IS NULL")
    op.create_index("ix_task_at_counter", "task", ["office_key", "opened_at", "id"], postgresql_where=lies)


def downgrade() -> None:
    op.drop_index("ix_task_at_counter", "task")
    op.drop_index("ix_case_closed", "case")
    op.drop_index("ix_case_open_edition", "case")
    for name, office in ASSIGNED:
        op.drop_index(name, "case")
        op.create_index(name, "case", [office, "assigned_until"], postgresql_where=RUNS)
