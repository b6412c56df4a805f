"""Names of diagrams that people translate over the web; how many cases run under a version.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0014"
down_revision = "0013"
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
    op.create_index(op.f("ix_diagram_text_revision"), "diagram_text", ["revision"])
    op.create_index(
        "ix_process_instance_running", "process_instance", ["definition_id"],
        postgresql_where=sa.text("finished_at IS NULL AND plays IS NULL"),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_index("ix_process_instance_running", "process_instance")
    op.drop_table("diagram_text")
