"""Because of which request a job is done.

Revision ID: 0067_request_of_a_job
Revises: 0061_openid
"""

import sqlalchemy as sa
from alembic import op

revision = "0067_request_of_a_job"
down_revision = "0061_openid"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job", sa.Column("request", sa.String(), nullable=True))


def downgrade() -> None:
    op.drop_column("job", "request")
