"""Offices whose hall has screens, who was called to which counter there; and what was looked up of one case.

Revision ID: 0049_screens
Revises: 0048_told
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0049_screens"
down_revision = "0048_told"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "office_screen",
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("opened_at", db.Moment(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_key"], ["office.key"], name="fk_office_screen_office_key"),
        sa.ForeignKeyConstraint(["opened_by_id"], ["staff.id"], name="fk_office_screen_opened_by_id"),
        sa.PrimaryKeyConstraint("office_key", name="pk_office_screen"),
    )
    op.create_table(
        "counter_call",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("digits", sa.String(), nullable=False),
        sa.Column("counter", sa.BigInteger(), nullable=False),
        sa.Column("called_at", db.Moment(timezone=True), nullable=False),
        sa.Column("called_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["office_key"], ["office.key"], name="fk_counter_call_office_key"),
        sa.ForeignKeyConstraint(["called_by_id"], ["staff.id"], name="fk_counter_call_called_by_id"),
        sa.PrimaryKeyConstraint("id", name="pk_counter_call"),
    )
    op.create_index("ix_call_lookup_cases", "call_lookup", ["cases"], postgresql_using="gin")
    op.create_index("ix_counter_call_office_key_called_at", "counter_call", ["office_key", "called_at"])


def downgrade() -> None:
    op.drop_index("ix_call_lookup_cases", "call_lookup")
    op.drop_table("counter_call")
    op.drop_table("office_screen")
