"""Forms: their questions, what may be looked up for them, and what good answers come to."""

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal

from services.msgids import _
from services.plugin.operations import Choice, Variable
from services.plugin.telling import Agreement
from services.plugin.told import (
    Alike,
    Answers,
    Applicant,
    Assigned,
    Assignment,
    AttachedFile,
    CaseFacts,
    Decided,
    Former,
    PersonFacts,
    Whereabouts,
)


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
    carried: str = ""  #: number of the former case from which its initial answer comes: nobody has attested it here yet
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


NO_LETTER = _("A name has letters.")
SIGNS = _("A name has no pictures and no signs of reckoning: they cannot be printed, and nobody can look for them.")
#: categories of Unicode that no name is written with: pictures, signs of reckoning and of money
_NO_NAME = frozenset({"So", "Sm", "Sc"})


def named(answer: object) -> str:
    """The `fault` of a field that is somebody's name: it has a letter, of any script, and no pictures."""
    said = str(answer or "")
    if any(letter != "№" and unicodedata.category(letter) in _NO_NAME for letter in said):
        return SIGNS
    return "" if not said or any(letter.isalpha() for letter in said) else NO_LETTER


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
    #: a DMN decision of the region over the case's variables and these inputs -> its outputs, and which rules fired
    decide: Callable[[str, Mapping[str, object]], Decided]
    #: what a scanner read (or a person typed) -> the registration number; raises Invalid when it was misread
    read_code: Callable[[str], str]
    #: files: those chosen in this task for the question of that name; without a name, all that were given in the case
    files: Callable[[str | None], Sequence[AttachedFile]] = lambda field: ()
    with_key: bool = False  #: it is completed with the person's own key, which signs the paper that the form shows
    #: the case was begun on paper and is walked to where it stands: what a scan proves was proven there
    on_paper: bool = False
    #: where the case's "folder", "result" or "appeal" is; None while it has none under a barcode, and in a rehearsal
    whereabouts: Callable[[str], Whereabouts | None] = lambda paper: None
    #: an applicant, and the key of the body that decides -> their other applications of the same term, the newest first
    alike: Callable[[Applicant, str], Sequence[Alike]] = lambda applicant, body: ()
    #: an applicant, and the key of the body that decides -> what was assigned before to them or for their dwelling, and
    #: runs or ended lately, the last to end first: of cases that the person may look at, which no application follows
    assignments: Callable[[Applicant, str], Sequence[Assignment]] = lambda applicant, body: ()
    #: from and to when what is granted in this case runs, by the region's rule: from the month in which it was taken in
    #: to the end of the term, after the last day of what it follows; None where the region knows no terms
    period: Callable[[], Assigned | None] = lambda: None
    #: the case that this one follows; None for one that stands alone
    former: Callable[[], Former | None] = lambda: None
    tells: bool = False  #: applicants who agree are told what becomes of it: they may be asked
    first_language: str = "kk"  #: kk or ru: what the region speaks first, on its papers too


#: signed: by `signed_by`, or with a key; annulled: another is made in its place; ready: it may leave from now on;
#: posted, issued: it left by post, or into somebody's hands against a signature
#: came_back: what went out by post lies here again; kept: it stays with the file
Fate = Literal["signed", "annulled", "ready", "posted", "issued", "came_back", "kept"]

#: repeats: taken in although there was that one; joined: its papers lie with that one's
Relation = Literal["repeats", "joined"]


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
    #: "folder", "result" or "appeal" -> what becomes of it with this step; all but `annulled` are refused while
    #: it is not signed
    becomes: Mapping[str, Fate] = field(default_factory=dict)
    #: of a form that is a signature: code of the case's signed answer in whose place this one comes. It stays readable,
    #: and says so
    replaces: str = ""
    #: other cases that this one has to do with, as `FormCall.alike` names them: how, and the id of the case
    related: tuple[tuple[Relation, int], ...] = ()
    #: from and to when what was signed runs, from the form that signs it; empty: nothing is granted; None: says nothing
    assigned: tuple[Assigned, ...] | None = None
    #: how the applicant has agreed to be told, from the form that asks; None: they have not
    agreed: Agreement | None = None


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
    #: another such template, for what is looked up by the answers of those fields while they are typed: it stands above
    #: the questions, draws none that `template` draws, and is drawn anew when one of them changes. In it a button
    #: `name="_carry"` with the id of an `Assignment` as its value lets the application follow that case
    beside: str | None = None
    beside_of: tuple[str, ...] = ()
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
    #: whether several such tasks may be answered at once: a resolution that names one executor for ten cases
    several: bool = False
    #: what it puts into `Checked.variables`
    sets: tuple[Variable, ...] = ()
    #: the field that says on which ground it was refused, a key of the region's table `grounds`: reports count it
    ground: str = ""
