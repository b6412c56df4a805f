"""The first tables.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


#: as they were when this revision was written
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the journal is only ever added to' USING ERRCODE = 'restrict_violation';
END $$;
"""
APPEND_ONLY_TABLE = """
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION journal_is_append_only();
"""
APPEND_ONLY_TABLES = ("journal_entry", "journal_seal", "journal_sealed_head")


def upgrade() -> None:
    op.create_table(
        "calendar_day",
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name_kk", sa.String(length=200), nullable=False),
        sa.Column("name_ru", sa.String(length=200), nullable=False),
        sa.Column("name_en", sa.String(length=200), nullable=False),
        sa.Column("source", sa.String(length=300), nullable=False),
        sa.Column("confirmed", sa.Boolean(), nullable=False),
        sa.Column("filled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("region", "on", name=op.f("pk_calendar_day")),
    )
    op.create_table(
        "calendar_version",
        sa.Column("region", sa.String(length=60), nullable=False),
        sa.Column("version", sa.String(length=16), nullable=False),
        sa.PrimaryKeyConstraint("region", name=op.f("pk_calendar_version")),
    )
    op.create_table(
        "case",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("route", sa.String(), nullable=False),
        sa.Column("region", sa.String(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("number", sa.Text(collation="C"), nullable=True),
        sa.Column("opened_at", db.Moment(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.BigInteger(), nullable=False),
        sa.Column("open_key", sa.String(), nullable=False),
        sa.Column("outer_due_at", db.Moment(timezone=True), nullable=False),
        sa.Column("outer_default", sa.Boolean(), nullable=False),
        sa.Column("outer_stopped_at", db.Moment(timezone=True), nullable=True),
        sa.Column("closed_at", db.Moment(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("rounds", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case")),
        sa.UniqueConstraint("open_key", name=op.f("uq_case_open_key")),
    )
    op.create_index("ix_case_number", "case", ["number"], unique=True, postgresql_where=sa.text("number IS NOT NULL"))
    op.create_index("ix_case_office_opened", "case", ["office_key", "opened_at", "id"], unique=False)
    op.create_table(
        "deployment",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("deployed_at", db.Moment(timezone=True), nullable=False),
        sa.Column("deployed_by", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
        sa.UniqueConstraint("sha256", name=op.f("uq_deployment_sha256")),
    )
    op.create_table(
        "journal_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("stream", sa.Text(collation="C"), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("event", sa.String(), nullable=False),
        sa.Column("details", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journal_entry")),
        sa.UniqueConstraint("stream", "position", name=op.f("uq_journal_entry_stream_position")),
    )
    op.create_table(
        "journal_seal",
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("streams", sa.BigInteger(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_journal_seal")),
        sa.UniqueConstraint("on", name=op.f("uq_journal_seal_on")),
    )
    op.create_table(
        "journal_sealed_head",
        sa.Column("stream", sa.Text(collation="C"), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("seal", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "count", name=op.f("pk_journal_sealed_head")),
    )
    op.create_index(op.f("ix_journal_sealed_head_seal_stream"), "journal_sealed_head", ["seal", "stream"], unique=False)
    op.create_table(
        "journal_stream",
        sa.Column("name", sa.Text(collation="C"), nullable=False),
        sa.Column("head", sa.LargeBinary(), nullable=False),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_journal_stream")),
    )
    op.create_table(
        "number_series",
        sa.Column("office_number", sa.Text(collation="C"), nullable=False),
        sa.Column("series", sa.Text(collation="C"), nullable=False),
        sa.Column("year", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("last > 0", name=op.f("ck_number_series_last_is_positive")),
        sa.PrimaryKeyConstraint("office_number", "series", "year", name=op.f("pk_number_series")),
    )
    op.create_table(
        "office",
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("parent", sa.Text(collation="C"), nullable=True),
        sa.Column("name_kk", sa.String(), nullable=False),
        sa.Column("name_ru", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("short_kk", sa.String(), nullable=False),
        sa.Column("short_ru", sa.String(), nullable=False),
        sa.Column("short_en", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("place_kind", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("settings", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_office")),
    )
    op.create_table(
        "paper",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("content", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("made_at", db.Moment(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("copies", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("copies >= 0", name=op.f("ck_paper_copies_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paper")),
    )
    op.create_index(op.f("ix_paper_case_id"), "paper", ["case_id"], unique=False)
    op.create_table(
        "sign_in_failure",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login_hash", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", db.Moment(timezone=True), nullable=False),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failure")),
    )
    op.create_index(op.f("ix_sign_in_failure_address_at"), "sign_in_failure", ["address", "at"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_at"), "sign_in_failure", ["at"], unique=False)
    op.create_index(op.f("ix_sign_in_failure_login_hash_at"), "sign_in_failure", ["login_hash", "at"], unique=False)
    op.create_table(
        "staff",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("login", sa.Text(collation="C"), nullable=False),
        sa.Column("full_name", sa.String(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("search_key", sa.Text(collation="C"), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("session_version", sa.BigInteger(), nullable=False),
        sa.Column("added_at", db.Moment(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("login", name=op.f("uq_staff_login")),
    )
    op.create_index(op.f("ix_staff_sort_key_id"), "staff", ["sort_key", "id"], unique=False)
    op.create_table(
        "applicant",
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("surname", sa.String(), nullable=False),
        sa.Column("given_name", sa.String(), nullable=False),
        sa.Column("patronymic", sa.String(), nullable=False),
        sa.Column("iin", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("phone_raw", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("sort_key", sa.Text(collation="C"), nullable=False),
        sa.Column("search_key", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_applicant_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_applicant")),
    )
    op.create_index(
        op.f("ix_applicant_office_key_iin_case_id"), "applicant", ["office_key", "iin", "case_id"], unique=False
    )
    op.create_index(
        op.f("ix_applicant_office_key_phone_case_id"), "applicant", ["office_key", "phone", "case_id"], unique=False
    )
    op.create_index(
        op.f("ix_applicant_office_key_search_key_case_id"),
        "applicant",
        ["office_key", "search_key", "case_id"],
        unique=False,
    )
    op.create_table(
        "appointment",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("staff_id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.CheckConstraint("until_on >= from_on", name=op.f("ck_appointment_order")),
        sa.ForeignKeyConstraint(["office_key"], ["office.key"], name=op.f("fk_appointment_office_key")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_appointment_staff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_appointment")),
    )
    op.create_index("ix_appointment_office_role", "appointment", ["office_key", "role"], unique=False)
    op.create_index("ix_appointment_staff", "appointment", ["staff_id"], unique=False)
    op.create_index(
        "uq_appointment_open",
        "appointment",
        ["staff_id", "office_key", "role"],
        unique=True,
        postgresql_where=sa.text("until_on IS NULL"),
    )
    op.create_table(
        "deployment_resource",
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_deployment_resource_deployment_id")
        ),
        sa.PrimaryKeyConstraint("deployment_id", "name", name=op.f("pk_deployment_resource")),
    )
    op.create_table(
        "process_definition",
        sa.Column("id", sa.BigInteger(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("deployment_id", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_process_definition_deployment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_definition")),
        sa.UniqueConstraint("key", "version", name=op.f("uq_process_definition_key_version")),
    )
    op.create_index(op.f("ix_process_definition_deployment_id"), "process_definition", ["deployment_id"], unique=False)
    op.create_table(
        "process_instance",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("definition_id", sa.BigInteger(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("state", sa.LargeBinary(), nullable=False),
        sa.Column("started_at", db.Moment(timezone=True), nullable=False),
        sa.Column("finished_at", db.Moment(timezone=True), nullable=True),
        sa.Column("passed", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_process_instance_case_id")),
        sa.ForeignKeyConstraint(
            ["definition_id"], ["process_definition.id"], name=op.f("fk_process_instance_definition_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_process_instance")),
    )
    op.create_index(op.f("ix_process_instance_case_id"), "process_instance", ["case_id"], unique=False)
    op.create_table(
        "task",
        sa.Column("id", sa.Text(collation="C"), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("instance_id", sa.BigInteger(), nullable=False),
        sa.Column("stop_id", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("element", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("waits_for", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("recorder", sa.String(), nullable=True),
        sa.Column("form", sa.String(), nullable=True),
        sa.Column("operation", sa.String(), nullable=True),
        sa.Column("inputs", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("assignee_id", sa.BigInteger(), nullable=True),
        sa.Column("named", sa.Boolean(), nullable=False),
        sa.Column("opened_at", db.Moment(timezone=True), nullable=False),
        sa.Column("clock_started_at", db.Moment(timezone=True), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("due_at", db.Moment(timezone=True), nullable=True),
        sa.Column("due_default", sa.Boolean(), nullable=False),
        sa.Column("urgent_at", db.Moment(timezone=True), nullable=False),
        sa.Column("round", sa.BigInteger(), nullable=False),
        sa.Column("closed_at", db.Moment(timezone=True), nullable=True),
        sa.Column("done_at", db.Moment(timezone=True), nullable=True),
        sa.Column("done_by_id", sa.BigInteger(), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("outputs", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("delay_reason", sa.String(), nullable=False),
        sa.Column("submit_key", sa.String(), nullable=True),
        sa.CheckConstraint("waits_for IN ('person', 'operation', 'message', 'timer')", name=op.f("ck_task_waits_for")),
        sa.CheckConstraint("(done_at IS NULL) OR (closed_at IS NOT NULL)", name=op.f("ck_task_done_is_closed")),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_task_case_id")),
        sa.ForeignKeyConstraint(["instance_id"], ["process_instance.id"], name=op.f("fk_task_instance_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_task")),
    )
    op.create_index("ix_task_case", "task", ["case_id", "seq"], unique=False)
    op.create_index(
        "ix_task_done",
        "task",
        ["done_by_id", "done_at", "id"],
        unique=False,
        postgresql_where=sa.text("done_at IS NOT NULL"),
    )
    op.create_index(
        "ix_task_free",
        "task",
        ["office_key", "role", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL"),
    )
    op.create_index(
        "ix_task_instance_open", "task", ["instance_id"], unique=False, postgresql_where=sa.text("closed_at IS NULL")
    )
    op.create_index(
        "ix_task_mine",
        "task",
        ["assignee_id", "office_key", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_task_of_role",
        "task",
        ["office_key", "role", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_task_to_record",
        "task",
        ["office_key", "recorder", "urgent_at", "id"],
        unique=False,
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "answer",
        sa.Column("task_id", sa.Text(collation="C"), nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("form", sa.String(), nullable=False),
        sa.Column("draft", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("draft_at", db.Moment(timezone=True), nullable=True),
        sa.Column("answers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("given_at", db.Moment(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["case.id"], name=op.f("fk_answer_case_id")),
        sa.ForeignKeyConstraint(["task_id"], ["task.id"], name=op.f("fk_answer_task_id")),
        sa.PrimaryKeyConstraint("task_id", name=op.f("pk_answer")),
    )
    op.create_index(op.f("ix_answer_case_id_form_given_at"), "answer", ["case_id", "form", "given_at"], unique=False)
    op.execute(APPEND_ONLY)
    for table in APPEND_ONLY_TABLES:
        op.execute(APPEND_ONLY_TABLE.format(table=table))


def downgrade() -> None:
    op.drop_index(op.f("ix_answer_case_id_form_given_at"), table_name="answer")
    op.drop_table("answer")
    op.drop_index("ix_task_to_record", table_name="task", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_task_of_role", table_name="task", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_task_mine", table_name="task", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index("ix_task_instance_open", table_name="task", postgresql_where=sa.text("closed_at IS NULL"))
    op.drop_index(
        "ix_task_free", table_name="task", postgresql_where=sa.text("closed_at IS NULL AND assignee_id IS NULL")
    )
    op.drop_index("ix_task_done", table_name="task", postgresql_where=sa.text("done_at IS NOT NULL"))
    op.drop_index("ix_task_case", table_name="task")
    op.drop_table("task")
    op.drop_index(op.f("ix_process_instance_case_id"), table_name="process_instance")
    op.drop_table("process_instance")
    op.drop_index(op.f("ix_process_definition_deployment_id"), table_name="process_definition")
    op.drop_table("process_definition")
    op.drop_table("deployment_resource")
    op.drop_index("uq_appointment_open", table_name="appointment", postgresql_where=sa.text("until_on IS NULL"))
    op.drop_index("ix_appointment_staff", table_name="appointment")
    op.drop_index("ix_appointment_office_role", table_name="appointment")
    op.drop_table("appointment")
    op.drop_index(op.f("ix_applicant_office_key_search_key_case_id"), table_name="applicant")
    op.drop_index(op.f("ix_applicant_office_key_phone_case_id"), table_name="applicant")
    op.drop_index(op.f("ix_applicant_office_key_iin_case_id"), table_name="applicant")
    op.drop_table("applicant")
    op.drop_index(op.f("ix_staff_sort_key_id"), table_name="staff")
    op.drop_table("staff")
    op.drop_index(op.f("ix_sign_in_failure_login_hash_at"), table_name="sign_in_failure")
    op.drop_index(op.f("ix_sign_in_failure_at"), table_name="sign_in_failure")
    op.drop_index(op.f("ix_sign_in_failure_address_at"), table_name="sign_in_failure")
    op.drop_table("sign_in_failure")
    op.drop_index(op.f("ix_paper_case_id"), table_name="paper")
    op.drop_table("paper")
    op.drop_table("office")
    op.drop_table("number_series")
    op.drop_table("journal_stream")
    op.drop_index(op.f("ix_journal_sealed_head_seal_stream"), table_name="journal_sealed_head")
    op.drop_table("journal_sealed_head")
    op.drop_table("journal_seal")
    op.drop_table("journal_entry")
    op.drop_table("deployment")
    op.drop_index("ix_case_office_opened", table_name="case")
    op.drop_index("ix_case_number", table_name="case", postgresql_where=sa.text("number IS NOT NULL"))
    op.drop_table("case")
    op.drop_table("calendar_version")
    op.drop_table("calendar_day")
    op.execute("DROP FUNCTION journal_is_append_only()")
