"""Whose database this is: the region whose cases it holds, or whose calendar.

Revision ID: 0036_region
Revises: 0035_saved_lists
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0036_region"
down_revision = "0035_saved_lists"
branch_labels = None
depends_on = None

#: the newest case says it; where none was opened, the calendar that was filled when the region was deployed
KEPT = """
INSERT INTO installation (id, region, since)
SELECT 1, region, now() FROM (
    (SELECT region, 1 AS said FROM "case" ORDER BY id DESC LIMIT 1)
    UNION ALL (SELECT region, 2 FROM calendar_version ORDER BY region LIMIT 1)
) AS known ORDER BY said LIMIT 1
"""


def upgrade() -> None:
    op.create_table(
        "installation",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("since", db.Moment(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_installation_one")),
        sa.PrimaryKeyConstraint("id", name="pk_installation"),
    )
    op.execute(KEPT)


def downgrade() -> None:
    op.drop_table("installation")
