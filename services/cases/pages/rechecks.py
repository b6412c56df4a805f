"""Who is due for recheck: what each case granted, until when, who was told of it, who has come and who has not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, Literal, get_args

from sqlalchemy import ColumnElement, Subquery, func, literal, select, tuple_, union_all
from sqlalchemy import case as case_when

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
#: so many assignments are looked at for one page and its counts, what ends first before
CAP = 999


#: last day and number of a case: where a page ends
Place = tuple[date, int]


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
    counts: Mapping[State, int]  #: whatever is asked for: of the first `CAP` that are over, and that run
    terms: Sequence[tuple[date, int]]  #: their last days, and of how many
    beyond: frozenset[State]  #: states of which there may be more than counted, and then of days, too
    after: Place | None  #: where the next page begins; None: there is none
    looked_until: date | None  #: the last day that was looked at, where a page ends before it is full
    not_all_found: bool  #: the words mean more cases than were looked at: the newest `CAP` of each meaning
    days_before: int  #: the end, when one is due; the region's parameter
    may_remind: bool
    may_open: bool


def rechecks(
    office_key: str, person: directory.Person, *,
    state: str = "", last: date | None = None, words: str = "", after: Place | None = None,
) -> Rechecks:  # fmt: skip
    """What that office assigned, what ends first before: all that is in that state, ends that day, is found by words.

    A page at a time, from behind `after`: each looks at `CAP` assignments at most. A PSC learns it when the result is
    handed out, as on the case's page. Raises NoRechecksHere.
    """
    if not looks_at_cases(person, office_key):
        raise NoRechecksHere
    plugins = registry.current()
    today = deadlines.local(plugins, office_key, clock.now()).date()
    ours = _ours(person, today)
    found = finding.matches(office_key, words, CAP)
    named = [Case.id.in_(found.ids) if found is not None else literal(False)] if words.strip() else []
    rows, following, looked_until = _page(office_key, [*ours, *named], today, state, last, after)
    states, terms, beyond = _counted(office_key, ours, today)
    route = next((route_of_next(row[0], person, office_key) for row in rows), None)
    letters = documents.newest_of([row[0].id for row in rows], plugins.papers_that("reminds"))
    return Rechecks(
        [_line(*told, person=person, letters=letters) for told in rows],
        states, sorted(terms.items()), beyond, following, looked_until, found is not None and found.more,
        deadlines.whole_number(plugins, BEFORE), may_remind(person, office_key), route is not None,
    )  # fmt: skip


def _ours(person: directory.Person, today: date) -> list[ColumnElement[bool]]:
    return [
        granted(), Case.plays.is_(None), outcomes_known_to(person),
        Case.assigned_until >= today - timedelta(days=LATELY),
    ]  # fmt: skip


def _looked(office_key: str, conditions: Sequence[ColumnElement[bool]], today: date) -> Subquery:
    """The first `CAP` of these, and one more, each with how it stands: `day`, `id`, `state`, `next_id`.

    By the two indexes in their order: at the body, and where it was taken in; what is at both is found by the first.
    """
    place = (Case.assigned_until, Case.id)
    here = select(Case.assigned_until.label("day"), Case.id.label("id"), _state(today).label("state"))
    arms = [
        here.where(whose, *conditions).order_by(*place).limit(CAP + 1).subquery()
        for whose in (Case.body_key == office_key, (Case.office_key == office_key) & (Case.office_key != Case.body_key))
    ]
    both = union_all(*[select(arm) for arm in arms]).subquery()
    first = select(both).order_by(both.c.day, both.c.id).limit(CAP + 1).subquery()
    follows = (Related.to_id == first.c.id) & (Related.relation == "follows")
    came = case_when((Related.case_id.is_not(None), literal("came")), else_=first.c.state)
    told = select(first.c.day, first.c.id, came.label("state"), Related.case_id.label("next_id"))
    return told.select_from(first).outerjoin(Related, follows).subquery()


#: what an assignment may be once it is over, and while it runs
_OVER: Final[frozenset[State]] = frozenset(("came", "missed"))
_RUNS: Final[frozenset[State]] = frozenset(("came", "due", "told", "ahead"))


def _counted(
    office_key: str, ours: Sequence[ColumnElement[bool]], today: date
) -> tuple[dict[State, int], dict[date, int], frozenset[State]]:
    """How many in each state, how many end on each day; and of which states there may be more."""
    states: dict[State, int] = dict.fromkeys(STATES, 0)
    terms: dict[date, int] = {}
    beyond: frozenset[State] = frozenset()
    for when, possible in ((Case.assigned_until < today, _OVER), (Case.assigned_until >= today, _RUNS)):
        places = _looked(office_key, [*ours, when], today)
        counted = select(places.c.state, places.c.day, func.count()).group_by(places.c.state, places.c.day)
        found = db.session.execute(counted).all()
        for state, day, count in found:
            states[state] += count
            terms[day] = terms.get(day, 0) + count
        beyond |= possible if sum(row[2] for row in found) > CAP else frozenset()
    return states, terms, beyond


def _page(
    office_key: str, ours: Sequence[ColumnElement[bool]], today: date, state: str, last: date | None,
    after: Place | None,
) -> tuple[Sequence[Any], Place | None, date | None]:  # fmt: skip
    """Rows of a page; where the next one begins; and until which day it was looked, where it ends before it is full."""
    conditions = [*ours]
    if last is not None:
        conditions.append(Case.assigned_until == last)
    if state in _OVER ^ _RUNS:
        conditions.append(Case.assigned_until < today if state in _OVER else Case.assigned_until >= today)
    if after is not None:
        conditions.append(tuple_(Case.assigned_until, Case.id) > tuple_(*after))
    places = _looked(office_key, conditions, today)
    seen = db.session.execute(select(places).order_by(places.c.day, places.c.id)).all()
    lines = [each for each in seen[:CAP] if state not in STATES or each.state == state]
    ends = lines[MOST - 1] if len(lines) > MOST else seen[CAP - 1] if len(seen) > CAP else None
    after = (ends.day, ends.id) if ends is not None else None
    return _rows(lines[:MOST]), after, ends.day if ends is not None and len(lines) <= MOST else None


def _rows(lines: Sequence[Any]) -> Sequence[Any]:
    """Case, applicant, the case that follows and its number, and how it stands."""
    wanted = select(Case, Applicant).join(Applicant, Applicant.case_id == Case.id)
    found = {row[0].id: row for row in db.session.execute(wanted.where(Case.id.in_([each.id for each in lines])))}
    following = [each.next_id for each in lines if each.next_id is not None]
    numbers = dict(db.session.execute(select(Case.id, Case.number).where(Case.id.in_(following))).all())
    return [
        (*found[each.id], each.next_id, numbers.get(each.next_id), each.state) for each in lines if each.id in found
    ]


def _state(today: date) -> ColumnElement[State]:
    """How an assignment stands that day that nothing follows, in SQL."""
    before = by_edition(lambda law: deadlines.whole_number(law, BEFORE))
    return case_when(
        (Case.assigned_until < today, literal("missed")),
        (Case.recheck_told_at.is_not(None), literal("told")),
        (Case.assigned_until - before <= today, literal("due")),
        else_=literal("ahead"),
    )


def _line(
    case: Case, applicant: Applicant, next_id: int | None, next_number: str | None, state: State,
    *, person: directory.Person, letters: Mapping[int, int],
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
