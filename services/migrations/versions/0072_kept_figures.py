"""Figures of days that are over: kept day by day, and what changes of such a day is noted.

Revision ID: 0072_kept_figures
Revises: 0065_named_alone
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from services import db

revision = "0072_kept_figures"
down_revision = "0065_named_alone"
branch_labels = None
depends_on = None

_MARKS = "it adds a mark in a table of its own, and changes nothing of the row"
harmless = {
    f"trigger {table}.figures_{what}": _MARKS
    for table in ("task", "answer", '"case"', "related_case", "archive.task", "archive.answer")
    for what in ("insert", "update", "delete")
}
FUNCTIONS = """
CREATE FUNCTION figures_changed_at(office text, at timestamptz) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figure_changed (office_key, "on") SELECT office, found."on"
    FROM (SELECT d."on", d.ends FROM figure_day d WHERE d.begins <= at ORDER BY d.begins DESC LIMIT 1) found
    WHERE at < found.ends;
END $$;
CREATE FUNCTION figures_changed_on(office text, whole date) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO figure_changed (office_key, "on") SELECT office, d."on" FROM figure_day d WHERE d."on" = whole;
END $$;
CREATE FUNCTION figures_of_task() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' THEN PERFORM figures_changed_at(OLD.office_key, OLD.done_at); END IF;
    IF TG_OP <> 'DELETE' THEN PERFORM figures_changed_at(NEW.office_key, NEW.done_at); END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_case() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE was "case"; is_now "case";
BEGIN
    IF TG_OP <> 'INSERT' THEN was := OLD; END IF;
    IF TG_OP <> 'DELETE' THEN is_now := NEW; END IF;
    IF (was.number IS NULL, was.office_key, was.body_key, was.opened_at)
       IS DISTINCT FROM (is_now.number IS NULL, is_now.office_key, is_now.body_key, is_now.opened_at) THEN
        IF was.number IS NOT NULL THEN PERFORM figures_changed_at(was.body_key, was.opened_at); END IF;
        IF is_now.number IS NOT NULL THEN PERFORM figures_changed_at(is_now.body_key, is_now.opened_at); END IF;
    END IF;
    IF (was.office_key, was.body_key, was.closed_at, was.outcome, was.rounds, was.outer_stopped_at, was.outer_due_at,
        was.outer_default)
       IS DISTINCT FROM (is_now.office_key, is_now.body_key, is_now.closed_at, is_now.outcome, is_now.rounds,
                         is_now.outer_stopped_at, is_now.outer_due_at, is_now.outer_default) THEN
        PERFORM figures_changed_at(was.body_key, was.closed_at);
        PERFORM figures_changed_at(is_now.body_key, is_now.closed_at);
    END IF;
    IF (was.office_key, was.body_key, was.closed_at IS NULL, was.outcome, was.assigned_until, was.plays)
       IS DISTINCT FROM (is_now.office_key, is_now.body_key, is_now.closed_at IS NULL, is_now.outcome,
                         is_now.assigned_until, is_now.plays) THEN
        PERFORM figures_changed_on(was.body_key, was.assigned_until);
        PERFORM figures_changed_on(is_now.body_key, is_now.assigned_until);
    END IF;
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_related() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE followed bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN followed := OLD.to_id; ELSE followed := NEW.to_id; END IF;
    PERFORM figures_changed_on(c.body_key, c.assigned_until) FROM "case" c
    WHERE c.id = followed AND c.assigned_until IS NOT NULL;
    RETURN NULL;
END $$;
CREATE FUNCTION figures_of_answer() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE whose bigint;
BEGIN
    IF TG_OP = 'DELETE' THEN whose := OLD.case_id; ELSE whose := NEW.case_id; END IF;
    PERFORM figures_changed_at(c.body_key, c.closed_at) FROM "case" c
    WHERE c.id = whose AND c.closed_at IS NOT NULL;
    RETURN NULL;
END $$;
"""
TRIGGERS = """
CREATE TRIGGER figures_insert AFTER insert ON public."case" FOR EACH ROW WHEN (NEW.number IS NOT NULL OR
    NEW.closed_at IS NOT NULL OR NEW.assigned_until IS NOT NULL) EXECUTE FUNCTION figures_of_case();
CREATE TRIGGER figures_update AFTER update ON public."case" FOR EACH ROW WHEN ((OLD.number, OLD.office_key,
    OLD.body_key, OLD.opened_at, OLD.closed_at, OLD.outcome, OLD.rounds, OLD.outer_stopped_at, OLD.outer_due_at,
    OLD.outer_default, OLD.assigned_until, OLD.plays) IS DISTINCT FROM (NEW.number, NEW.office_key, NEW.body_key,
    NEW.opened_at, NEW.closed_at, NEW.outcome, NEW.rounds, NEW.outer_stopped_at, NEW.outer_due_at,
    NEW.outer_default, NEW.assigned_until, NEW.plays)) EXECUTE FUNCTION figures_of_case();
CREATE TRIGGER figures_delete AFTER delete ON public."case" FOR EACH ROW WHEN (OLD.number IS NOT NULL OR
    OLD.closed_at IS NOT NULL OR OLD.assigned_until IS NOT NULL) EXECUTE FUNCTION figures_of_case();
CREATE TRIGGER figures_insert AFTER insert ON public.related_case FOR EACH ROW WHEN (NEW.relation = 'follows')
    EXECUTE FUNCTION figures_of_related();
CREATE TRIGGER figures_delete AFTER delete ON public.related_case FOR EACH ROW WHEN (OLD.relation = 'follows')
    EXECUTE FUNCTION figures_of_related();
CREATE TRIGGER figures_insert AFTER insert ON public.task FOR EACH ROW WHEN (NEW.done_at IS NOT NULL) EXECUTE
    FUNCTION figures_of_task();
