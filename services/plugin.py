"""What a plugin is. This page is the whole contract; the folders in `plugins/` are its examples.

A plugin is a folder whose `__init__.py` says `plugin = Plugin(...)`. It sees this page, `services.errors`, and nothing
else of Komek. Files are found by their place in the folder: `bpmn/*.bpmn`, `bpmn/*.dmn`, `templates/<plugin>/*.html`,
`translations/`, `documents/*.typ`, and the tables of a region (`offices.csv`, `steps.csv`, `roles.csv`,
`documents.csv`, `grounds.csv`, `parameters.csv`, `region.toml`).

Two rules when several plugins have a file at one place: a document is replaced whole (the region's wins),
a table is laid over by key (the region's rows win).

One name joins five places: `folder.function` = operation = id of the element template = topic in the diagram = actor
in the history. The element templates of Camunda Modeler are made from what is declared here.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Generic, Literal, Protocol, TypeVar

from services.errors import KomekError

Outputs = Mapping[str, object]
Answers = Mapping[str, object]


@dataclass(frozen=True)
class DecidedRule:
    """A rule of a table that fired."""

    number: int  #: as drawn, from 1
    says: str  #: its description
    #: column, what the rule asks of it as written (empty: anything), the value that stood there
    conditions: Sequence[tuple[str, str, object]]
    #: the same questions in Kazakh, for papers: «кемінде 5»; empty where there are no good words
    asked: Sequence[str] = ()


@dataclass(frozen=True)
class DecidedTable:
    """A table that was asked, and which of its rules fired."""

    name: str
    rules: Sequence[DecidedRule]
    values: Sequence[tuple[str, object]]  #: column -> the value that stood there


class Decided(dict[str, object]):
    """What a decision says, by output name; `tables` say why."""

    def __init__(self, outputs: Outputs, tables: Sequence[DecidedTable]) -> None:
        super().__init__(outputs)
        self.tables = tables


class TemporaryFailure(KomekError):
    """This could not be done just now; trying again later may help."""


class BusinessError(KomekError):
    """A failure that the diagram knows how to treat, by a boundary error event with the same code."""

    def __init__(self, error_code: str, message: str | None = None, **details: object) -> None:
        super().__init__(message, **details)
        self.error_code = error_code


# ---------------------------------------------------------------- what a plugin is told


@dataclass(frozen=True)
class Applicant:
    """Who asks for assistance. Personal data: never in the journal, never in the log."""

    surname: str
    given_name: str
    patronymic: str = ""
    iin: str = ""  #: 12 digits, or empty: the act does not ask for it
    address: str = ""
    phone: str = ""  #: E.164, or empty
    phone_raw: str = ""  #: as it was typed
    language: str = "kk"  #: kk or ru: the second language of printed forms

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True)
class OfficeFacts:
    key: str
    name: str  #: in Kazakh, as printed on forms
    place_kind: str  #: "district" or "city": «ауданының» or «қаласының» on the notice (I-44)
    place: str  #: the district's or city's own name
    address: str = ""
    phone: str = ""  #: E.164, several parted by `;`
    phone_raw: str = ""  #: digit for digit as the act prints them, several parted by a comma: what papers and pages say
    register: str = "own"  #: "own", or "psc": a body that registers in the PSC's information system (I-46)


@dataclass(frozen=True)
class PersonFacts:
    id: int
    full_name: str
    roles: frozenset[str]  #: at the office they act for now
    phone: str = ""  #: E.164, or empty
    stands_for: str = ""  #: "…ның орнына, № … бұйрық бойынша": whose deputy they act as, by which order
    away: bool = False  #: the role is theirs, but today a deputy acts in it
    signs: bool = True  #: a deputy may be without the right to sign

    @property
    def signature(self) -> str:
        """The name as lists have it: a deputy's with whom it is for."""
        return f"{self.full_name} ({self.stands_for})" if self.stands_for else self.full_name


@dataclass(frozen=True)
class CaseFacts:
    """A case as a plugin may see it."""

    id: int
    route: str  #: "direct" or "psc"
    office: OfficeFacts  #: the one that acts now: its letterhead, its staff, its number series
    intake: OfficeFacts  #: the one that took the application in: the body itself, or a PSC
    body: OfficeFacts  #: the authorised body that decides
    opened_at: datetime
    outer_due_at: datetime  #: last moment of the whole service (R-TOTAL)
    number: str | None  #: in the register of the office that acts now, once it has one there; else of the intake
    applicant: Applicant | None
    #: form name -> the answers last given in it
    answers: Mapping[str, Answers]
    #: what the diagram's conditions see
    variables: Mapping[str, object]


