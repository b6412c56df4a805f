"""What changes all the time and is too much to be counted for whoever looks: counted by the worker, with its moment.

Revision ID: 0076_counted_now
Revises: 0075_what_grows
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db

revision = "0076_counted_now"
down_revision = "0075_what_grows"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "figure_now",
        sa.Column("what", sa.Text(collation="C"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("counted_at", db.Moment(timezone=True), nullable=False),
        sa.Column("found", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("what", name=op.f("pk_figure_now")),
    )


def downgrade() -> None:
    op.drop_table("figure_now")