CREATE TRIGGER figures_update AFTER update ON public.task FOR EACH ROW WHEN ((OLD.done_at IS NOT NULL OR NEW.done_at
    IS NOT NULL) AND (OLD.office_key, OLD.instance_id, OLD.process, OLD.element, OLD.name, OLD.step, OLD.code,
    OLD.role, OLD.message, OLD.due_at, OLD.due_default, OLD.done_at, OLD.outcome, OLD.worked_s, OLD.term_s,
    OLD.clock_goes_on) IS DISTINCT FROM (NEW.office_key, NEW.instance_id, NEW.process, NEW.element, NEW.name,
    NEW.step, NEW.code, NEW.role, NEW.message, NEW.due_at, NEW.due_default, NEW.done_at, NEW.outcome, NEW.worked_s,
    NEW.term_s, NEW.clock_goes_on)) EXECUTE FUNCTION figures_of_task();
CREATE TRIGGER figures_delete AFTER delete ON public.task FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE
    FUNCTION figures_of_task();
CREATE TRIGGER figures_insert AFTER insert ON public.answer FOR EACH ROW WHEN (NEW.answers IS NOT NULL) EXECUTE
    FUNCTION figures_of_answer();
CREATE TRIGGER figures_update AFTER update ON public.answer FOR EACH ROW WHEN ((OLD.case_id, OLD.form, OLD.answers,
    OLD.given_at) IS DISTINCT FROM (NEW.case_id, NEW.form, NEW.answers, NEW.given_at)) EXECUTE FUNCTION
    figures_of_answer();
CREATE TRIGGER figures_delete AFTER delete ON public.answer FOR EACH ROW WHEN (OLD.answers IS NOT NULL) EXECUTE
    FUNCTION figures_of_answer();
CREATE TRIGGER figures_insert AFTER insert ON archive.task FOR EACH ROW WHEN (NEW.done_at IS NOT NULL) EXECUTE
    FUNCTION figures_of_task();
CREATE TRIGGER figures_update AFTER update ON archive.task FOR EACH ROW WHEN ((OLD.done_at IS NOT NULL OR
    NEW.done_at IS NOT NULL) AND (OLD.office_key, OLD.instance_id, OLD.process, OLD.element, OLD.name, OLD.step,
    OLD.code, OLD.role, OLD.message, OLD.due_at, OLD.due_default, OLD.done_at, OLD.outcome, OLD.worked_s,
    OLD.term_s, OLD.clock_goes_on) IS DISTINCT FROM (NEW.office_key, NEW.instance_id, NEW.process, NEW.element,
    NEW.name, NEW.step, NEW.code, NEW.role, NEW.message, NEW.due_at, NEW.due_default, NEW.done_at, NEW.outcome,
    NEW.worked_s, NEW.term_s, NEW.clock_goes_on)) EXECUTE FUNCTION figures_of_task();
CREATE TRIGGER figures_delete AFTER delete ON archive.task FOR EACH ROW WHEN (OLD.done_at IS NOT NULL) EXECUTE
    FUNCTION figures_of_task();
CREATE TRIGGER figures_insert AFTER insert ON archive.answer FOR EACH ROW WHEN (NEW.answers IS NOT NULL) EXECUTE
    FUNCTION figures_of_answer();
CREATE TRIGGER figures_update AFTER update ON archive.answer FOR EACH ROW WHEN ((OLD.case_id, OLD.form, OLD.answers,
    OLD.given_at) IS DISTINCT FROM (NEW.case_id, NEW.form, NEW.answers, NEW.given_at)) EXECUTE FUNCTION
    figures_of_answer();
CREATE TRIGGER figures_delete AFTER delete ON archive.answer FOR EACH ROW WHEN (OLD.answers IS NOT NULL) EXECUTE
    FUNCTION figures_of_answer();
"""
TABLES = ("public.task", "public.answer", 'public."case"', "public.related_case", "archive.task", "archive.answer")
NAMES = (
    "figures_of_answer()", "figures_of_related()", "figures_of_case()", "figures_of_task()",
    "figures_changed_on(text, date)", "figures_changed_at(text, timestamptz)",
)  # fmt: skip


def upgrade() -> None:
    op.create_table(
        "figure_day",
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("begins", db.Moment(timezone=True), nullable=False),
        sa.Column("ends", db.Moment(timezone=True), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=True),
        sa.Column("counted_at", db.Moment(timezone=True), nullable=True),
        sa.Column("rules", sa.String(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("on", name=op.f("pk_figure_day")),
    )
    op.create_index("ix_figure_day_begins", "figure_day", ["begins", "ends"])
    op.create_table(
        "figure_changed",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("office_key", sa.String(), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_figure_changed")),
    )
    op.create_index("ix_figure_changed_on", "figure_changed", ["on", "office_key"])
    op.create_table(
        "figure_office",
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("office_key", name=op.f("pk_figure_office")),
    )
    op.create_table(
        "figure_kept",
        sa.Column("office_key", sa.Text(collation="C"), nullable=False),
        sa.Column("on", sa.Date(), nullable=False),
        sa.Column("counts", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("times", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("office_key", "on", name=op.f("pk_figure_kept")),
    )
    op.execute(FUNCTIONS)
    op.execute(TRIGGERS)


def downgrade() -> None:
    for table in TABLES:
        for what in ("insert", "update", "delete"):
            op.execute(f"DROP TRIGGER IF EXISTS figures_{what} ON {table}")
    for name in NAMES:
        op.execute(f"DROP FUNCTION {name}")
    for table in ("figure_kept", "figure_office", "figure_changed", "figure_day"):
        op.drop_table(table)
