"""Foreign keys are named as the models name them.

Revision ID: 0029_constraints
Revises: 0028_reading
"""

from alembic import op

revision = "0029_constraints"
down_revision = "0028_reading"
branch_labels = None
depends_on = None

NAMES = {
    "known_place": ("fk_known_place_staff_id_staff", "fk_known_place_staff_id"),
    "notice_read": ("fk_notice_read_notice_id_notice", "fk_notice_read_notice_id"),
    "staff_session": ("fk_staff_session_staff_id_staff", "fk_staff_session_staff_id"),
}


def upgrade() -> None:
    for table, (before, after) in NAMES.items():
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {before} TO {after}")


def downgrade() -> None:
    for table, (before, after) in NAMES.items():
        op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {after} TO {before}")
