"""Where people are signed in, for themselves to see; slips by which whoever forgot a password chooses another.

Revision ID: 0058_where_signed_in
Revises: 0054_steps_of_an_office
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0058_where_signed_in"
down_revision = "0054_steps_of_an_office"
branch_labels = None
depends_on = None


def upgrade() -> None:
    now, moment = sa.text("now()"), db.Moment(timezone=True)
    op.add_column("staff_session", sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False))
    op.create_unique_constraint(op.f("uq_staff_session_id"), "staff_session", ["id"])
    op.add_column("staff_session", sa.Column("began_at", moment, server_default=now, nullable=False))
    op.add_column("staff_session", sa.Column("seen_at", moment, server_default=now, nullable=False))
    op.add_column("staff_session", sa.Column("place", sa.String(), server_default="", nullable=False))
    op.add_column("staff_session", sa.Column("browser", sa.String(), server_default="", nullable=False))
    op.create_index(op.f("ix_staff_session_staff_id"), "staff_session", ["staff_id"])
    op.create_table(
        "password_slip",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_password_slip_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_password_slip")),
    )


def downgrade() -> None:
    op.drop_table("password_slip")
    op.drop_index(op.f("ix_staff_session_staff_id"), "staff_session")
    for column in ("browser", "place", "seen_at", "began_at"):
        op.drop_column("staff_session", column)
    op.drop_constraint(op.f("uq_staff_session_id"), "staff_session", type_="unique")
    op.drop_column("staff_session", "id")
