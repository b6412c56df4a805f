"""The archive's tables: of the same shape as the working ones, and their children in PostgreSQL's sense.

Whatever reads `task` reads `archive.task`, too; where a statement asks for what is open, the planner leaves it out,
because a check says that nothing there is. A column that a migration adds to a working table, or a check, is the
child's at once; a key or an index is not, and the migration adds it here, too. Rows are written here by
`services.archive.moving` alone.
"""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import DDL, ForeignKeyConstraint, MetaData, event

from services.db import Base
from services.figures.models import noted

SCHEMA = "archive"
#: every table of rows that belong to one case and go with it -> by what they are found there; those that others refer
#: to stand before these
TABLES = {
    "process_instance": """
CREATE INDEX ix_process_instance_case_id ON archive.process_instance (case_id);
CREATE INDEX ix_process_instance_office_key_started_at ON archive.process_instance (office_key, started_at);
CREATE UNIQUE INDEX ix_process_instance_number ON archive.process_instance (number) WHERE number IS NOT NULL;
""",
    "task": """
ALTER TABLE archive.task ADD CONSTRAINT ck_task_archived_is_closed CHECK (closed_at IS NOT NULL);
CREATE INDEX ix_task_case ON archive.task (case_id, seq);
CREATE INDEX ix_task_done_at ON archive.task (office_key, done_at) WHERE done_at IS NOT NULL;
CREATE INDEX ix_task_late ON archive.task (office_key, done_at) WHERE done_at > due_at AND NOT clock_goes_on;
CREATE INDEX ix_task_own_draft ON archive.task (done_at, id) WHERE conflict_reason <> '';
CREATE INDEX ix_task_done ON archive.task (done_by_id, done_at, id) WHERE done_at IS NOT NULL;
""",
    "applicant": """
CREATE INDEX ix_applicant_found_by ON archive.applicant USING gin (found_by);
""",
    "answer": """
CREATE INDEX ix_answer_case_id_form_given_at ON archive.answer (case_id, form, given_at);
""",
    "comment": """
CREATE INDEX ix_comment_case_id_id ON archive.comment (case_id, id);
""",
    "message": """
CREATE INDEX ix_message_case_id ON archive.message (case_id);
""",
    "paper": """
CREATE INDEX ix_paper_case_id ON archive.paper (case_id);
CREATE INDEX ix_paper_outgoing ON archive.paper ((content ->> 'outgoing_number'))
    WHERE (content ->> 'outgoing_number') IS NOT NULL;
""",
    "attachment": """
CREATE INDEX ix_attachment_case_id_id ON archive.attachment (case_id, id);
CREATE INDEX ix_attachment_task_id ON archive.attachment (task_id);
CREATE INDEX ix_attachment_comment_id ON archive.attachment (comment_id);
""",
}


def _made(working: MetaData) -> Iterator[str]:
    """The schema, and each table with the keys of the working one, beside it where that goes along, too."""
    yield f"CREATE SCHEMA {SCHEMA};"
    for name, indexes in TABLES.items():
        table = working.tables[name]
        keys = [f"CONSTRAINT {table.primary_key.name} PRIMARY KEY ({', '.join(table.primary_key.columns.keys())})"]
        keys += [_refers(each) for each in table.foreign_key_constraints]
        yield f"CREATE TABLE {SCHEMA}.{name} ({', '.join(keys)}) INHERITS (public.{name});"
        yield indexes


def _refers(key: ForeignKeyConstraint) -> str:
    to, schema = key.referred_table.name, SCHEMA if key.referred_table.name in TABLES else "public"
    own, theirs = ", ".join(key.column_keys), ", ".join(each.column.name for each in key.elements)
    gone = f" ON DELETE {key.ondelete}" if key.ondelete else ""
    return f'CONSTRAINT {key.name} FOREIGN KEY ({own}) REFERENCES {schema}."{to}" ({theirs}){gone}'


@event.listens_for(Base.metadata, "after_create")
def _make(target: MetaData, connection: Any, **_: Any) -> None:
    """Where all tables of the models are made, those of the archive are."""
    connection.execute(DDL("\n".join([*_made(target), noted(SCHEMA)]).replace("%", "%%")))  # type: ignore[no-untyped-call]
