"""From and to when what a case granted runs, and when its applicant was told to have it confirmed anew.

Of what was granted before, nobody had said from which day: it stays without a period.

Revision ID: 0046_period
Revises: 0045_stand_sheets
"""

import sqlalchemy as sa
from alembic import op

revision = "0046_period"
down_revision = "0045_stand_sheets"
branch_labels = None
depends_on = None

RUNS = sa.text("assigned_until IS NOT NULL")


def upgrade() -> None:
    op.add_column("case", sa.Column("assigned_from", sa.Date()))
    op.add_column("case", sa.Column("assigned_until", sa.Date()))
    op.add_column("case", sa.Column("recheck_told_at", sa.DateTime(timezone=True)))
    op.create_index("ix_case_body_assigned", "case", ["body_key", "assigned_until"], postgresql_where=RUNS)
    op.create_index("ix_case_office_assigned", "case", ["office_key", "assigned_until"], postgresql_where=RUNS)


def downgrade() -> None:
    op.drop_index("ix_case_office_assigned", "case")
    op.drop_index("ix_case_body_assigned", "case")
    for name in ("recheck_told_at", "assigned_until", "assigned_from"):
        op.drop_column("case", name)