@dataclass(frozen=True)
class Call:
    """A service task that waits to be carried out."""

    operation: str  #: "courier_handover.hand_over", as the diagram names it
    inputs: Mapping[str, object]  #: those that the operation declares, checked: the plugin can rely on them
    case: CaseFacts
    key: str  #: the same at every attempt: hand it on, so that nothing happens twice
    person: PersonFacts | None = None  #: whose click led here; None when a job did


class House(Protocol):
    """What an in-step operation may do, inside the click's transaction and never after it."""

    @property
    def now(self) -> datetime: ...

    def number(self, series: str) -> str:
        """The next number of that series, of the case's office and year: no gaps. Ask late: it is a lock.

        The first number a case gets is its own from then on (its business key).
        """

    def output(self, key: str) -> None:
        """Say what the step brought: "doc.talon", "fact.executor" …"""

    def due(self, key: str, start: datetime | None = None) -> datetime:
        """When the step with that key would be due if it began at `start` (now). Raises NotFound."""

    def titles(self, table: str) -> Mapping[str, str]:
        """Key -> Kazakh title of the rows of a region's table ("documents", "grounds" …)."""

    def paper(self, item: str, **content: object) -> None:
        """Make a paper ("doc.talon"): what it says is kept as given, and printed from that whenever asked."""

    def record(self, event: str, **details: object) -> None:
        """Write a line in the case's history. Ids and keys only, no personal data."""

    def track(self, paper: str, code: str, *, signer: int | None = None) -> None:
        """Put the case's "folder" or "result" under barcode control, at the office that acts now.

        With `signer`, whose name stands under it, it awaits that person's signature and goes nowhere before. Its paper
        is the one whose `outgoing_number` is the code; signed with a key, that paper says whose it is in `signature`
        (name, serial, issuer, until), and its PDF is kept.
        """

    def send(self, paper: str, *, originals: Sequence[str] = ()) -> None:
        """From now on that paper waits for the next courier: a folder to the body, a result to the intake office."""


InStep = Callable[[Call, House], Outputs]
Outbound = Callable[[Call], Outputs]

# ---------------------------------------------------------------- what is declared to designers and checked for them


@dataclass(frozen=True)
class Choice:
    key: str
    label: str
    help: str = ""
    wanted: bool = False  #: of `counts`: one is expected, and its absence is said


@dataclass(frozen=True)
class Input:
    """What a diagram tells an operation: an input parameter of its service task. Words are English msgids."""

    name: str
    #: an `expression` is anything that the diagram reckons: `${…}` or `=…`; the others may be typed as they are
    kind: Literal["text", "choice", "yes", "number", "expression"]
    label: str
    help: str = ""
    required: bool = False
    default: object = None  #: taken where the diagram says nothing
    choices: tuple[Choice, ...] = ()  #: of `choice`


@dataclass(frozen=True)
class Variable:
    """What a form or an operation puts before the diagram's conditions."""

    name: str
    kind: Literal["text", "choice", "yes", "number", "list", "context"]
    label: str
    choices: tuple[Choice, ...] = ()  #: the possible values of a `choice`
    always: bool = True  #: whether it is there whenever the form was filled in, or the operation done


@dataclass(frozen=True)
class ErrorCode:
    """A BusinessError that the operation may raise: the code of a boundary error event that treats it."""

    code: str
    label: str


Run = TypeVar("Run", bound=Callable[..., Outputs], covariant=True)


@dataclass(frozen=True)
class Operation(Generic[Run]):
    """What a service task with its name as topic does, and what a designer has to know of it."""

    run: Run
    title: str
    inputs: tuple[Input, ...] = ()
    outputs: tuple[Variable, ...] = ()
    errors: tuple[ErrorCode, ...] = ()
    help: str = ""


# ---------------------------------------------------------------- forms


@dataclass(frozen=True)
class AttachedFile:
    """A file of a case, without its bytes."""

    id: int
    name: str  #: as its sender called it; personal, like an answer
    media_type: str  #: image/jpeg or application/pdf
    size: int  #: bytes
    task: str | None  #: in which it was attached, and the question that it answers
    field: str | None
    given: bool  #: its step is done; until then it is only chosen

    def document(self, number: int) -> Mapping[str, object]:
        """As form-js writes documents, for variables: without its own name."""
        ending = self.name.rpartition(".")[2]
        name = f"{self.field or 'file'}-{number}.{ending}"
        meta = {"contentType": self.media_type, "fileName": name, "size": self.size}
        return {"documentId": str(self.id), "endpoint": f"/attachments/{self.id}", "metadata": meta}


