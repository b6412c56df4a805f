"""What is shown beside a password, or in its place: one-time codes, recovery codes, passkeys.

Revision ID: 0060_second_factors
Revises: 0058_where_signed_in
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0060_second_factors"
down_revision = "0058_where_signed_in"
branch_labels = None
depends_on = None

MOMENT = db.Moment(timezone=True)


def upgrade() -> None:
    op.add_column("staff_session", sa.Column("asked", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.add_column("staff_session", sa.Column("proved", sa.String(), server_default="", nullable=False))
    for name, columns, primary in (
        ("code_key", _code_key(), ["staff_id"]),
        ("recovery_code", [sa.Column("code_hash", sa.LargeBinary(), nullable=False)], ["staff_id", "code_hash"]),
        ("passkey", _passkey(), ["id"]),
    ):
        op.create_table(
            name,
            sa.Column("staff_id", sa.BigInteger(), nullable=False),
            *columns,
            sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f(f"fk_{name}_staff_id")),
            sa.PrimaryKeyConstraint(*primary, name=op.f(f"pk_{name}")),
        )
    op.create_index(op.f("ix_passkey_staff_id"), "passkey", ["staff_id"])
    op.create_index(op.f("ix_passkey_credential_id"), "passkey", ["credential_id"], unique=True)
    op.create_table(
        "passkey_challenge",
        sa.Column("challenge", sa.LargeBinary(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("makes", sa.Boolean(), nullable=False),
        sa.Column("ends_at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("challenge", name=op.f("pk_passkey_challenge")),
    )
    op.create_index(op.f("ix_passkey_challenge_ends_at"), "passkey_challenge", ["ends_at"])


def _code_key() -> list[sa.Column[object]]:
    return [
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("confirmed_at", MOMENT, nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
    ]


def _passkey() -> list[sa.Column[object]]:
    return [
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("used_at", MOMENT, nullable=True),
    ]


def downgrade() -> None:
    for table in ("passkey_challenge", "passkey", "recovery_code", "code_key"):
        op.drop_table(table)
    op.drop_column("staff_session", "proved")
    op.drop_column("staff_session", "asked")
