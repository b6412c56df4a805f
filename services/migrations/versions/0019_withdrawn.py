"""Candidates are withdrawn, with a reason; rehearsals are found by what they are called.

Revision ID: 0019_withdrawn
Revises: 0018_sign_in
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0019_withdrawn"
down_revision = "0018_sign_in"
branch_labels = None
depends_on = None

#: TEST-00012 as it is printed, its count with and without noughts
REHEARSALS = """
UPDATE "case" SET found_by = array_to_tsvector(ARRAY[
    concat(office_key, ':', 'TEST-', lpad(id::text, 5, '0')), concat(office_key, ':', lpad(id::text, 5, '0')),
    concat(office_key, ':', '=', id)
]) WHERE plays IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("deployment", sa.Column("withdrawn_at", db.Moment(timezone=True), nullable=True))
    for name in ("withdrawn_by", "withdrawn_why"):
        op.add_column("deployment", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.execute(REHEARSALS)


def downgrade() -> None:
    op.execute("""UPDATE "case" SET found_by = '' WHERE plays IS NOT NULL""")
    for name in ("withdrawn_why", "withdrawn_by", "withdrawn_at"):
        op.drop_column("deployment", name)
