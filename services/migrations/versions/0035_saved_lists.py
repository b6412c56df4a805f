"""Lists that people keep under a name: their own, and those of an office.

Revision ID: 0035_saved_lists
Revises: 0034_attested
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db

revision = "0035_saved_lists"
down_revision = "0034_attested"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "saved_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("owner_id", sa.BigInteger(), nullable=True),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("made_at", db.Moment(timezone=True), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("list", sa.String(), nullable=False),
        sa.Column("sort", sa.String(), nullable=False),
        sa.Column("wanted", postgresql.JSONB(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_list"),
    )
    own, shared = sa.text("owner_id IS NOT NULL"), sa.text("owner_id IS NULL")
    op.create_index("uq_saved_list_own", "saved_list", ["office_key", "owner_id", "name"], unique=True,
                    postgresql_where=own)  # fmt: skip
    op.create_index("uq_saved_list_shared", "saved_list", ["office_key", "name"], unique=True, postgresql_where=shared)


def downgrade() -> None:
    op.drop_table("saved_list")
