"""An office begins: the setup secret, the offices in use, what was looked at.

Revision ID: 0030_beginning
Revises: 0029_constraints
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0030_beginning"
down_revision = "0029_constraints"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "setup_secret",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", db.Moment(timezone=True), nullable=False),
        sa.Column("ended_at", db.Moment(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_setup_secret"),
    )
    op.create_table(
        "office_in_use",
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("since", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["office_key"], ["office.key"], name="fk_office_in_use_office_key"),
        sa.PrimaryKeyConstraint("office_key", name="pk_office_in_use"),
    )
    op.create_table(
        "setup_step",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("done_at", db.Moment(timezone=True), nullable=False),
        sa.Column("done_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_setup_step"),
    )


def downgrade() -> None:
    op.drop_table("setup_step")
    op.drop_table("office_in_use")
    op.drop_table("setup_secret")
