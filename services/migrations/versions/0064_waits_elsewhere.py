"""At how many places a case waits at the body that decides, and an index of those that wait with others.

Revision ID: 0064_waits_elsewhere
Revises: 0067_request_of_a_job
"""

import sqlalchemy as sa
from alembic import op

revision = "0064_waits_elsewhere"
down_revision = "0067_request_of_a_job"
branch_labels = None
depends_on = None

#: of open cases alone: of a closed one nobody asks
COUNT = """
UPDATE "case" c SET at_body = found.many FROM (
    SELECT t.case_id, count(*) AS many FROM ONLY task t JOIN "case" o ON o.id = t.case_id
    WHERE t.closed_at IS NULL AND t.office_key = o.body_key GROUP BY t.case_id
) found WHERE c.id = found.case_id
"""


def upgrade() -> None:
    op.add_column("case", sa.Column("at_body", sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.execute(COUNT)
    op.create_index(
        "ix_case_elsewhere",
        "case",
        ["body_key", "outer_due_at"],
        postgresql_where=sa.text("closed_at IS NULL AND outer_stopped_at IS NULL AND at_body = 0"),
    )
    op.drop_index("ix_case_body_due", "case")
    stopped = sa.text("closed_at IS NULL AND stopped_since IS NOT NULL")
    op.create_index("ix_case_stopped", "case", ["id"], postgresql_where=stopped)
    _done(["office_key", "role", "waits_for"])


def _done(beside: list[str] | None) -> None:
    """What somebody did, the last of it; what the boards ask of it stands beside it."""
    op.drop_index("ix_task_done", "task")
    columns, done = ["done_by_id", "done_at", "id"], sa.text("done_at IS NOT NULL")
    op.create_index("ix_task_done", "task", columns, postgresql_where=done, postgresql_include=beside)


def downgrade() -> None:
    _done(None)
    still_open = sa.text("closed_at IS NULL")
    op.create_index("ix_case_body_due", "case", ["body_key", "outer_due_at"], postgresql_where=still_open)
    op.drop_index("ix_case_stopped", "case")
    op.drop_index("ix_case_elsewhere", "case")
    op.drop_column("case", "at_body")
