"""What the screens are given to show: plain values, read in a handful of queries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from services import directory, documents, processes, telling
from services.asking import is_moving
from services.cases.lists.only import ALL, Only
from services.notices.models import Notice
from services.plugin import Applicant, Field, Form

if TYPE_CHECKING:
    from services.cases.comments import CommentLine
    from services.cases.decided import DecidedLine
    from services.cases.happening import Happening
    from services.cases.pages.entered import EnteredFacts
    from services.cases.pages.rehearsals import Known
    from services.cases.related import RelatedLine
    from services.cases.suspending import LawfulSuspension


@dataclass(frozen=True)
class DueView:
    """When something is due, and how sure that is."""

    at: datetime
    #: ended: that was in time; suspended: by law, the clock stands still
    status: Literal["on_time", "today", "overdue", "ended", "suspended"]
    rule: str  #: "R-WD(8)"
    clause: str  #: "N421/11a/direct/4", empty when the act says nothing
    default: bool  #: the date rests on a default: marked "not in the act" (I-48)
    clock: Literal["step", "outer"] = "step"
    task_id: str = ""  #: whose date it is: of a step
    case_id: int = 0
    edition: int | None = None  #: of the act, by which the case is told


@dataclass(frozen=True)
class InboxRow:
    """One line of a list: a step that waits, and what there is to know of its case."""

    task_id: str
    case_id: int
    number: str | None
    applicant: str  #: empty before the application is filled in
    route: str
    process: str  #: the name of its process, in Kazakh as drawn
    version: int | None  #: of that process, in a rehearsal
    title: str  #: of the step, in Kazakh as drawn; translated when shown
    code: str  #: the act's code of the step, D1 …
    due: DueView | None  #: the earlier of the step's and the case's
    holder: str | None  #: who has claimed it, or was named
    holder_id: int | None  #: the same person
    mine: bool
    may_claim: bool
    round: int  #: how often the case came back to this step; 1 the first time
    opened_at: datetime
    done_at: datetime | None = None
    outcome: str | None = None
    waits_for: str = "person"
    #: the message that would end this wait, when it is this person's to bring about
    message: str | None = None
    deputy: str = ""  #: who stands in for an absent holder
    stands_for: str = ""  #: the absent holder for whom this person has it in hand
    may_open: bool = True  #: the person's role looks at cases
    #: of a closed case: when, and as what
    closed_at: datetime | None = None
    ended_as: str | None = None
    archived: bool = False  #: it lies in the archive
    assigned_until: date | None = None  #: last day of what it grants, as far as the person may know it
    priority: int = 50  #: what the diagram says, as in Camunda 7; 50 when it says nothing
    follow_up_at: datetime | None = None
    role: str = ""  #: whose step it is; empty where the diagram names persons alone
    several: str = ""  #: what its form is called, where one set of answers may be given to several such tasks
    edition: int | None = None  #: of the act, by whose words the row speaks; None: the first


@dataclass(frozen=True)
class Counted:
    """A capped count: at most `CAP` rows were looked at."""

    value: int
    more: bool


@dataclass(frozen=True)
class InboxPage:
    """One page of a list of steps."""

    list: str
    rows: Sequence[InboxRow]
    counts: Mapping[str, Counted]  #: list -> how much is in it, capped far beyond an office's work
    next: str | None  #: cursor of the next page
    order: str = "due"
    orders: tuple[str, ...] = ("due",)  #: those that would change anything at this office
    only: Only = ALL  #: what of the list was asked for
    total: Counted = Counted(0, False)  #: how much of the list that is


@dataclass(frozen=True)
class StepLine:
    """One step of the case as it was done or stands: a line of the history's table, of /steps.json, and of print."""

    task_id: str
    key: str
    code: str
    title: str
    role: str
    office: str
    holder: str | None
    done_by: str | None
    started_at: datetime  #: when its clock began
    due: DueView | None
    done_at: datetime | None
    late: bool
    outcome: str | None
    outputs: tuple[str, ...]
    round: int
    cancelled: bool = False
    delay_reason: str = ""
    waits_for: str = "person"
    deputy: str = ""  #: who stands in for an absent holder
    done_for: str = ""  #: whose deputy did it
    done_order: str = ""  #: by which order
    conflict_reason: str = ""  #: why whoever drafted the answer signed it, too
    offered_to: tuple[str, ...] = ()  #: whom the diagram names beside the role
    holder_id: int | None = None  #: in whose hands it is
    priority: int = 50
    follow_up_at: datetime | None = None


