"""What a consignment holds against its registry: damaged papers, and those that came to another office.

Revision ID: 0003
Revises: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

BEFORE = "state IN ('listed', 'sent', 'received', 'missing', 'extra')"
AFTER = "state IN ('listed', 'sent', 'received', 'missing', 'extra', 'misrouted')"
NAME = "ck_consignment_line_state"


def upgrade() -> None:
    op.add_column("consignment_line", sa.Column("damage", sa.String(), server_default=sa.text("''"), nullable=False))
    op.drop_constraint(op.f(NAME), "consignment_line")
    op.create_check_constraint(op.f(NAME), "consignment_line", AFTER)


def downgrade() -> None:
    # for the office that had it in hand, it was a paper more than the registry says
    op.execute("UPDATE consignment_line SET state = 'extra' WHERE state = 'misrouted'")
    op.drop_constraint(op.f(NAME), "consignment_line")
    op.create_check_constraint(op.f(NAME), "consignment_line", BEFORE)
    op.drop_column("consignment_line", "damage")
