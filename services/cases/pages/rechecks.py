"""Who is due for recheck: what each case granted, until when, who was told of it, who has come and who has not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal, get_args

from sqlalchemy import ColumnElement, func, literal, or_, select
from sqlalchemy import case as case_when
from sqlalchemy.orm import aliased

from services import clock, deadlines, directory, documents, registry
from services.cases import finding
from services.cases.by_edition import by_edition
from services.cases.following import route_of_next
from services.cases.models import Applicant, Case, Related
from services.cases.reminding import may_remind
from services.cases.rights import looks_at_cases, may_reach, outcomes_known_to
from services.cases.terms import BEFORE, LATELY, due_on, granted
from services.db import db
from services.errors import Forbidden

#: ahead: its recheck is not due yet; due: nobody told the applicant; told: they did not come yet; came: the next
#: application was begun; missed: it is over, and they did not come
State = Literal["due", "told", "came", "missed", "ahead"]
STATES: tuple[State, ...] = get_args(State)
#: at most so many lines at once
MOST = 200


class NoRechecksHere(Forbidden):
    """Your role at this office does not look at cases."""


@dataclass(frozen=True)
class RecheckLine:
    """One assignment. Personal data."""

    case_id: int
    number: str
    applicant: str
    address: str  #: empty, as the phone, for whoever does not need to reach the applicant
    phone: str
    first: date
    last: date
    due_on: date
    state: State
    told_at: datetime | None
    next_id: int | None  #: the case that follows it
    next_number: str  #: empty while it is not registered
    letter_id: int | None  #: the newest letter that told the applicant


@dataclass(frozen=True)
class Rechecks:
    """The list of an office."""

    lines: Sequence[RecheckLine]
    counts: Mapping[State, int]  #: of all that it holds, whatever is asked for
    terms: Sequence[tuple[date, int]]  #: last days, and of how many
    more: bool  #: there are more than it shows
    days_before: int  #: the end, when one is due; the region's parameter
    may_remind: bool
    may_open: bool


def rechecks(
    office_key: str, person: directory.Person, *, state: str = "", last: date | None = None, words: str = ""
) -> Rechecks:
    """What that office assigned, what ends first before: all that is in that state, ends that day, is found by words.

    A PSC learns it when the result is handed out, as on the case's page. Raises NoRechecksHere.
    """
    if not looks_at_cases(person, office_key):
        raise NoRechecksHere
    plugins = registry.current()
    today = deadlines.local(plugins, office_key, clock.now()).date()
    here = [or_(Case.body_key == office_key, Case.office_key == office_key), granted(), Case.plays.is_(None)]
    here.append(outcomes_known_to(person))
    here.append(Case.assigned_until >= today - timedelta(days=LATELY))
    later = aliased(Case)
    stands = _state(today, later)
    follows = (Related.to_id == Case.id) & (Related.relation == "follows")
    base = select(Case, Applicant, later.id, later.number, stands)
    base = base.join(Applicant, Applicant.case_id == Case.id).outerjoin(Related, follows)
    base = base.outerjoin(later, later.id == Related.case_id).where(*here)
    counted = base.with_only_columns(stands, Case.assigned_until, func.count()).group_by(stands, Case.assigned_until)
    counts: dict[State, int] = dict.fromkeys(STATES, 0)
    terms: dict[date, int] = {}
    for each, day, count in db.session.execute(counted):
        assert day is not None
        counts[each] += count
        terms[day] = terms.get(day, 0) + count
    wanted = base.where(stands == state) if state in STATES else base
    wanted = wanted.where(Case.assigned_until == last) if last is not None else wanted
    if words.strip():
        matches = finding.matches(office_key, words, MOST)
        wanted = wanted.where(Case.id.in_(matches)) if matches is not None else wanted.where(literal(False))
    rows = db.session.execute(wanted.order_by(Case.assigned_until, Applicant.sort_key, Case.id).limit(MOST + 1)).all()
    route = next((route_of_next(row[0], person, office_key) for row in rows), None)
    letters = documents.newest_of([row[0].id for row in rows], plugins.papers_that("reminds"))
    return Rechecks(
        [_line(*row, person, letters) for row in rows[:MOST]], counts, sorted(terms.items()), len(rows) > MOST,
        deadlines.whole_number(plugins, BEFORE), may_remind(person, office_key), route is not None,
    )  # fmt: skip


def _state(today: date, later: type[Case]) -> ColumnElement[State]:
    """How an assignment stands that day, in SQL."""
    before = by_edition(lambda law: deadlines.whole_number(law, BEFORE))
    return case_when(
        (later.id.is_not(None), literal("came")),
        (Case.assigned_until < today, literal("missed")),
        (Case.recheck_told_at.is_not(None), literal("told")),
        (Case.assigned_until - before <= today, literal("due")),
        else_=literal("ahead"),
    )


def _line(
    case: Case, applicant: Applicant, next_id: int | None, next_number: str | None, state: State,
    person: directory.Person, letters: Mapping[int, int],
) -> RecheckLine:  # fmt: skip
    plugins, reach = registry.of(case), may_reach(case, person)
    assert case.assigned_from is not None and case.assigned_until is not None
    name = " ".join(part for part in (applicant.surname, applicant.given_name, applicant.patronymic) if part)
    phone = applicant.phone_raw or applicant.phone
    return RecheckLine(
        case.id, case.number or "", name, applicant.address if reach else "", phone if reach else "",
        case.assigned_from, case.assigned_until, due_on(plugins, case.assigned_until), state, case.recheck_told_at,
        next_id, next_number or "", letters.get(case.id),
    )  # fmt: skip
