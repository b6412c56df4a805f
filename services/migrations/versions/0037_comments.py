"""What the staff of an office say of a case, and the files beside it.

Revision ID: 0037_comments
Revises: 0036_region
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0037_comments"
down_revision = "0036_region"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "comment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("written_at", db.Moment(timezone=True), nullable=False),
        sa.Column("written_by_id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_comment_case_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name="pk_comment"),
        sa.UniqueConstraint("case_id", "written_by_id", "key", name="uq_comment_case_id_written_by_id_key"),
    )
    op.create_index("ix_comment_case_id_id", "comment", ["case_id", "id"])
    op.add_column("attachment", sa.Column("comment_id", sa.BigInteger(), nullable=True))
    op.create_foreign_key(
        "fk_attachment_comment_id", "attachment", "comment", ["comment_id"], ["id"], ondelete="CASCADE"
    )
    op.create_index("ix_attachment_comment_id", "attachment", ["comment_id"])


def downgrade() -> None:
    op.execute("DELETE FROM attachment WHERE comment_id IS NOT NULL")
    op.drop_index("ix_attachment_comment_id", "attachment")
    op.drop_constraint("fk_attachment_comment_id", "attachment")
    op.drop_column("attachment", "comment_id")
    op.drop_table("comment")
