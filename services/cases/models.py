"""A running application: the case, its process instances, and the places where they wait."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
    BindParameter,
    CheckConstraint,
    ColumnElement,
    ForeignKey,
    Identity,
    Index,
    Text,
    TypeDecorator,
    UniqueConstraint,
    func,
    text,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from services.db import Base

OPEN = text("closed_at IS NULL")
RUNS = text("assigned_until IS NOT NULL")
ORDER = ("urgent_at", "id")
#: outcome of a step that was done before Komek: whoever it is named for did it
ON_PAPER = "taken_over"
#: of a task whose diagram says nothing of it, as in Camunda 7
PRIORITY = 50
#: what people have to do, and other steps of the act. An index whose rows are chosen by these very words serves only
#: statements that say them (`is_step`): no list of the inbox is ever read by it, though it stands in the same order
STEP = "((waits_for = 'person'::text OR step <> ''::text) IS TRUE)"

OPEN_TO_PEOPLE = "closed_at IS NULL AND waits_for = 'person'::text"
#: what of a task says who can work on it, by which nothing is told apart from nothing, and lists of people by digests
#: of eight bytes: a list may be longer than a line of an index
WHOSE = (
    "office_key",
    "role",
    text("COALESCE(assignee_id, 0::bigint)"),
    text("COALESCE(hash_array_extended(candidates, 0::bigint), 0::bigint)"),
    text("COALESCE(hash_array_extended(not_by, 0::bigint), 0::bigint)"),
)


class FoundBy(TypeDecorator[list[str]]):
    """Keys by which a row is found (finding.py), as one index keeps them."""

    impl = TSVECTOR
    cache_ok = True

    def bind_expression(self, bindparam: BindParameter[list[str]]) -> ColumnElement[list[str]]:
        return func.array_to_tsvector(type_coerce(bindparam, ARRAY(Text)), type_=TSVECTOR)


class Case(Base):
    """One application for assistance, from its opening to its outcome."""

    __tablename__ = "case"
    __table_args__ = (
        Index("ix_case_office_opened", "office_key", "opened_at", "id"),
        Index("ix_case_body_opened", "body_key", "opened_at", "id"),
        Index("ix_case_running", "region", "id", postgresql_where=OPEN),
        Index("ix_case_number", "number", unique=True, postgresql_where=text("number IS NOT NULL")),
        # for the boards: what is open by the whole service's term, what was finished in a period
        Index(
            "ix_case_elsewhere",
            "body_key",
            "outer_due_at",
            postgresql_where=text(f"{OPEN} AND outer_stopped_at IS NULL AND at_body = 0"),
        ),
        Index("ix_case_stopped", "id", postgresql_where=text(f"{OPEN} AND stopped_since IS NOT NULL")),
        Index("ix_case_body_closed", "body_key", "closed_at", postgresql_where=text("closed_at IS NOT NULL")),
        Index("ix_case_body_assigned", "body_key", "assigned_until", "id", postgresql_where=RUNS),
        # of what another office took in than the body; what is one's own is found by the body
        Index(
            "ix_case_office_assigned",
            "office_key",
            "assigned_until",
            "id",
            postgresql_where=text("assigned_until IS NOT NULL AND office_key <> body_key"),
        ),
        Index("ix_case_open_edition", "edition", postgresql_where=text(f"{OPEN} AND plays IS NULL")),
        Index(None, "found_by", postgresql_using="gin"),
        # what goes into the archive next, the first closed first
        Index(
            "ix_case_kept_at_hand",
            "closed_at",
            "id",
            postgresql_where=text("closed_at IS NOT NULL AND archived_at IS NULL"),
        ),
        # what may be destroyed next, archived or not: nothing of what was
        Index(
            "ix_case_closed",
            "closed_at",
            "id",
            postgresql_where=text("closed_at IS NOT NULL AND plays IS NULL AND destroyed_at IS NULL"),
        ),
        Index("ix_case_archived", "archived_at", "id", postgresql_where=text("archived_at IS NOT NULL")),
        CheckConstraint("archived_at IS NULL OR closed_at IS NOT NULL", "archived_is_closed"),
        CheckConstraint("(archived_at IS NULL) = (archived_years IS NULL)", "archived_by_a_term"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    route: Mapped[str]
    region: Mapped[str]
    #: of the region's act, by which it lives from its acceptance to its end; none: the first
    edition: Mapped[int | None] = mapped_column(ForeignKey("edition.id"))
    #: where it was taken in: the body itself, or a PSC
    office_key: Mapped[str]
    #: the authorised body that decides
    body_key: Mapped[str]
    #: the first number it was given, by which people call it; none before it is registered
    number: Mapped[str | None] = mapped_column(Text(collation="C"))
    opened_at: Mapped[datetime]
    opened_by_id: Mapped[int]
    #: of the form that opened it: the same form sent twice opens one case
    open_key: Mapped[str] = mapped_column(unique=True)
    #: of a rehearsal: the office that it plays; it stands at the designers' own, where no list of real work looks
    plays: Mapped[str | None]
    #: last moment of the whole service (R-TOTAL), and when its clock stopped
    outer_due_at: Mapped[datetime]
    outer_default: Mapped[bool]
    outer_stopped_at: Mapped[datetime | None]
    #: version of the calendar that the last moment was counted in
    outer_calendar: Mapped[str] = mapped_column(default="")
    #: why people stopped its clocks and let them run again, in order: the journal, which is never erased, has the place
    why_stopped: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default=text("'[]'"))
    #: lawful stops that are over, as [since, until]; and since when the clocks stand still now, if they do
    stops: Mapped[list[list[str]]] = mapped_column(JSONB, default=list)
    stopped_since: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    outcome: Mapped[str | None]
    #: first and last day of what it grants, from its signature on; and when the applicant was told to confirm it anew
    assigned_from: Mapped[date | None]
    assigned_until: Mapped[date | None]
    recheck_told_at: Mapped[datetime | None]
    #: how often it was returned for supplement
    rounds: Mapped[int] = mapped_column(default=0)
    #: messages that nobody waited for yet
    kept: Mapped[int] = mapped_column(default=0)
    #: places where it waits at the body that decides: none, and it is with others
    at_body: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    version: Mapped[int] = mapped_column(default=1)
    #: every number it was given, as the search finds it, each key with the office in front that finds it
    found_by: Mapped[str] = mapped_column(TSVECTOR, server_default=text("''"), deferred=True)
    #: since when all its other rows lie in the archive (services/archive), and after how many years from its closing
    archived_at: Mapped[datetime | None]
    archived_years: Mapped[int | None]
    #: when it was last taken out of it again: its time counts anew from there
    taken_out_at: Mapped[datetime | None]
    #: since when only its number, its days, its outcome and its journal are left (services/retention)
    destroyed_at: Mapped[datetime | None]


class Related(Base):
    """One case that has to do with an earlier one, and how: `repeats`, `joined`, `follows`."""

    __tablename__ = "related_case"
    __table_args__ = (Index(None, "to_id"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    to_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(primary_key=True)


class Applicant(Base):
    """Who asks for assistance. Personal data, apart from everything else."""

    __tablename__ = "applicant"
    __table_args__ = (Index(None, "found_by", postgresql_using="gin"),)

    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    #: the case's offices
    office_key: Mapped[str]
    body_key: Mapped[str]
    surname: Mapped[str]
    given_name: Mapped[str]
    patronymic: Mapped[str]
    iin: Mapped[str]
    address: Mapped[str]
    phone: Mapped[str]
    phone_raw: Mapped[str]
    language: Mapped[str]
    #: who applied for them by a power of attorney, as the contract's Representative says it; days in ISO
    representative: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    sort_key: Mapped[str] = mapped_column(Text(collation="C"))
    #: what the search finds this person by, each key with the office in front that finds it
    found_by: Mapped[list[str]] = mapped_column(FoundBy, deferred=True)
    #: of the digest by which the journal attests it (attested.py); none of what was written before it did
    salt: Mapped[bytes | None] = mapped_column(deferred=True)


class Instance(Base):
    """A process instance: one pool of one case. Its state is bytes that only the engine reads."""

    __tablename__ = "process_instance"
    __table_args__ = (
        Index(None, "case_id"),
        Index(None, "office_key", "started_at"),
        # for the designers: how many cases run under a version
        Index(
            "ix_process_instance_running",
            "definition_id",
            postgresql_where=text("finished_at IS NULL AND plays IS NULL"),
        ),
        Index(None, "number", unique=True, postgresql_where=text("number IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    definition_id: Mapped[int] = mapped_column(ForeignKey("process_definition.id"))
    office_key: Mapped[str]
    plays: Mapped[str | None]  #: of a rehearsal: the office whose pool it plays
    #: of the case in that office's own register; none when it keeps none, or has not registered it yet
    number: Mapped[str | None] = mapped_column(Text(collation="C"))
    state: Mapped[bytes]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    #: ids of the elements a token went through, "process/element", for the picture
    passed: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    #: what was decided by tables, in order: which rules fired, on which values (decided.py)
    decided: Mapped[list[dict[str, object]]] = mapped_column(JSONB, default=list, server_default=text("'[]'::jsonb"))
    #: staff who decide nothing in it: they made the decision that it looks at again
    not_by: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    salt: Mapped[bytes | None] = mapped_column(deferred=True)  #: as an applicant's


class Task(Base):
    """A place where an instance waits or waited: for somebody or something outside of it."""

    __tablename__ = "task"
    __table_args__ = (
        CheckConstraint(
            "waits_for IN ('person', 'operation', 'message', 'timer', 'signal', 'condition')", name="waits_for"
        ),
        CheckConstraint("(done_at IS NULL) OR (closed_at IS NOT NULL)", name="done_is_closed"),
        Index("ix_task_case", "case_id", "seq"),
        Index("ix_task_case_open", "case_id", postgresql_where=OPEN),
        Index("ix_task_instance_open", "instance_id", postgresql_where=OPEN),
        # one index for each list of the inbox, in that list's order
        Index("ix_task_free", "office_key", "role", *ORDER, postgresql_where=text(f"{OPEN} AND assignee_id IS NULL")),
        Index("ix_task_of_role", "office_key", "role", *ORDER, postgresql_where=OPEN),
        # for the boards; a list of the inbox that walked it would read all that is open at the office
        Index("ix_task_of_office", "office_key", *ORDER, postgresql_where=text(f"{OPEN} AND {STEP}")),
        Index("ix_task_mine", "assignee_id", "office_key", *ORDER, postgresql_where=OPEN),
        Index("ix_task_to_record", "office_key", "recorder", *ORDER, postgresql_where=OPEN),
        # those of which the diagram says more: few, so that no other task pays for it
        Index(
            "ix_task_candidates",
            "candidates",
            postgresql_using="gin",
            postgresql_where=text("closed_at IS NULL AND candidates IS NOT NULL"),
        ),
        Index(
            "ix_task_not_by",
            "not_by",
            postgresql_using="gin",
            postgresql_where=text("closed_at IS NULL AND not_by IS NOT NULL"),
        ),
        Index(
            "ix_task_priority",
            "office_key",
            text("(- priority)"),
            *ORDER,
            postgresql_where=text(f"closed_at IS NULL AND priority <> {PRIORITY}"),
        ),
        Index(
            "ix_task_follow_up",
            "office_key",
            "follow_up_at",
            *ORDER,
            postgresql_where=text("closed_at IS NULL AND follow_up_at IS NOT NULL"),
        ),
        # who can work on it: the administrators' pages step from one kind to the next (pages/oversight.py)
        Index("ix_task_whose", *WHOSE, postgresql_where=text(OPEN_TO_PEOPLE)),
        # of what has no role, what waits for a person
        Index(
            "ix_task_of_named",
            "office_key",
            *ORDER,
            postgresql_where=text("closed_at IS NULL AND role = ''::text AND waits_for = 'person'::text"),
        ),
        Index(
            "ix_task_message", "case_id", "message", postgresql_where=text("closed_at IS NULL AND message IS NOT NULL")
        ),
        # results at a counter, as the desk lists them for whoever issues them
        Index(
            "ix_task_ready",
            "office_key",
            "role",
            "opened_at",
            "id",
            postgresql_where=text("message = 'applicant.came'::text AND closed_at IS NULL AND assignee_id IS NULL"),
        ),
        Index("ix_task_signal", "signal", postgresql_where=text("closed_at IS NULL AND signal IS NOT NULL")),
        # what the boards count of it stands in the index
        Index(
            "ix_task_done_at",
            "office_key",
            "done_at",
            postgresql_where=text("done_at IS NOT NULL"),
            postgresql_include=["done_by_id", "role", "waits_for"],
        ),
        # for the boards' lists of late steps: `was_late` of services/figures, word for word
        Index("ix_task_late", "office_key", "done_at", postgresql_where=text("done_at > due_at AND NOT clock_goes_on")),
        Index("ix_task_own_draft", "done_at", "id", postgresql_where=text("conflict_reason <> ''")),
        Index(
            "ix_task_done",
            "done_by_id",
            "done_at",
            "id",
            postgresql_where=text("done_at IS NOT NULL"),
            postgresql_include=["office_key", "role", "waits_for"],
        ),
    )

    id: Mapped[str] = mapped_column(Text(collation="C"), primary_key=True)
    #: the order in which they opened, also within one moment
    seq: Mapped[int] = mapped_column(BigInteger, Identity())
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    instance_id: Mapped[int] = mapped_column(ForeignKey("process_instance.id"))
    stop_id: Mapped[str]
    process: Mapped[str]
    element: Mapped[str]
    name: Mapped[str]
    waits_for: Mapped[str]
    #: neutral step key of the diagram, and the act's code of it on this route
    step: Mapped[str]
    code: Mapped[str]
    clause: Mapped[str]
    office_key: Mapped[str]
    role: Mapped[str]
    #: a second role that may record on paper what the first one did
    recorder: Mapped[str | None]
    form: Mapped[str | None]
    operation: Mapped[str | None]
    #: name of the message it waits for
    message: Mapped[str | None]
    #: name of the signal it waits for
    signal: Mapped[str | None]
    inputs: Mapped[dict[str, object]] = mapped_column(JSONB, default=dict)
    #: who works on it: named by the diagram, or the one who claimed it
    assignee_id: Mapped[int | None]
    #: named by the diagram (the head's resolution), so not to be given back
    named: Mapped[bool] = mapped_column(default=False)
    #: staff whom the diagram names beside the role; with no role, nobody else may take it
    candidates: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    #: staff who may not do it, nor anybody in their place: they decided before, and somebody else decides now
    not_by: Mapped[list[int] | None] = mapped_column(ARRAY(BigInteger))
    #: what the diagram says: how urgent, and when to look at it again
    priority: Mapped[int] = mapped_column(default=PRIORITY, server_default=text(str(PRIORITY)))
    follow_up_at: Mapped[datetime | None]
    opened_at: Mapped[datetime]
    #: consecutive steps with one code share one clock
    clock_started_at: Mapped[datetime]
    rule: Mapped[str]
    due_at: Mapped[datetime | None]
    due_default: Mapped[bool] = mapped_column(default=False)
    #: version of the calendar that it was counted in
    calendar: Mapped[str] = mapped_column(default="")
    #: the earlier of its own and the case's due moment: the order of every list
    urgent_at: Mapped[datetime]
    round: Mapped[int] = mapped_column(default=1)
    closed_at: Mapped[datetime | None]
    done_at: Mapped[datetime | None]
    done_by_id: Mapped[int | None]
    #: whose deputy did it, and by which order
    done_for_id: Mapped[int | None]
    done_order: Mapped[str] = mapped_column(default="")
    outcome: Mapped[str | None]
    outputs: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    delay_reason: Mapped[str] = mapped_column(default="")
    #: why whoever drafted the answer signed it themself, where the region allows that
    conflict_reason: Mapped[str] = mapped_column(default="")
    submit_key: Mapped[str | None]
    #: the reason of the administrator who settled it by hand
    why: Mapped[str] = mapped_column(default="", server_default="")
    #: seconds of the office's working time between its opening and its closing, and in the whole term of its clock:
    #: kept when it closes, so that no board counts working hours by the thousand
    worked_s: Mapped[int | None]
    term_s: Mapped[int | None]
    #: its clock runs on in the step after it: the term is kept, or not, there
    clock_goes_on: Mapped[bool] = mapped_column(default=False, server_default=text("false"))

    case: Mapped[Case] = relationship(lazy="raise")


class ExternalTask(Base):
    """An operation that no plugin answers: it waits for whoever fetches it. The row goes when the task closes."""

    __tablename__ = "external_task"
    __table_args__ = (
        Index(
            "ix_external_task_free", "topic", "rehearsal", "created_at", "task_id",
            postgresql_where=text("retries IS NULL OR retries > 0"),
        ),
        Index(None, "created_at", "task_id"),
    )  # fmt: skip

    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(Text(collation="C"))
    #: of a rehearsal: it is for designers who try a worker out, never for the workers of real cases
    rehearsal: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    #: who works on it, by its account and the name that the worker gives itself, and until when nobody else gets it
    owner_id: Mapped[int | None]
    worker_id: Mapped[str | None]
    locked_until: Mapped[datetime | None]
    #: how often it is still tried; not counted before it failed once, and none left is an incident
    retries: Mapped[int | None]
    error_message: Mapped[str | None]
    error_details: Mapped[str | None]

    task: Mapped[Task] = relationship(lazy="raise")


class Comment(Base):
    """What somebody said of a case, read at their office alone. Personal data: never in the journal or the log."""

    __tablename__ = "comment"
    __table_args__ = (Index(None, "case_id", "id"), UniqueConstraint("case_id", "written_by_id", "key"))

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id", ondelete="CASCADE"))
    office_key: Mapped[str]
    text: Mapped[str]
    written_at: Mapped[datetime]
    written_by_id: Mapped[int]
    #: of the form as it was drawn: the same form sent twice is one comment
    key: Mapped[str]


class Answer(Base):
    """What a person wrote in a task's form: kept while it is a draft, then as it was given. Personal data."""

    __tablename__ = "answer"
    __table_args__ = (Index(None, "case_id", "form", "given_at"),)

    task_id: Mapped[str] = mapped_column(ForeignKey("task.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    form: Mapped[str]
    draft: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    draft_at: Mapped[datetime | None]
    answers: Mapped[dict[str, object] | None] = mapped_column(JSONB(none_as_null=True))
    given_at: Mapped[datetime | None]
    salt: Mapped[bytes | None] = mapped_column(deferred=True)  #: as an applicant's


class Message(Base):
    """A message that came before anybody waited for it. It is kept, shown, and delivered when somebody does."""

    __tablename__ = "message"
    __table_args__ = (Index(None, "case_id", postgresql_where=text("delivered_at IS NULL")),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    name: Mapped[str]
    payload: Mapped[dict[str, object]] = mapped_column(JSONB)
    kept_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
