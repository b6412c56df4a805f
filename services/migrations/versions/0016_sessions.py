"""Sessions are kept here, so that signing out ends them everywhere.

Revision ID: 0016_sessions
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0016_sessions"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "staff_session",
        sa.Column("key_hash", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("ends_at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_staff_session_staff_id_staff")),
        sa.PrimaryKeyConstraint("key_hash", name=op.f("pk_staff_session")),
    )
    op.create_index(op.f("ix_staff_session_ends_at"), "staff_session", ["ends_at"])


def downgrade() -> None:
    op.drop_table("staff_session")
