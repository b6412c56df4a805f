"""An account of a program has its topics, and a lock of an external task its account.

Accounts that did external tasks before have the topics of those; the only account of its kind has those that wait, too.
A lock of before is whoever's has the topic and the worker's name, until it runs out.

Revision ID: 0021_topics
Revises: 0020_phones
"""

import sqlalchemy as sa
from alembic import op

revision = "0021_topics"
down_revision = "0020_phones"
branch_labels = None
depends_on = None

WORKERS = "SELECT DISTINCT staff_id FROM appointment WHERE role = 'external_worker'"


def upgrade() -> None:
    op.create_table(
        "worker_topic",
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_worker_topic_staff_id")),
        sa.PrimaryKeyConstraint("staff_id", "topic", name=op.f("pk_worker_topic")),
    )
    op.add_column("external_task", sa.Column("owner_id", sa.BigInteger(), nullable=True))
    op.execute(
        "INSERT INTO worker_topic SELECT DISTINCT done_by_id, operation FROM task "
        f"WHERE operation <> '' AND done_by_id IN ({WORKERS})"
    )
    op.execute(
        f"INSERT INTO worker_topic SELECT w.staff_id, e.topic FROM ({WORKERS}) w "
        "JOIN (SELECT DISTINCT topic FROM external_task WHERE NOT rehearsal) e ON true "
        f"WHERE (SELECT count(*) FROM ({WORKERS}) o) = 1 ON CONFLICT DO NOTHING"
    )


def downgrade() -> None:
    op.drop_column("external_task", "owner_id")
    op.drop_table("worker_topic")
