"""What plugins called things when they were deployed.

Revision ID: 0051_plugin_words
Revises: 0050_neighbours
"""

import sqlalchemy as sa
from alembic import op

revision = "0051_plugin_words"
down_revision = "0050_neighbours"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "plugin_word",
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "key", "language", name="pk_plugin_word"),
    )


def downgrade() -> None:
    op.drop_table("plugin_word")
