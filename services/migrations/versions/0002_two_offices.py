"""Two offices and a courier: messages, custody, consignments, numbers of each office.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db
from services.migrations import check_no_rows

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


#: what was true of every case while there was one office to each
FILL = {
    ("case", "body_key"): 'UPDATE "case" SET body_key = office_key',
    ("case", "kept"): 'UPDATE "case" SET kept = 0',
    ("applicant", "body_key"): "UPDATE applicant SET body_key = office_key",
    (
        "paper",
        "office_key",
    ): 'UPDATE paper SET office_key = "case".office_key FROM "case" WHERE "case".id = paper.case_id',
}
NUMBERS = (
    """UPDATE process_instance SET number = "case".number FROM "case" WHERE "case".id = process_instance.case_id"""
)
TWO_OF_A_CASE = "case_id IN (SELECT case_id FROM process_instance GROUP BY case_id HAVING count(*) > 1)"
TRIGGER = """
CREATE FUNCTION custody_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'custody is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON custody_event
FOR EACH STATEMENT EXECUTE FUNCTION custody_is_append_only();
"""


def upgrade() -> None:
    op.create_table(
        "consignment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("from_key", sa.String(), nullable=False),
        sa.Column("to_key", sa.String(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("opened_at", db.Moment(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", db.Moment(timezone=True), nullable=True),
        sa.Column("closed_by_id", sa.BigInteger(), nullable=True),
        sa.Column("handed_over_at", db.Moment(timezone=True), nullable=True),
        sa.Column("handed_over_by_id", sa.BigInteger(), nullable=True),
        sa.Column("received_at", db.Moment(timezone=True), nullable=True),
        sa.Column("received_by_id", sa.BigInteger(), nullable=True),
        sa.Column("copies", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("state IN ('draft', 'closed', 'in_transit', 'received')", name=op.f("ck_consignment_state")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consignment")),
    )
    op.create_index("ix_consignment_from", "consignment", ["from_key", "id"], unique=False)
    op.create_index(
        op.f("ix_consignment_number"),
        "consignment",
        ["number"],
        unique=True,
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.create_index("ix_consignment_to", "consignment", ["to_key", "id"], unique=False)
    op.create_index(
        "uq_consignment_draft",
        "consignment",
        ["from_key", "to_key"],
        unique=True,
        postgresql_where=sa.text("state = 'draft'"),
    )
    op.create_table(
        "custody_item",
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("destination_key", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", db.Moment(timezone=True), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("originals", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.CheckConstraint("kind IN ('folder', 'result')", name=op.f("ck_custody_item_kind")),
        sa.CheckConstraint(
            "state IN ('here', 'to_send', 'listed', 'in_transit', 'missing')", name=op.f("ck_custody_item_state")
        ),
        sa.ForeignKeyConstraint(["consignment_id"], ["consignment.id"], name=op.f("fk_custody_item_consignment_id")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_custody_item")),
    )
    op.create_index("ix_custody_item_case", "custody_item", ["case_id"], unique=False)
    op.create_index(
        "ix_custody_item_destination", "custody_item", ["destination_key", "state", "since", "code"], unique=False
    )
    op.create_index("ix_custody_item_office", "custody_item", ["office_key", "state", "since", "code"], unique=False)
    op.create_table(
        "message",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("kept_at", db.Moment(timezone=True), nullable=False),
        sa.Column("delivered_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_message_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_message")),
    )
    op.create_index(
        op.f("ix_message_case_id"),
        "message",
        ["case_id"],
        unique=False,
        postgresql_where=sa.text("delivered_at IS NULL"),
    )
    op.create_table(
        "consignment_line",
        sa.Column("consignment_id", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("scanned_at", db.Moment(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state IN ('listed', 'sent', 'received', 'missing', 'extra')", name=op.f("ck_consignment_line_state")
        ),
        sa.ForeignKeyConstraint(["code"], ["custody_item.code"], name=op.f("fk_consignment_line_code")),
        sa.ForeignKeyConstraint(
            ["consignment_id"], ["consignment.id"], name=op.f("fk_consignment_line_consignment_id")
        ),
        sa.PrimaryKeyConstraint("consignment_id", "code", name=op.f("pk_consignment_line")),
    )
    op.create_index(op.f("ix_consignment_line_code"), "consignment_line", ["code"], unique=False)
    op.create_table(
        "custody_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("code", sa.Text(collation="C"), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("point", sa.String(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("consignment_id", sa.BigInteger(), nullable=True),
        sa.Column("details", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["code"], ["custody_item.code"], name=op.f("fk_custody_event_code")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_custody_event")),
    )
    op.create_index(op.f("ix_custody_event_code_id"), "custody_event", ["code", "id"], unique=False)
    op.add_column("applicant", sa.Column("body_key", sa.String(), nullable=True))
    op.execute(FILL["applicant", "body_key"])
    op.alter_column("applicant", "body_key", nullable=False)
    op.create_index(
        op.f("ix_applicant_body_key_iin_case_id"), "applicant", ["body_key", "iin", "case_id"], unique=False
    )
    op.create_index(
        op.f("ix_applicant_body_key_phone_case_id"), "applicant", ["body_key", "phone", "case_id"], unique=False
    )
    op.create_index(
        op.f("ix_applicant_body_key_search_key_case_id"),
        "applicant",
        ["body_key", "search_key", "case_id"],
        unique=False,
    )
    op.add_column("case", sa.Column("body_key", sa.String(), nullable=True))
    op.execute(FILL["case", "body_key"])
    op.alter_column("case", "body_key", nullable=False)
    op.add_column("case", sa.Column("kept", sa.BigInteger(), nullable=True))
    op.execute(FILL["case", "kept"])
    op.alter_column("case", "kept", nullable=False)
    op.create_index("ix_case_body_opened", "case", ["body_key", "opened_at", "id"], unique=False)
    op.add_column("paper", sa.Column("office_key", sa.String(), nullable=True))
    op.execute(FILL["paper", "office_key"])
    op.alter_column("paper", "office_key", nullable=False)
    op.add_column("process_instance", sa.Column("number", sa.Text(collation="C"), nullable=True))
    op.execute(NUMBERS)
    op.create_index(
        op.f("ix_process_instance_number"),
        "process_instance",
        ["number"],
        unique=True,
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.add_column("task", sa.Column("message", sa.String(), nullable=True))
    op.create_index(
        "ix_task_message",
        "task",
        ["case_id", "message"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND message IS NOT NULL"),
    )
    op.execute(TRIGGER)


def downgrade() -> None:
    check_no_rows(op.get_bind(), revision, "process_instance", TWO_OF_A_CASE)
    op.drop_index(
        "ix_task_message", table_name="task", postgresql_where=sa.text("closed_at IS NULL AND message IS NOT NULL")
    )
    op.drop_column("task", "message")
    op.drop_index(
        op.f("ix_process_instance_number"),
        table_name="process_instance",
        postgresql_where=sa.text("number IS NOT NULL"),
    )
    op.drop_column("process_instance", "number")
    op.drop_column("paper", "office_key")
    op.drop_index("ix_case_body_opened", table_name="case")
    op.drop_column("case", "kept")
    op.drop_column("case", "body_key")
    op.drop_index(op.f("ix_applicant_body_key_search_key_case_id"), table_name="applicant")
    op.drop_index(op.f("ix_applicant_body_key_phone_case_id"), table_name="applicant")
    op.drop_index(op.f("ix_applicant_body_key_iin_case_id"), table_name="applicant")
    op.drop_column("applicant", "body_key")
    op.drop_index(op.f("ix_custody_event_code_id"), table_name="custody_event")
    op.drop_table("custody_event")
    op.execute("DROP FUNCTION custody_is_append_only()")
    op.drop_index(op.f("ix_consignment_line_code"), table_name="consignment_line")
    op.drop_table("consignment_line")
    op.drop_index(op.f("ix_message_case_id"), table_name="message", postgresql_where=sa.text("delivered_at IS NULL"))
    op.drop_table("message")
    op.drop_index("ix_custody_item_office", table_name="custody_item")
    op.drop_index("ix_custody_item_destination", table_name="custody_item")
    op.drop_index("ix_custody_item_case", table_name="custody_item")
    op.drop_table("custody_item")
    op.drop_index("uq_consignment_draft", table_name="consignment", postgresql_where=sa.text("state = 'draft'"))
    op.drop_index("ix_consignment_to", table_name="consignment")
    op.drop_index(
        op.f("ix_consignment_number"), table_name="consignment", postgresql_where=sa.text("number IS NOT NULL")
    )
    op.drop_index("ix_consignment_from", table_name="consignment")
    op.drop_table("consignment")
