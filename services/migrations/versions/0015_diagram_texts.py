"""Names of diagrams that people translate over the web; how many cases run under a version;
notices of versions.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "diagram_text",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("context", sa.String(), nullable=False),
        sa.Column("msgid", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("changed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("key", "language", name=op.f("pk_diagram_text")),
    )
    op.alter_column("notice", "case_id", nullable=True)
    op.create_index(op.f("ix_diagram_text_revision"), "diagram_text", ["revision"])
    op.create_index(
        "ix_process_instance_running", "process_instance", ["definition_id"],
        postgresql_where=sa.text("finished_at IS NULL AND plays IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_process_instance_running", "process_instance")
    op.execute("DELETE FROM notice_read USING notice WHERE notice.id = notice_id AND case_id IS NULL")
    op.execute("DELETE FROM notice WHERE case_id IS NULL")
    op.alter_column("notice", "case_id", nullable=False)
    op.drop_table("diagram_text")
