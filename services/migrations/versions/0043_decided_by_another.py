"""Who may not decide: whoever decided before, of a pool and of its steps; and a complaint is a paper under barcode.

Revision ID: 0043_decided_by_another
Revises: 0042_archive
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services.migrations import check_no_rows

revision = "0043_decided_by_another"
down_revision = "0042_archive"
branch_labels = None
depends_on = None

KINDS = "kind IN ('folder', 'result', 'appeal')"
BEFORE = "kind IN ('folder', 'result')"


def upgrade() -> None:
    for table in ("process_instance", "task"):
        op.add_column(table, sa.Column("not_by", postgresql.ARRAY(sa.BigInteger()), nullable=True))
    op.create_index(
        "ix_task_not_by",
        "task",
        ["not_by"],
        postgresql_using="gin",
        postgresql_where=sa.text("closed_at IS NULL AND not_by IS NOT NULL"),
    )
    op.drop_constraint(op.f("ck_custody_item_kind"), "custody_item", type_="check")
    op.create_check_constraint(op.f("ck_custody_item_kind"), "custody_item", KINDS)


def downgrade() -> None:
    check_no_rows(op.get_bind(), revision, "custody_item", "kind = 'appeal'")
    op.drop_constraint(op.f("ck_custody_item_kind"), "custody_item", type_="check")
    op.create_check_constraint(op.f("ck_custody_item_kind"), "custody_item", BEFORE)
    op.drop_index("ix_task_not_by", table_name="task")
    for table in ("process_instance", "task"):
        op.drop_column(table, "not_by")