@dataclass(frozen=True)
class KeptFrom:
    """An open step that decides anew: whom it keeps away, and who can do it."""

    title: str  #: in Kazakh as drawn
    role: str
    you: bool  #: whoever looks at the page is kept away
    decided: tuple[str, ...]  #: who made the decision before, by name
    can: tuple[tuple[str, bool], ...]  #: who can do it today: name, and whether they are absent
    ask: tuple[str, ...]  #: administrators, by name, where nobody can


@dataclass(frozen=True)
class PaperLine:
    """A paper of a case: what it is called, when and by whom it was made."""

    id: int
    item: str  #: "doc.talon"
    number: str
    made_at: datetime
    made_by: str
    copies: int  #: how often it was printed
    replaced_by: str = ""  #: of an answer: the number of the one that came in its place


@dataclass(frozen=True)
class HistoryLine:
    """A line of a case's history, in values."""

    at: datetime
    actor: str
    event: str  #: "case.task_completed"
    details: Mapping[str, object]
    what: str = ""  #: what a person told of the case, in Kazakh as drawn
    why: str = ""  #: the reason that was given
    for_name: str = ""  #: whose deputy did it
    order: str = ""


@dataclass(frozen=True)
class Incident:
    """What failed, in the words of whoever it was asked of."""

    job_id: int
    kind: str  #: timer, operation, or another kind of job
    what: str  #: "courier_handover.order"; else the kind
    title: str  #: of the place in the diagram, in Kazakh as drawn
    case_id: int | None
    number: str | None
    office_key: str | None
    since: datetime | None  #: None while it is still being tried
    next_at: datetime
    attempts: int
    message: str  #: English, with %(name)s placeholders
    details: Mapping[str, object]
    process: str = ""  #: where it is on the drawings
    element: str = ""
    may_set_right: bool = False  #: whoever looks may set right what hinders it, and let kept answers go on


@dataclass(frozen=True)
class IncidentPage:
    """One page of incidents."""

    rows: Sequence[Incident]
    kinds: Sequence[tuple[str, int]]  #: what failed, and how often
    next: str | None  #: cursor of the next page


@dataclass(frozen=True)
class Together:
    """The step after this one, when the same person does it on the same screen."""

    fields: Sequence[Field]
    submit: str


@dataclass(frozen=True)
class CustodyLine:
    """A paper of the case: where it is, and how it got there."""

    code: str
    kind: str  #: folder or result
    state: str
    office: str  #: key: where it was last scanned
    destination: str | None
    since: datetime
    events: Sequence["CustodyStep"]
    signature: str = ""  #: awaited, ink or key; empty for what nobody signs
    signer: str = ""  #: whose name stands under it
    may_confirm: bool = False  #: this person may say that it was signed: its step is over, and it is not signed
    may_take_back: bool = False  #: this person may say that it was not signed after all


@dataclass(frozen=True)
class CustodyStep:
    """Where a paper of a case was, since when and with whom."""

    at: datetime
    event: str
    point: str
    office: str
    who: str
    said: str = ""  #: why, in somebody's own words; or the code of the label that was put on
    #: when the computer at the counter says it happened, where that had no network and says another time
    happened_at: datetime | None = None


@dataclass(frozen=True)
class TaskForm:
    """The task that this person may work on now, and its form."""

    task_id: str
    title: str
    code: str
    step: str
    form_name: str
    form: Form
    fields: Sequence[Field]
    answers: Mapping[str, object]  #: what stands in the fields: the draft kept, else the initial answers
    hidden: frozenset[str]  #: fields that these answers hide
    preview: Mapping[str, object]
    may_complete: bool  #: claimed by this person
    may_claim: bool
    may_release: bool
    asks_delay_reason: bool
    recording: bool  #: this person records what another did on paper
    key: str  #: idempotency key of this form
    together: Together | None = None
    acting: directory.Appointed | None = None  #: as whose deputy this person works on it
    own_draft: bool = False  #: this person drafted what is to be signed here
    asks_conflict_reason: bool = False  #: the region lets them, with a reason
    shows: int | None = None  #: the paper that it is about, to look at
    gist: documents.Gist | None = None  #: what that paper says, in a few words
    edition: int | None = None  #: of the act, by which its case lives

    @property
    def asks_anew(self) -> bool:
        """Whether answers change how some of the fields are asked, or whether they are."""
        return any(is_moving(field) for field in self.fields)


