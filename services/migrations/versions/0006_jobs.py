"""What is done later, and the workers that do it.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db
from services.migrations import check_no_rows

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "job",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("lane", sa.Text(collation="C"), nullable=True),
        sa.Column("case_id", sa.BigInteger(), nullable=True),
        sa.Column("planned_at", db.Moment(timezone=True), nullable=False),
        sa.Column("due_at", db.Moment(timezone=True), nullable=False),
        sa.Column("attempts", sa.BigInteger(), nullable=False),
        sa.Column("args", postgresql.JSONB(), nullable=False),
        sa.Column("error", sa.String(), nullable=True),
        sa.Column("error_details", postgresql.JSONB(), nullable=True),
        sa.Column("incident_at", db.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
        sa.UniqueConstraint("key", name=op.f("uq_job_key")),
    )
    for name, columns, where in (
        ("ix_job_due", ["kind", "due_at", "id"], "incident_at IS NULL"),
        ("ix_job_lane", ["lane", "planned_at", "id"], "lane IS NOT NULL AND incident_at IS NULL"),
        ("ix_job_begun", ["due_at"], "attempts > 0 AND incident_at IS NULL"),
        ("ix_job_case", ["case_id"], "case_id IS NOT NULL"),
        ("ix_job_incident", ["incident_at", "id"], "incident_at IS NOT NULL"),
    ):
        op.create_index(name, "job", columns, postgresql_where=sa.text(where))
    op.create_table(
        "worker",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("started_at", db.Moment(timezone=True), nullable=False),
        sa.Column("seen_at", db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_worker")),
    )
    op.alter_column("custody_event", "staff_id", nullable=True)
    op.add_column("task", sa.Column("why", sa.String(), server_default="", nullable=False))
    # cases that wait already: a timer whose moment stands on its task, and operations that nobody carried out yet
    op.execute("""
        INSERT INTO job (kind, key, lane, case_id, planned_at, due_at, attempts, args)
        SELECT 'timer', id, 'case:' || case_id, case_id, due_at, due_at, 0, CAST('{}' AS jsonb) FROM task
        WHERE closed_at IS NULL AND waits_for IN ('timer', 'message') AND due_at IS NOT NULL AND rule = ''
        UNION ALL
        SELECT 'operation', id, NULL, case_id, opened_at, opened_at, 0, CAST('{}' AS jsonb) FROM task
        WHERE closed_at IS NULL AND waits_for = 'operation'
    """)


def downgrade() -> None:
    op.drop_column("task", "why")
    check_no_rows(op.get_bind(), revision, "custody_event", "staff_id IS NULL")
    op.alter_column("custody_event", "staff_id", nullable=False)
    op.drop_table("worker")
    op.drop_table("job")
