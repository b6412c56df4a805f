"""When a courier said that a consignment was delivered; what they pressed without a network.

Revision ID: 0052_trips
Revises: 0051_plugin_words
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0052_trips"
down_revision = "0051_plugin_words"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consignment", sa.Column("delivered_at", db.Moment(timezone=True)))
    op.drop_constraint(op.f("ck_offline_entry_kind"), "offline_entry")
    op.create_check_constraint(op.f("ck_offline_entry_kind"), "offline_entry", "kind IN ('scan', 'intake', 'trip')")


def downgrade() -> None:
    op.execute("DELETE FROM offline_entry WHERE kind = 'trip'")
    op.drop_constraint(op.f("ck_offline_entry_kind"), "offline_entry")
    op.create_check_constraint(op.f("ck_offline_entry_kind"), "offline_entry", "kind IN ('scan', 'intake')")
    op.drop_column("consignment", "delivered_at")