@dataclass(frozen=True)
class TellingShown:
    """How the applicant agreed to be told, and what they were told: by language, and how it went."""

    agreed: telling.Agreed
    messages: Sequence[tuple[Mapping[str, str], telling.MessageLine]]
    may_withdraw: bool


@dataclass(frozen=True)
class AssignedLine:
    """From and to when what a case grants runs, and how it stands with its recheck."""

    first: date
    last: date
    due_on: date
    over: bool
    told_at: datetime | None


@dataclass(frozen=True)
class CasePage:
    """Everything that a case's page shows."""

    case_id: int
    number: str | None
    route: str
    office: str  #: where it was taken in
    body: str  #: the authorised body that decides
    applicant: Applicant | None
    opened_at: datetime
    closed_at: datetime | None
    outcome: str | None
    outer: DueView
    #: since when the clock of the whole case runs no more
    outer_stopped_at: datetime | None
    steps: Sequence[StepLine]
    open_steps: Sequence[StepLine]  #: what is next and who does it
    papers: Sequence[PaperLine]
    history: Sequence[HistoryLine]
    form: TaskForm | None
    rounds: int
    may_discard: bool
    process: str  #: id of the process whose diagram is shown first
    #: process id -> element id -> "active" | "done"
    markers: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    #: drawing -> the version it belongs to
    drawn_in: Mapping[str, int] = field(default_factory=dict)
    edition: int | None = None  #: of the act, by which it lives; none where no edition was ever deployed
    act: Mapping[str, str] = field(default_factory=dict)  #: that edition's row, when another one holds today
    runs_under: Sequence[processes.VersionLine] = ()  #: the versions its processes began under
    kept_from: Sequence[KeptFrom] = ()  #: steps that whoever decided before does not do
    #: its number at the other office, where that has a register of its own
    other_numbers: Sequence[tuple[str, str]] = ()  #: (office key, number)
    custody: Sequence[CustodyLine] = ()
    #: drawing -> element -> kind of the paper that is there: "folder" or "result"
    papers_drawn: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    may_tell_came: bool = False  #: the applicant is awaited, and this person stands at that counter
    lawful_suspensions: Sequence["LawfulSuspension"] = ()  #: for what this person may stop its clocks
    stopped_since: datetime | None = None  #: since when its clocks stand still, by law
    outside: Sequence[StepLine] = ()  #: where it waits for a program outside
    rehearsal: bool = False
    archived_at: datetime | None = None  #: since when it lies in the archive
    archived_years: int | None = None  #: and after how many years from its closing
    assigned: "AssignedLine | None" = None  #: from and to when what it grants runs, as far as this person may know it
    may_follow: bool = False  #: this person may begin the next application, and nobody has
    kept_until: date | None = None  #: of a closed case: how long its file is kept; nothing is deleted by itself
    waits: Sequence[StepLine] = ()  #: of a rehearsal: what its designer may end by hand
    variables: Sequence["Known"] = ()  #: of a rehearsal: what its processes know
    kept: Sequence[str] = ()  #: messages that nobody waits for yet
    by_itself: Sequence[Incident] = ()  #: what a worker does about it next
    incidents: Sequence[Incident] = ()  #: what a worker could not do, and what it tries again
    #: drawing -> element -> "incident" or "retried"
    incidents_drawn: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    entered: "EnteredFacts | None" = None  #: what was entered, as far as this person reads it
    decided: Sequence["DecidedLine"] = ()  #: by tables, as far as this person may know it
    happenings: Sequence["Happening"] = ()  #: what this person may tell of it: what happens off its usual way
    comments: Sequence["CommentLine"] = ()  #: of their office, the newest first
    reads_comments: bool = False
    may_comment: bool = False
    may_give_code: bool = False  #: a new secret code, to the applicant
    related: Sequence["RelatedLine"] = ()  #: cases that it has to do with, the earlier first
    told: Sequence[Notice] = ()  #: warned, overdue, escalated, of both clocks
    telling: "TellingShown | None" = None  #: how the applicant is told, for whoever reaches them; None: they are not
