"""Salts of the digests by which the journal attests answers, applicants, papers and what a process knows.

What was written before has none, and is told as not covered.

Revision ID: 0034_attested
Revises: 0033_own_password
"""

import sqlalchemy as sa
from alembic import op

revision = "0034_attested"
down_revision = "0033_own_password"
branch_labels = None
depends_on = None

TABLES = ("applicant", "answer", "paper", "process_instance")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("salt", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "salt")
