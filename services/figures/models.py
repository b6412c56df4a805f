"""What is kept of days that are over, which days these are, and what changed of them since.

Of each office and day stands what happened from the first of the month until then: a period is the difference of two
rows, however long it is. What a row holds is said in `counting`. A trigger notes each change of a day that is kept
or about to be, in the transaction that changes it: `keeping` counts that day of that office anew.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import DDL, BigInteger, Identity, Index, Text, event
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.db import Base

Tree = dict[str, Any]


class FigureDay(Base):
    """A day whose figures are kept, or will be: from when to when it went, on the region's clock."""

    __tablename__ = "figure_day"
    __table_args__ = (Index("ix_figure_day_begins", "begins", "ends"),)

    on: Mapped[date] = mapped_column(primary_key=True)
    begins: Mapped[datetime]
    ends: Mapped[datetime]
    #: PostgreSQL's number of the first transaction that surely saw this row: with the last one before it at its end,
    #: nothing of the day can come in unnoticed
    fence: Mapped[int | None]
    counted_at: Mapped[datetime | None]
    #: by which of the region's rules; others, and it is counted anew
    rules: Mapped[str] = mapped_column(default="", server_default="")


class FigureChanged(Base):
    """Something of that office and day changed after it was closed: rows that are only added, and taken away when the
    day was counted anew, so that none hides behind another's transaction."""

    __tablename__ = "figure_changed"
    __table_args__ = (Index("ix_figure_changed_on", "on", "office_key"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    office_key: Mapped[str]
    on: Mapped[date]


class FigureOffice(Base):
    """An office that has figures, and among which kind of offices these are added up; what it is now may differ."""

    __tablename__ = "figure_office"

    office_key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    kind: Mapped[str]


class FigureKept(Base):
    """What happened at one office from the first of the month to the end of that day; no row of a day without.

    The same of all offices of a kind together, under the kind's name after a star.
    """

    __tablename__ = "figure_kept"

    office_key: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    counts: Mapped[Tree] = mapped_column(JSONB)
    times: Mapped[Tree] = mapped_column(JSONB)


class FigureNow(Base):
    """What the worker counted a moment ago of what changes all the time (`now`): under its name, and of which day."""

    __tablename__ = "figure_now"

    what: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    on: Mapped[date]
    counted_at: Mapped[datetime]
    found: Mapped[Tree] = mapped_column(JSONB)


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
_OF_TASK = (
    "office_key", "instance_id", "process", "element", "name", "step", "code", "role", "message", "due_at",
    "due_default", "done_at", "outcome", "worked_s", "term_s", "clock_goes_on",
)  # fmt: skip
_OF_CASE = (
    "number", "office_key", "body_key", "opened_at", "closed_at", "outcome", "rounds", "outer_stopped_at",
    "outer_due_at", "outer_default", "assigned_until", "plays",
)  # fmt: skip
_OF_ANSWER = ("case_id", "form", "answers", "given_at")
_BOTH = ("NEW", "OLD")


def _row(which: str, columns: tuple[str, ...]) -> str:
    return f"({', '.join(f'{which}.{each}' for each in columns)})"


def _differ(columns: tuple[str, ...]) -> str:
    return f"{_row('OLD', columns)} IS DISTINCT FROM {_row('NEW', columns)}"


def _triggers(table: str, function: str, **when: str) -> str:
    """After each of INSERT, UPDATE, DELETE that is named, where that is so."""
    return "".join(
        f"CREATE TRIGGER figures_{what} AFTER {what} ON {table} FOR EACH ROW WHEN ({so}) "
        f"EXECUTE FUNCTION {function}();\n"
        for what, so in when.items()
    )


def _is(*columns: str) -> str:
    return " OR ".join(f"{each} IS NOT NULL" for each in columns)


def noted(schema: str) -> str:
    """The triggers of tables that the archive has, too, in that schema."""
    done, given = f"({_is('OLD.done_at', 'NEW.done_at')}) AND {_differ(_OF_TASK)}", _differ(_OF_ANSWER)
    task = {"insert": _is("NEW.done_at"), "update": done, "delete": _is("OLD.done_at")}
    answer = {"insert": _is("NEW.answers"), "update": given, "delete": _is("OLD.answers")}
    return _triggers(f"{schema}.task", "figures_of_task", **task) + _triggers(
        f"{schema}.answer", "figures_of_answer", **answer
    )


def of_working_tables() -> str:
    """All triggers of the working tables."""
    new, old = (_is(*(f"{which}.{each}" for each in ("number", "closed_at", "assigned_until"))) for which in _BOTH)
    case = _triggers('public."case"', "figures_of_case", insert=new, update=_differ(_OF_CASE), delete=old)
    follows = "{}.relation = 'follows'".format
    related = _triggers("public.related_case", "figures_of_related", insert=follows("NEW"), delete=follows("OLD"))
    return case + related + noted("public")


def _made(ddl: str) -> DDL:
    return DDL(ddl.replace("%", "%%"))  # type: ignore[no-untyped-call]


@event.listens_for(Base.metadata, "after_create")
def _note(target: Any, connection: Any, **_: Any) -> None:
    """Where all tables of the models are made, changes of what is kept are noted; the archive's come after."""
    connection.execute(_made(FUNCTIONS + of_working_tables()))
