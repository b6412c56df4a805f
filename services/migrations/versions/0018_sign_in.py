"""Only sign-ins that failed are counted, by name and place; networks from which people signed in are known.

Revision ID: 0018_sign_in
Revises: 0017_finding
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0018_sign_in"
down_revision = "0017_finding"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("DELETE FROM sign_in_failure WHERE NOT failed")
    op.drop_column("sign_in_failure", "failed")
    op.alter_column("sign_in_failure", "address", new_column_name="place")
    op.execute("ALTER INDEX ix_sign_in_failure_address_at RENAME TO ix_sign_in_failure_place_at")
    op.create_table(
        "known_place",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("seen_at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_known_place_staff_id_staff")),
        sa.PrimaryKeyConstraint("staff_id", "place", name=op.f("pk_known_place")),
    )


def downgrade() -> None:
    op.drop_table("known_place")
    op.execute("ALTER INDEX ix_sign_in_failure_place_at RENAME TO ix_sign_in_failure_address_at")
    op.alter_column("sign_in_failure", "place", new_column_name="address")
    op.add_column("sign_in_failure", sa.Column("failed", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.alter_column("sign_in_failure", "failed", server_default=None)
