"""Labels printed before their papers came, photos of damage, and whose badge took a consignment.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("consignment", sa.Column("courier_id", sa.BigInteger(), nullable=True))
    op.create_table(
        "custody_label",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("made_at", db.Moment(timezone=True), nullable=False),
        sa.Column("made_by_id", sa.BigInteger(), nullable=False),
        sa.Column("item_code", sa.Text(collation="C"), nullable=True),
        sa.Column("bound_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_code"], ["custody_item.code"], name=op.f("fk_custody_label_item_code")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_custody_label")),
    )
    op.create_table(
        "custody_photo",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("jpeg", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", db.Moment(timezone=True), nullable=False),
        sa.Column("added_by_id", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["consignment_id"], ["consignment.id"], name=op.f("fk_custody_photo_consignment_id")),
        sa.ForeignKeyConstraint(["code"], ["custody_item.code"], name=op.f("fk_custody_photo_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_photo")),
    )
    op.create_index(op.f("ix_custody_photo_consignment_id_code"), "custody_photo", ["consignment_id", "code"])
    op.create_index(op.f("ix_process_instance_office_key_started_at"), "process_instance", ["office_key", "started_at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_process_instance_office_key_started_at"), "process_instance")
    op.drop_table("custody_photo")
    op.drop_table("custody_label")
    op.drop_column("consignment", "courier_id")