def file_choices(files: Sequence[AttachedFile]) -> "tuple[Choice, ...]":
    """The choices of a field of kind `files`: `choices=file_choices(call.files("scans"))`."""
    return tuple(Choice(str(each.id), each.name, help=str(each.size)) for each in files)


Kind = Literal[
    "text", "long_text", "integer", "number", "money", "date", "choice", "choices", "yes", "counts", "rows", "phone",
    "iin", "note", "table", "reckoned", "time", "moment", "files", "picture", "documents",
]  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One line of `rows` as it is asked now."""

    at: int  #: its number, as it is sent: `members-2-name`
    columns: tuple["Field", ...]
    hidden: frozenset[str] = frozenset()  #: columns that their conditions hide

    def named(self, rows: str) -> list["Field"]:
        """The columns under the names by which a page sends them."""
        return [replace(column, name=f"{rows}-{self.at}-{column.name}") for column in self.columns]


@dataclass(frozen=True)
class Field:
    """One question of a form. Words are English msgids, or Kazakh ones of a region's table, translated when shown."""

    name: str
    kind: Kind
    label: str
    help: str = ""
    required: bool = False
    #: of `choice` and `choices`; the lines of `counts` (answer: key -> how many); `day` and `hour` of a `moment`, where
    #: they have names of their own
    choices: tuple[Choice, ...] = ()
    columns: tuple["Field", ...] = ()  #: of `rows` (answer: a list of dicts)
    #: characters of a text, lines of `rows`, value of a number, how many `files`
    maximum: int | float | None = None
    minimum: int | float | None = None
    autocomplete: str = "off"
    width: Literal["full", "two_thirds", "half", "third"] = "full"  #: of the form, where there is room
    #: shown only while that other field has one of those values: ("decision", ("refuse",))
    when: tuple[str, tuple[str, ...]] | None = None
    #: whether the answers given so far hide it: then it is neither asked nor kept. Pure; asked at every change
    hide: Callable[[Answers], bool] | None = None
    #: what is wrong with an answer that its kind allows, as a msgid; "" when nothing is
    fault: Callable[[object], str] | None = None
    readonly: bool = False  #: shown with its initial answer, never read from what was sent
    prefix: str = ""  #: before and after the field: a unit, a sign
    suffix: str = ""
    #: what stands in the placeholders of `help`: {"months": "3"} for %(months)s
    words: Mapping[str, str] = field(default_factory=dict)
    every: int = 15  #: of `time` and `moment`: minutes between the times that are offered
    half_day: bool = False  #: their clock is one of twice twelve hours
    #: how they are kept: as typed, with the office's offset (14:30+05:00), or in UTC (09:30Z)
    written: Literal["no_timezone", "utc_offset", "utc_normalized"] = "no_timezone"
    accept: str = ""  #: of `files`: which are asked for, as a file input says it: ".pdf, image/*"
    asked_at: datetime | None = None  #: when they are asked, on the clock in which they are typed
    exact: bool = False  #: of `number`: kept as a text, digit for digit: "12.50"
    offer: str = ""  #: the likeliest answer, put in by one press: nothing is attested until a hand did it
    contact: bool = False  #: how to reach the applicant: read afterwards only by the roles that need it
    finds: bool = False  #: a number of somebody else's (the post's) by which people look for the case later
    people: bool = False  #: its choices are staff of the office: the keys are their ids
    stands_out: bool = False  #: a remark or a reason: whoever decides is shown it first
    #: the same field as it is asked now: bounds, choices, words. Like `hide`: pure, asked at every change
    now: Callable[[Answers], "Field"] | None = None
    #: of `reckoned`: what it comes to now; never read from what was sent
    reckon: Callable[[Answers], object] | None = None
    seen: Callable[[object], object] | None = None  #: how those three see its answer; None: as it is
    #: puts what is known now into its words, once they are translated
    fill: Callable[[str], str] | None = None
    disabled: bool = False  #: shown with its initial answer, and gives none
    held: bool = False  #: another answer makes it read-only: what was typed before that is kept
    stands: object = None  #: the initial answer of what is not read
    #: of `rows`: the lines it begins with, whose read-only cells are kept; of `table`: its lines
    begins: Sequence[Mapping[str, object]] = ()
    fixed: bool = False  #: of `rows`: no line is added or taken away
    folds: int = 0  #: of `rows` and `table`: so many lines are seen at first; 0: all of them
    lines: tuple["Line", ...] = ()  #: of `rows`: as they are asked now, where they are not all asked alike
    markup: Literal["", "markdown", "html"] = ""  #: of a `note`: how its text is written; "": plain lines

    @property
    def is_only_shown(self) -> bool:
        """Whether what was sent for it counts for nothing."""
        return self.disabled or (self.readonly and not self.held)

    @property
    def asks_nothing(self) -> bool:
        """Whether it is there to be looked at, and no answer stands in it."""
        return self.kind in ("note", "table", "picture", "documents")

    @property
    def is_not_read(self) -> bool:
        """Whether nothing of it is ever sent: its answer, if it has one, is reckoned."""
        return self.asks_nothing or self.kind == "reckoned"


