"""The editions of the act as pages show them: which hold, which wait, and what one changes."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import zip_longest
from typing import Literal

from sqlalchemy import func, literal, select, union_all

from services import directory, law, processes, registry
from services.cases.models import OPEN, Case
from services.db import db
from services.editions.beside import TwoLaws, beside
from services.editions.service import find_edition
from services.law import Edition, EditionInForce

#: open cases of an edition are counted so far, and then it is said that there are more
CAP = 999
State = Literal["in_force", "to_come", "candidate", "passed", "withdrawn"]


@dataclass(frozen=True)
class InForceSpan:
    """An edition in force: since when, and until the day of the next one."""

    enactment: EditionInForce
    until: date | None


@dataclass(frozen=True)
class EditionLine:
    """An edition, how it stands, and how many open cases live under it."""

    edition: Edition
    state: State
    spans: Sequence[InForceSpan]
    open_cases: int  #: to `CAP`, and one more

    @property
    def open_said(self) -> str:
        """How many, as people read it."""
        return _said(self.open_cases)

    @property
    def name(self) -> str:
        """What people call it: the act's number, else its key."""
        return self.edition.act.get("number") or self.edition.key or self.edition.region


@dataclass(frozen=True)
class EditionPage:
    """An edition beside the one that it follows."""

    line: EditionLine
    beside: EditionLine | None  #: the edition it is compared with; None: nothing came before it
    changes: TwoLaws  #: what it says otherwise
    touched: str  #: open cases that go over, or went over, by its transitional clause; with "+" where there are more
    cancelled: Sequence[EditionInForce]
    base: str  #: the law that was looked at: enacting over another is refused
    waits: bool  #: its day has come, and no worker has made its diagrams and offices the law yet


def all_editions(person: directory.Person) -> Sequence[EditionLine]:
    """Every edition, the newest first, for those who look after diagrams. Raises NotTheirs."""
    processes.check_looks_after(person)
    spans, counts = _spans(), _open_by_edition()
    rows = db.session.scalars(
        select(Edition).filter_by(region=registry.shipped().region).order_by(Edition.id.desc())
    ).all()
    return [_line(row, spans, counts) for row in rows]


def edition_page(edition_id: int) -> EditionPage:
    """One edition, and what it changes: for all staff, whom its notice leads here. Raises NoSuchEdition."""
    edition = find_edition(edition_id)
    spans, counts = _spans(), _open_by_edition()
    line = _line(edition, spans, counts)
    beside_id = _followed(line)
    former = _line(find_edition(beside_id), spans, counts) if beside_id is not None else None
    changes = TwoLaws((), ())
    if former is not None:
        changes = beside(law.registry_under(former.edition.id), law.registry_under(edition_id))
    goes_over = edition.act.get("transitional") == "open" and line.state in ("candidate", "to_come")
    cancelled = select(EditionInForce).where(
        EditionInForce.edition_id == edition_id, EditionInForce.cancelled_at.is_not(None)
    )
    return EditionPage(
        line, former, changes, _said(sum(counts.values()) - line.open_cases if goes_over else 0),
        db.session.scalars(cancelled.order_by(EditionInForce.id)).all(), law.version_of(law.read_held()), _waits(line),
    )  # fmt: skip


def _waits(line: EditionLine) -> bool:
    holds = law.BOOK.holder(directory.today())
    rows = (each.enactment for each in line.spans)
    return any(holds is not None and each.id == holds.enactment and each.begun_at is None for each in rows)


def _followed(line: EditionLine) -> int | None:
    """The edition that held, or holds, before it; of a candidate and a former one, today's."""
    day = directory.today()
    if line.state in ("in_force", "to_come") and line.spans:
        day = line.spans[-1].enactment.from_on
        found = law.BOOK.on(day - timedelta(days=1)) if day > date.min else None
    else:
        found = law.BOOK.on(day)
    return found if found != line.edition.id else None


def _line(edition: Edition, spans: Mapping[int, Sequence[InForceSpan]], counts: Mapping[int, int]) -> EditionLine:
    own, today = spans.get(edition.id, ()), directory.today()
    state: State = "candidate"
    if edition.withdrawn_at is not None:
        state = "withdrawn"
    elif law.BOOK.on(today) == edition.id:
        state = "in_force"
    elif any(each.enactment.from_on > today for each in own):
        state = "to_come"
    elif own:
        state = "passed"
    return EditionLine(edition, state, own, counts.get(edition.id, 0))


def _spans() -> Mapping[int, Sequence[InForceSpan]]:
    """Edition -> since when it holds, or held."""
    held = select(EditionInForce).where(EditionInForce.cancelled_at.is_(None))
    rows = db.session.scalars(held.order_by(EditionInForce.from_on, EditionInForce.id)).all()
    found: dict[int, list[InForceSpan]] = {}
    for row, following in zip_longest(rows, rows[1:]):
        found.setdefault(row.edition_id, []).append(InForceSpan(row, following.from_on if following else None))
    return found


def _said(many: int) -> str:
    return f"{CAP}+" if many > CAP else str(many)


def _open_by_edition() -> Counter[int]:
    """Edition -> how many open cases live under it, each counted to `CAP` and one more."""
    first = law.BOOK.first() or 0
    known = db.session.scalars(select(Edition.id).filter_by(region=registry.shipped().region)).all()
    arms = [
        select(literal(edition).label("edition"), func.count().label("many")).select_from(
            select(Case.id).where(OPEN, Case.plays.is_(None), of).limit(CAP + 1).subquery()
        )
        for edition, of in [*((each, Case.edition == each) for each in known), (first, Case.edition.is_(None))]
    ]
    found: Counter[int] = Counter()
    for edition, many in db.session.execute(union_all(*arms)):
        found[edition] += many
    return found
