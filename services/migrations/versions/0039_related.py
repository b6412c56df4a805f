"""Cases that have to do with an earlier one; and the dwelling among what an application is found by.

Revision ID: 0039_related
Revises: 0038_representative
"""

import sqlalchemy as sa
from alembic import op

from services import kazakh

revision = "0039_related"
down_revision = "0038_representative"
branch_labels = None
depends_on = None

#: those of the longest term in which another application could be one too many
RECENT = """
SELECT applicant.case_id, applicant.office_key, applicant.body_key, applicant.address
FROM applicant JOIN "case" ON "case".id = applicant.case_id WHERE "case".opened_at > now() - interval '1 year'
"""
FOUND = """
UPDATE applicant SET found_by = found_by || array_to_tsvector(ARRAY[:here, :body]) WHERE case_id = :case_id
"""


def upgrade() -> None:
    op.create_table(
        "related_case",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("to_id", sa.BigInteger(), nullable=False),
        sa.Column("relation", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name="fk_related_case_case_id"),
        sa.ForeignKeyConstraint(["to_id"], ["case.id"], name="fk_related_case_to_id"),
        sa.PrimaryKeyConstraint("case_id", "to_id", "relation", name="pk_related_case"),
    )
    op.create_index("ix_related_case_to_id", "related_case", ["to_id"])
    bind = op.get_bind()
    for case_id, office, body, address in bind.execute(sa.text(RECENT)).all():
        dwelling = "".join(letter for letter in kazakh.plain_key(address) if letter.isalnum())
        if dwelling:
            keys = {"here": f"{office}:@{dwelling}", "body": f"{body}:@{dwelling}"}
            bind.execute(sa.text(FOUND), {"case_id": case_id, **keys})


def downgrade() -> None:
    op.drop_table("related_case")
