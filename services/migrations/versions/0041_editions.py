"""Editions of a region's act: their files, since which days they hold, and which one a case lives under. Cases of
before live under the first, which the next deployment takes from the region's files.

Revision ID: 0041_editions
Revises: 0040_why_stopped
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db

revision = "0041_editions"
down_revision = "0040_why_stopped"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "edition",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("act", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("made_at", db.Moment(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=True),
        sa.Column("withdrawn_at", db.Moment(timezone=True), nullable=True),
        sa.Column("withdrawn_by", sa.String(), server_default="", nullable=False),
        sa.Column("withdrawn_why", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_edition_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition")),
    )
    op.create_table(
        "edition_file",
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_file_edition_id")),
        sa.PrimaryKeyConstraint("edition_id", "place", name=op.f("pk_edition_file")),
    )
    op.create_table(
        "edition_in_force",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("edition_id", sa.BigInteger(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("enacted_at", db.Moment(timezone=True), nullable=False),
        sa.Column("enacted_by", sa.String(), nullable=False),
        sa.Column("act_number", sa.String(), nullable=False),
        sa.Column("act_on", sa.Date(), nullable=True),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("begun_at", db.Moment(timezone=True), nullable=True),
        sa.Column("cancelled_at", db.Moment(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.String(), server_default="", nullable=False),
        sa.Column("cancelled_why", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_in_force_edition_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_in_force")),
    )
    op.create_index(op.f("ix_edition_in_force_region_from_on"), "edition_in_force", ["region", "from_on"])
    op.add_column("calendar_version", sa.Column("law", sa.String(length=24), server_default="", nullable=False))
    op.add_column("case", sa.Column("edition", sa.BigInteger(), nullable=True))
    op.create_foreign_key(op.f("fk_case_edition"), "case", "edition", ["edition"], ["id"])


def downgrade() -> None:
    op.drop_constraint(op.f("fk_case_edition"), "case", type_="foreignkey")
    op.drop_column("case", "edition")
    op.drop_column("calendar_version", "law")
    op.drop_table("edition_in_force")
    op.drop_table("edition_file")
    op.drop_table("edition")
