"""Who of the staff the provider's people are, and the sign-ins that are on their way.

Revision ID: 0061_openid
Revises: 0060_second_factors
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0061_openid"
down_revision = "0060_second_factors"
branch_labels = None
depends_on = None


def upgrade() -> None:
    moment = db.Moment(timezone=True)
    op.create_table(
        "openid_tie",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("issuer", sa.Text(collation="C"), nullable=False),
        sa.Column("subject", sa.Text(collation="C"), nullable=False),
        sa.Column("tied_at", moment, nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_openid_tie_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_openid_tie")),
    )
    op.create_index(op.f("ix_openid_tie_issuer_subject"), "openid_tie", ["issuer", "subject"], unique=True)
    op.create_table(
        "openid_round",
        sa.Column("state_hash", sa.LargeBinary(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("ends_at", moment, nullable=False),
        sa.PrimaryKeyConstraint("state_hash", name=op.f("pk_openid_round")),
    )
    op.create_index(op.f("ix_openid_round_ends_at"), "openid_round", ["ends_at"])


def downgrade() -> None:
    op.drop_table("openid_round")
    op.drop_table("openid_tie")
