"""Whether a paper under barcode control is signed, and by whom; what went to its applicant, and what was annulled.

Revision ID: 0024_ink
Revises: 0023_signals
"""

import sqlalchemy as sa
from alembic import op

revision = "0024_ink"
down_revision = "0023_signals"
branch_labels = None
depends_on = None

BEFORE = "'here', 'to_send', 'listed', 'in_transit', 'missing'"


def upgrade() -> None:
    op.add_column("custody_item", sa.Column("signature", sa.String(), server_default=sa.text("''"), nullable=False))
    op.add_column("custody_item", sa.Column("signer_id", sa.BigInteger(), nullable=True))
    # until now a result came under barcode control only after it was signed
    op.execute(
        "UPDATE custody_item SET signature = CASE WHEN EXISTS (SELECT FROM paper WHERE paper.case_id ="
        " custody_item.case_id AND paper.signed_pdf IS NOT NULL) THEN 'key' ELSE 'ink' END WHERE kind = 'result'"
    )
    signatures = "signature IN ('', 'awaited', 'ink', 'key')"
    op.create_check_constraint(op.f("ck_custody_item_signature"), "custody_item", signatures)
    op.drop_constraint(op.f("ck_custody_item_state"), "custody_item")
    states = f"state IN ({BEFORE}, 'gone', 'annulled')"
    op.create_check_constraint(op.f("ck_custody_item_state"), "custody_item", states)
    op.execute(
        "UPDATE custody_item SET state = 'gone' FROM \"case\" WHERE \"case\".id = case_id AND kind = 'result'"
        " AND state = 'here' AND outcome IN ('approved', 'refused')"
    )


def downgrade() -> None:
    op.execute("UPDATE custody_item SET state = 'here' WHERE state IN ('gone', 'annulled')")
    op.drop_constraint(op.f("ck_custody_item_state"), "custody_item")
    op.create_check_constraint(op.f("ck_custody_item_state"), "custody_item", f"state IN ({BEFORE})")
    op.drop_constraint(op.f("ck_custody_item_signature"), "custody_item")
    op.drop_column("custody_item", "signer_id")
    op.drop_column("custody_item", "signature")
