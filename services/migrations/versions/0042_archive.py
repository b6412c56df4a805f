"""Closed cases leave the working tables: the archive's tables are children of these, and read with them.

Revision ID: 0042_archive
Revises: 0041_editions
"""

import sqlalchemy as sa
from alembic import op

from services import db

revision = "0042_archive"
down_revision = "0041_editions"
branch_labels = None
depends_on = None

CHECKS = {
    "ck_case_archived_is_closed": "archived_at IS NULL OR closed_at IS NOT NULL",
    "ck_case_archived_by_a_term": "(archived_at IS NULL) = (archived_years IS NULL)",
}
MADE = """
CREATE SCHEMA archive;
CREATE TABLE archive.process_instance (
    CONSTRAINT pk_process_instance PRIMARY KEY (id),
    CONSTRAINT fk_process_instance_case_id FOREIGN KEY (case_id) REFERENCES public."case" (id),
    CONSTRAINT fk_process_instance_definition_id FOREIGN KEY (definition_id) REFERENCES public.process_definition (id)
) INHERITS (public.process_instance);
CREATE INDEX ix_process_instance_case_id ON archive.process_instance (case_id);
CREATE INDEX ix_process_instance_office_key_started_at ON archive.process_instance (office_key, started_at);
CREATE UNIQUE INDEX ix_process_instance_number ON archive.process_instance (number) WHERE number IS NOT NULL;
CREATE TABLE archive.task (
    CONSTRAINT pk_task PRIMARY KEY (id),
    CONSTRAINT fk_task_case_id FOREIGN KEY (case_id) REFERENCES public."case" (id),
    CONSTRAINT fk_task_instance_id FOREIGN KEY (instance_id) REFERENCES archive.process_instance (id),
    CONSTRAINT ck_task_archived_is_closed CHECK (closed_at IS NOT NULL)
) INHERITS (public.task);
CREATE INDEX ix_task_case ON archive.task (case_id, seq);
CREATE INDEX ix_task_done_at ON archive.task (office_key, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX ix_task_own_draft ON archive.task (done_at, id) WHERE conflict_reason <> '';
CREATE INDEX ix_task_done ON archive.task (done_by_id, done_at, id) WHERE done_at IS NOT NULL;
CREATE TABLE archive.applicant (
    CONSTRAINT pk_applicant PRIMARY KEY (case_id),
    CONSTRAINT fk_applicant_case_id FOREIGN KEY (case_id) REFERENCES public."case" (id)
) INHERITS (public.applicant);
CREATE INDEX ix_applicant_found_by ON archive.applicant USING gin (found_by);
CREATE TABLE archive.answer (
    CONSTRAINT pk_answer PRIMARY KEY (task_id),
    CONSTRAINT fk_answer_task_id FOREIGN KEY (task_id) REFERENCES archive.task (id),
    CONSTRAINT fk_answer_case_id FOREIGN KEY (case_id) REFERENCES public."case" (id)
) INHERITS (public.answer);
CREATE INDEX ix_answer_case_id_form_given_at ON archive.answer (case_id, form, given_at);
CREATE TABLE archive.comment (
    CONSTRAINT pk_comment PRIMARY KEY (id),
    CONSTRAINT fk_comment_case_id FOREIGN KEY (case_id) REFERENCES public."case" (id) ON DELETE CASCADE
) INHERITS (public.comment);
CREATE INDEX ix_comment_case_id_id ON archive.comment (case_id, id);
CREATE TABLE archive.message (
    CONSTRAINT pk_message PRIMARY KEY (id),
    CONSTRAINT fk_message_case_id FOREIGN KEY (case_id) REFERENCES public."case" (id)
) INHERITS (public.message);
CREATE INDEX ix_message_case_id ON archive.message (case_id);
CREATE TABLE archive.paper (CONSTRAINT pk_paper PRIMARY KEY (id)) INHERITS (public.paper);
CREATE INDEX ix_paper_case_id ON archive.paper (case_id);
CREATE INDEX ix_paper_outgoing ON archive.paper ((content ->> 'outgoing_number'))
    WHERE (content ->> 'outgoing_number') IS NOT NULL;
CREATE TABLE archive.attachment (
    CONSTRAINT pk_attachment PRIMARY KEY (id),
    CONSTRAINT fk_attachment_case_id FOREIGN KEY (case_id) REFERENCES public."case" (id) ON DELETE CASCADE,
    CONSTRAINT fk_attachment_task_id FOREIGN KEY (task_id) REFERENCES archive.task (id) ON DELETE CASCADE,
    CONSTRAINT fk_attachment_comment_id FOREIGN KEY (comment_id) REFERENCES archive.comment (id) ON DELETE CASCADE
) INHERITS (public.attachment);
CREATE INDEX ix_attachment_case_id_id ON archive.attachment (case_id, id);
CREATE INDEX ix_attachment_task_id ON archive.attachment (task_id);
CREATE INDEX ix_attachment_comment_id ON archive.attachment (comment_id);
"""
TABLES = ("process_instance", "task", "applicant", "answer", "comment", "message", "paper", "attachment")
COLUMNS = """
SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns
WHERE table_schema = 'public' AND table_name = :name
"""


def upgrade() -> None:
    op.add_column("case", sa.Column("archived_at", db.Moment(timezone=True), nullable=True))
    op.add_column("case", sa.Column("archived_years", sa.BigInteger(), nullable=True))
    op.add_column("case", sa.Column("taken_out_at", db.Moment(timezone=True), nullable=True))
    for name, check in CHECKS.items():
        op.create_check_constraint(op.f(name), "case", check)
    op.create_index(
        "ix_case_archived", "case", ["archived_at", "id"], postgresql_where=sa.text("archived_at IS NOT NULL")
    )
    op.create_index(
        "ix_case_kept_at_hand", "case", ["closed_at", "id"],
        postgresql_where=sa.text("closed_at IS NOT NULL AND archived_at IS NULL"),
    )  # fmt: skip
    op.execute(MADE)


def downgrade() -> None:
    """What lies in the archive comes back first: the reasons for taking cases out stay with them."""
    bind = op.get_bind()
    for table in TABLES:
        columns = bind.scalar(sa.text(COLUMNS), {"name": table})
        op.execute(
            f"INSERT INTO public.{table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM archive.{table}"
        )
    op.execute("DROP SCHEMA archive CASCADE")
    op.drop_index("ix_case_kept_at_hand", table_name="case")
    op.drop_index("ix_case_archived", table_name="case")
    for name in CHECKS:
        op.drop_constraint(op.f(name), "case")
    for column in ("taken_out_at", "archived_years", "archived_at"):
        op.drop_column("case", column)
