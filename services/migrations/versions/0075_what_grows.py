"""Who can work on what is open, what another office took in, what is not destroyed yet: each by an index of its own.

Revision ID: 0075_what_grows
Revises: 0074_small_lists
"""

import sqlalchemy as sa
from alembic import op

revision = "0075_what_grows"
down_revision = "0074_small_lists"
branch_labels = None
depends_on = None

WHOSE = (
    "COALESCE(assignee_id, 0::bigint)",
    "COALESCE(hash_array_extended(candidates, 0::bigint), 0::bigint)",
    "COALESCE(hash_array_extended(not_by, 0::bigint), 0::bigint)",
)
RUNS = "assigned_until IS NOT NULL"
OVER = "closed_at IS NOT NULL AND plays IS NULL"


def upgrade() -> None:
    by = [sa.text(each) for each in ("office_key", "role", *WHOSE)]
    open_to_people = sa.text("closed_at IS NULL AND waits_for = 'person'::text")
    op.create_index("ix_task_whose", "task", by, postgresql_where=open_to_people)
    _assigned(f"{RUNS} AND office_key <> body_key")
    op.add_column("case", sa.Column("destroyed_at", sa.TIMESTAMP(timezone=True), nullable=True))
    op.execute("""
        UPDATE "case" c SET destroyed_at = a.done_at FROM destroyed d JOIN destruction_act a ON a.id = d.act_id
        WHERE d.case_id = c.id
    """)
    _closed(f"{OVER} AND destroyed_at IS NULL")


def downgrade() -> None:
    op.drop_index("ix_task_whose", "task")
    _assigned(RUNS)
    op.drop_index("ix_case_closed", "case")
    op.drop_column("case", "destroyed_at")
    op.create_index("ix_case_closed", "case", ["closed_at", "id"], postgresql_where=sa.text(OVER))


def _assigned(which: str) -> None:
    op.drop_index("ix_case_office_assigned", "case")
    place = ["office_key", "assigned_until", "id"]
    op.create_index("ix_case_office_assigned", "case", place, postgresql_where=sa.text(which))


def _closed(which: str) -> None:
    op.drop_index("ix_case_closed", "case")
    op.create_index("ix_case_closed", "case", ["closed_at", "id"], postgresql_where=sa.text(which))