NO_LETTER = "A name has letters."


def named(answer: object) -> str:
    """The `fault` of a field that is somebody's name: it has a letter, of any script."""
    return "" if not answer or any(letter.isalpha() for letter in str(answer)) else NO_LETTER


@dataclass(frozen=True)
class FormCall:
    """The task a form is shown for, and what may be looked up for it."""

    case: CaseFacts
    person: PersonFacts
    step: str  #: the neutral step key: register, resolution, review, draft, sign, supplement …
    now: datetime  #: on the office's clock
    #: rows of a region's table by name ("documents", "grounds", "parameters"), laid over and in order
    table: Callable[[str], Sequence[Mapping[str, str]]]
    #: staff of the case's office with that role
    staff: Callable[[str], Sequence[PersonFacts]]
    #: a DMN decision of the region with these inputs -> its outputs, and which rules fired
    decide: Callable[[str, Mapping[str, object]], Decided]
    #: what a scanner read (or a person typed) -> the registration number; raises Invalid when it was misread
    read_code: Callable[[str], str]
    #: files: those chosen in this task for the question of that name; without a name, all that were given in the case
    files: Callable[[str | None], Sequence[AttachedFile]] = lambda field: ()
    with_key: bool = False  #: it is completed with the person's own key, which signs the paper that the form shows


#: signed: by `signed_by`, or with a key; annulled: another is made in its place; ready: it may leave from now on;
#: posted, issued: it went to the applicant
Fate = Literal["signed", "annulled", "ready", "posted", "issued"]


