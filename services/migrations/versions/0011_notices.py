"""What people are told, their address for mail, and the clock of a demo system.

Revision ID: 0011
Revises: 0010
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("fact", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("clock", sa.Text(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("task_id", sa.Text(collation="C"), nullable=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("due_at", db.Moment(timezone=True), nullable=True),
        sa.Column("due_default", sa.Boolean(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("told_at", db.Moment(timezone=True), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=True),
        sa.Column("to_office_key", sa.Text(collation="C"), nullable=True),
        sa.Column("to_role", sa.Text(collation="C"), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("fact", name=op.f("uq_notice_fact")),
    )
    for name, columns, where in (
        ("ix_notice_staff", ["staff_id", "id"], "staff_id IS NOT NULL"),
        ("ix_notice_role", ["to_office_key", "to_role", "id"], "to_role IS NOT NULL"),
        ("ix_notice_case", ["case_id", "id"], None),
    ):
        op.create_index(name, "notice", columns, postgresql_where=sa.text(where) if where else None)
    op.create_table(
        "notice_read",
        sa.Column("notice_id", sa.BigInteger(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["notice_id"], ["notice.id"], name=op.f("fk_notice_read_notice_id_notice")),
        sa.PrimaryKeyConstraint("notice_id", "staff_id", name=op.f("pk_notice_read")),
    )
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ahead_by", sa.Interval(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_demo_clock_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_clock")),
    )
    op.add_column("staff", sa.Column("email", sa.String(), server_default="", nullable=False))
    op.add_column("staff", sa.Column("mailed", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.alter_column("staff", "email", server_default=None)
    op.alter_column("staff", "mailed", server_default=None)


def downgrade() -> None:
    op.drop_column("staff", "mailed")
    op.drop_column("staff", "email")
    for name in ("demo_clock", "notice_read", "notice"):
        op.drop_table(name)
