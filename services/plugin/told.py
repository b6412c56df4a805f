"""What a plugin is told: the case, its people and offices, its files, and what a decision says of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Outputs = Mapping[str, object]
Answers = Mapping[str, object]


@dataclass(frozen=True)
class Representative:
    """Who came for the applicant, by a power of attorney. Personal data, as the applicant's own."""

    name: str
    power_number: str
    power_on: date
    power_until: date  #: its last day
    power_by: str  #: who certified it
    signed: bool = False  #: their signature stands on the application, not the applicant's
    takes: bool = False  #: they may take the answer, too

    @property
    def power(self) -> str:
        """Number and day, as papers and lists have them."""
        return f"№ {self.power_number}, {self.power_on:%d.%m.%Y}"

    def is_by(self, said: str) -> bool:
        """Whether what was typed for a power of attorney at a counter means this one."""
        return self.power_number.casefold() in said.casefold()

    def acts_on(self, day: date) -> bool:
        """Whether the power of attorney is in force on that day."""
        return self.power_on <= day <= self.power_until


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
    language: str = "kk"  #: kk or ru: what printed forms say beside the region's first language; that one: nothing
    representative: Representative | None = None  #: who applied for them; None: they came themselves

    @property
    def full_name(self) -> str:
        return " ".join(part for part in (self.surname, self.given_name, self.patronymic) if part)


@dataclass(frozen=True)
class OfficeFacts:
    """An office, as a plugin is told of it."""

    key: str
    name: str  #: in Kazakh, as printed on forms
    place_kind: str  #: "district" or "city": «ауданының» or «қаласының» on the notice (I-44)
    place: str  #: the district's or city's own name
    address: str = ""
    phone: str = ""  #: E.164, several parted by `;`
    phone_raw: str = ""  #: digit for digit as the act prints them, several parted by a comma: what papers and pages say
    register: str = "own"  #: "own", or "psc": a body that registers in the PSC's information system (I-46)
    kind: str = "body"  #: "body" decides, "psc" takes in; the region may have other kinds that do


@dataclass(frozen=True)
class PersonFacts:
    """A member of staff, as a plugin is told of them."""

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
    closed_at: datetime | None = None  #: when it was closed; None while it goes on


@dataclass(frozen=True)
class Assigned:
    """From and to when what a case grants runs."""

    first: date
    last: date  #: its last day


@dataclass(frozen=True)
class Former:
    """The case that this one follows: of the same person, for the term before."""

    case_id: int
    number: str
    opened_at: datetime  #: on its office's clock
    applicant: Applicant
    #: form name -> the answers last given in it
    answers: Mapping[str, Answers]
    assigned: Assigned | None  #: what it granted; None where nobody said from and to when


@dataclass(frozen=True)
class Alike:
    """Another application of the same person, or for the same dwelling."""

    case_id: int
    number: str
    office: OfficeFacts  #: that took it in
    opened_at: datetime
    same_iin: bool
    same_address: bool
    applicant_name: str  #: empty, like the next two, for whoever may not look at that case
    address: str
    outcome: str  #: key of how it ended; empty while it is open


@dataclass(frozen=True)
class Assignment:
    """What was assigned before to the same person, or for the same dwelling, and no application follows yet."""

    case_id: int
    number: str
    office: OfficeFacts  #: that took it in
    applicant_name: str
    address: str
    assigned: Assigned
    over: bool  #: its last day has passed
    same_iin: bool
    same_address: bool
    another_person: bool  #: of the same dwelling: both have an IIN, and it is another


@dataclass(frozen=True)
class Whereabouts:
    """Where the case's folder or result is, seen from the office that acts."""

    lies: Literal["here", "elsewhere", "on_the_way", "missing", "gone"]  #: on_the_way: on a closed registry, too
    office: OfficeFacts  #: where it was last scanned
    signed: bool  #: it was signed, by ink or with a key


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