@dataclass(frozen=True)
class Checked:
    """A form's answers, found good."""

    outcome: str  #: key of the stamp: "registered", "executor_named", "draft_refusal" …
    outputs: tuple[str, ...] = ()  #: what the step brought: "doc.draft", "fact.refusal_ground" …
    variables: Mapping[str, object] = field(default_factory=dict)  #: what the diagram's conditions see
    applicant: Applicant | None = None  #: set by the form that learns who applies
    papers: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  #: paper -> what it says
    #: kept instead of the raw answers, when the form computed something worth keeping
    answers: Answers | None = None
    #: field -> what looks wrong but is allowed; shown once, and noted in the history by field name
    warnings: Mapping[str, str] = field(default_factory=dict)
    #: key of the authorised body, from the form that learns which one decides; None: the office's own
    body: str | None = None
    #: id of whoever signed, from a form that is a signature: refused when they drafted what they sign
    signed_by: int | None = None
    #: id of whoever is to sign it next: refused when they may not
    signer: int | None = None
    #: "folder" or "result" -> what becomes of it with this step; all but `annulled` are refused while it is not signed
    becomes: Mapping[str, Fate] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A task's form, named `plugin.form` in the diagram's form key."""

    title: str
    #: what the primary button says, and what pressing it does («Тіркеп, талон басу»)
    submit: str
    fields: Callable[[FormCall], Sequence[Field]]
    #: Raises InvalidAnswers({field: message}); the kinds and lengths of the fields were checked before
    check: Callable[[FormCall, Answers], Checked]
    initial: Callable[[FormCall], Answers] = lambda call: {}
    #: more for the page to show: a proposal, a calculation. Called with what stands in the fields now
    preview: Callable[[FormCall, Answers], Mapping[str, object]] | None = None
    #: "<plugin>/<name>.html" under the plugin's `templates/`, which draws the fields its own way; None draws them one
    #: under the other. Jinja, autoescaped, in a sandbox. Given: `form`, `fields`, `answers` as they stand, `errors` by
    #: field, `preview`; `field(name)` draws one question as Komek does, `fired(tables)` which rules of a `Decided`
    #: fired; `_` and `t` say a msgid in the reader's language; `not_in_act`, the filter `money`. No more.
    template: str | None = None
    #: roles beside the task's own that may record it on paper (the clerk, for an ink signature)
    recorders: tuple[str, ...] = ()
    #: form of the step that the same person does next: both on one screen and in one click, each with its own stamp
    goes_with: str | None = None
    #: what the primary button says when both are sent together
    submit_with: str = ""
    #: papers the newest of which stands above the fields as a picture: what is decided here ("doc.draft"). One of the
    #: case's other office may be opened here from then on ("doc.receipt")
    shows: tuple[str, ...] = ()
    shared: bool = False  #: what is entered in it is read at the case's other office, too
    #: the answers by which the paper it shows is signed: several may be signed at once with a person's key
    sign_with: Answers | None = None
    #: the answers by which whoever signs agrees with what it shows: several such tasks may be completed at once
    agree_with: Answers | None = None
    #: what it puts into `Checked.variables`
    sets: tuple[Variable, ...] = ()
    #: the field that says on which ground it was refused, a key of the region's table `grounds`: reports count it
    ground: str = ""


# ---------------------------------------------------------------- what a plugin names


@dataclass(frozen=True)
class Outcome:
    """What a stamp or the end of a case is called, and what Komek makes of it. Words are English msgids."""

    title: str
    sends_back: bool = False  #: back for supplement: one round more, of which the region may allow few
    registers: bool = False  #: the application is taken in: the page offers its papers, and the next application
    decides: Literal["", "granted", "denied"] = ""  #: how the case ended, for reports


@dataclass(frozen=True)
class Paper:
    """A paper that the plugin makes: what it is called, and what it must say before it is made."""

    title: str
    required: tuple[str, ...] = ()
    also: Callable[[Mapping[str, object]], Sequence[str]] = lambda content: ()  #: more of them, by what it says
    form: str = ""  #: `documents/<form>.typ`; empty: named as the paper, without `doc.`
    taken_home: bool = False  #: the applicant takes it home when the application was taken in
    answers: bool = False  #: the answer that goes out: the register of the office lists its outgoing number
    encloses: bool = False  #: an envelope: the number it bears is that of what lies in it


# ---------------------------------------------------------------- the plugin


@dataclass(frozen=True)
class Plugin:
    folder: Path
    summary: str  #: one sentence, for the administrator
    #: in the click's transaction: exactly once
    in_step: Mapping[str, Operation[InStep]] = field(default_factory=dict)
    #: after the commit: at least once, with the same key
    outbound: Mapping[str, Operation[Outbound]] = field(default_factory=dict)
    forms: Mapping[str, Form] = field(default_factory=dict)
    #: what its forms and diagrams come to, by the key of the stamp or the end event. Several plugins may say the same
    outcomes: Mapping[str, Outcome] = field(default_factory=dict)
    papers: Mapping[str, Paper] = field(default_factory=dict)  #: by key: "doc.visit_record"
    events: Mapping[str, str] = field(default_factory=dict)  #: of `House.record` -> what the history calls it
    region: str | None = None  #: set, the plugin's files stand before everyone else's
    core: tuple[str, str] = ("0.1", "1")  #: the first core version it runs on, and the first it does not

    def __post_init__(self) -> None:
        """Raises TypeError, ValueError when what is declared cannot be told to designers."""
        operations = {**self.in_step, **self.outbound}
        for name, operation in operations.items():
            if not isinstance(operation, Operation):
                raise TypeError(f"{self.name}.{name} is not an Operation: write Operation({name}, title=…)")
            names = [each.name for each in operation.inputs]
            for each in operation.inputs:
                if not each.name.isidentifier() or names.count(each.name) > 1:
                    raise ValueError(f"{self.name}.{name}: {each.name!r} is no good name of an input, or there twice")
                if (each.kind == "choice") is not bool(each.choices):
                    raise ValueError(f"{self.name}.{name}: choices belong to an input of kind choice ({each.name})")
        if both := {*self.in_step} & {*self.outbound} | {*operations} & {*self.forms}:
            raise ValueError(f"{self.name}: one name for two things: {', '.join(sorted(both))}")

    @property
    def name(self) -> str:
        return self.folder.name
