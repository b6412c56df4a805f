"""Looking up for a caller, and taking down what they ask. Nothing that a caller could not know is answered.

A caller is known by the number on their paper and their surname or the last digits of the IIN, by the whole phone of
the application, or by name and a part of the address; the operator is told only what the applicant's own page says.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, func, select

from services import cases, clock, deadlines, directory, documents, journal, kazakh, notices, phones, registry
from services.calls.errors import NotACallCentre, NotLookedUp, NotWatching
from services.calls.models import CallLookup
from services.cases.models import Applicant, Case
from services.db import db, transaction
from services.errors import Invalid, InvalidAnswers
from services.msgids import _
from services.plugin import Answers

#: why a caller asks; the journal, which is never erased, has no words of theirs
REASONS = ("where", "bring", "result", "letter", "complains", "data", "other")
#: what is looked for
WAYS = ("number", "phone", "name")
#: of one caller, the newest first; whoever has more is asked for the number
MOST = 3
#: for how long something may be taken down after a look-up, and over which the look-ups are counted
HOUR = timedelta(hours=1)
#: letters of an address without which half a town would fit, and words of a name
LEAST_ADDRESS, LEAST_WORDS = 4, 2
LIMIT = "lookups_per_hour"

ONE_WAY = _("Fill in one of the three: number, phone, or name and address.")
WHO_MISSING = _("A number alone is not enough: ask for the surname, or the last four digits of the IIN.")
TWO_WORDS = _("Ask for the surname and the given name.")
MORE_ADDRESS = _("Ask for a part of the address, at least four letters: the street, the village.")
WHY_ASKED = _("Choose why the caller asks.")


@dataclass(frozen=True)
class CallerSaid:
    """What a caller said, as it was typed."""

    number: str = ""
    who: str = ""  #: beside a number: the surname, or the last four digits of the IIN
    phone: str = ""
    name: str = ""
    address: str = ""


@dataclass(frozen=True)
class Found:
    """One application of the caller's, as its own page says it."""

    case_id: int
    said: cases.Tracked


@dataclass(frozen=True)
class LookedUp:
    """What a look-up found."""

    found: Sequence[Found]
    more: bool  #: there are older ones that are not shown


@dataclass(frozen=True)
class LookupLine:
    """A look-up as the control level reads it: no word of what was typed."""

    at: datetime
    who: str
    way: str
    reason: str
    numbers: Sequence[tuple[int, str]]  #: id and number of each case that was shown


def answers_calls(person: directory.Person) -> bool:
    """Whether this person answers callers."""
    return bool(cases.answering(person))


def may_watch(person: directory.Person) -> bool:
    """Whether this person watches what is looked up: who controls all offices."""
    return bool(registry.current().roles_that("controls") & person.roles())


def look_up(asked: CallerSaid, reason: str, person: directory.Person) -> LookedUp:
    """The applications that a caller means. Every look-up is kept, and is a line of each case that was shown.

    Raises NotACallCentre, InvalidAnswers.
    """
    if not answers_calls(person):
        raise NotACallCentre
    way = _way(asked)
    if reason not in REASONS:
        raise InvalidAnswers({"reason": WHY_ASKED})
    with transaction():
        found = {"number": _by_number, "phone": _by_phone, "name": _by_name}[way](asked)
        shown = found[:MOST]
        _keep(way, reason, [each.id for each in shown], person)
        said = [Found(each.id, cases.said_to_applicant(each)) for each in shown]
        return LookedUp(said, len(found) > MOST)


def request_form(case_id: int, person: directory.Person) -> cases.HappeningForm:
    """What is asked of whoever takes a request down. Raises NotLookedUp, NoSuchHappening."""
    return cases.happening_form(case_id, _request_of(case_id, person), person, _check)


def take_down(case_id: int, answers: Answers, person: directory.Person, *, key: str) -> None:
    """What the caller asks becomes a task of the case's body, with a term; the same `key` again changes nothing.

    Raises NotLookedUp, NoSuchHappening, InvalidAnswers.
    """
    asks = _request_of(case_id, person)
    reason = str(answers.get("said") or "").strip()[:500] or "-"
    cases.happen(case_id, asks, answers, reason, person=person, key=key, check=_check)


def looked_up(person: directory.Person, *, case_id: int | None = None, limit: int = 200) -> list[LookupLine]:
    """What was looked up, of one case where one is named, the last first. Raises NotWatching for all but who controls.

    Of a look-up that showed several cases, a line of one case names that case alone.
    """
    if not may_watch(person):
        raise NotWatching
    wanted = select(CallLookup).order_by(CallLookup.id.desc()).limit(limit)
    if case_id is not None:
        wanted = wanted.where(CallLookup.cases.contains([case_id]))
    rows = db.session.scalars(wanted).all()
    names = directory.names({row.staff_id for row in rows})
    ids = {each for row in rows for each in row.cases} if case_id is None else {case_id}
    named = select(Case.id, Case.number).where(Case.id.in_(ids))
    numbers: Mapping[int, str] = {each: number or "" for each, number in db.session.execute(named)}
    return [
        LookupLine(
            row.at, names.get(row.staff_id, ""), row.way, row.reason,
            [(each, numbers[each]) for each in row.cases if each in numbers],
        )
        for row in rows
    ]  # fmt: skip


# ---------------------------------------------------------------- what a caller means


def _way(asked: CallerSaid) -> str:
    """Which of the three was filled in, as far as it has to be. Raises InvalidAnswers."""
    ways = [way for way, said in zip(WAYS, (asked.number, asked.phone, asked.name), strict=True) if said]
    if len(ways) != 1:
        raise InvalidAnswers({"number": ONE_WAY})
    if ways == ["number"] and not asked.who:
        raise InvalidAnswers({"who": WHO_MISSING})
    if ways == ["name"] and len(kazakh.plain_key(asked.name).split()) < LEAST_WORDS:
        raise InvalidAnswers({"name": TWO_WORDS})
    if ways == ["name"] and len(_run_together(asked.address)) < LEAST_ADDRESS:
        raise InvalidAnswers({"address": MORE_ADDRESS})
    return ways[0]


def _by_number(asked: CallerSaid) -> list[Case]:
    try:
        number = documents.read_payload(asked.number)
    except Invalid as wrong:
        raise InvalidAnswers({"number": wrong.message}) from None
    case_id = cases.case_by_number(number)
    rows = select(Case, Applicant).join(Applicant, Applicant.case_id == Case.id).where(Case.id == case_id)
    return [
        case
        for case, applicant in db.session.execute(rows.where(Case.plays.is_(None)))
        if cases.is_applicant(asked.who, applicant)
    ]


def _by_phone(asked: CallerSaid) -> list[Case]:
    try:
        phone = phones.e164(asked.phone)
    except ValueError as wrong:
        raise InvalidAnswers({"phone": str(wrong)}) from None
    wanted = _registered(cases.applicant_by_phone(_offices(), phone))
    return list(db.session.scalars(wanted.limit(MOST + 1)))


def _by_name(asked: CallerSaid) -> list[Case]:
    """However many have that name: whom the address means may be the oldest of them."""
    part = _run_together(asked.address)
    wanted = _registered(cases.applicant_by_name(_offices(), asked.name))
    return [case for case, address in db.session.execute(wanted) if part in _run_together(address)]


def _registered(condition: ColumnElement[bool]) -> Select[Case, str]:
    """Registered cases of those, each with its address; the newest first."""
    theirs = select(Case, Applicant.address).join(Applicant, Applicant.case_id == Case.id)
    registered = theirs.where(condition, Case.plays.is_(None), Case.number.is_not(None))
    return registered.order_by(Case.opened_at.desc(), Case.id.desc())


def _offices() -> list[str]:
    plugins = registry.current()
    return [row["key"] for row in plugins.known("offices") if row["kind"] in plugins.kinds()]


def _run_together(text: str) -> str:
    return "".join(letter for letter in kazakh.plain_key(text) if letter.isalnum())


# ---------------------------------------------------------------- that it was looked up


def _keep(way: str, reason: str, case_ids: Sequence[int], person: directory.Person) -> None:
    """The row, a line of each case and of the journal's stream `calls`; a warning, when there were too many."""
    now = clock.now()
    for case_id in sorted(case_ids):
        cases.write_line(case_id, "case.looked_up", person, way=way, reason=reason)
    db.session.add(CallLookup(at=now, staff_id=person.id, way=way, reason=reason, cases=list(case_ids)))
    db.session.flush()
    told = {"way": way, "reason": reason, "found": len(case_ids)}
    journal.append("calls", [journal.NewLine("call.looked_up", f"staff:{person.id}", told)], at=now)
    plugins = registry.current()
    limit = deadlines.whole_number(plugins, LIMIT)
    lately = select(func.count()).where(CallLookup.staff_id == person.id, CallLookup.at > now - HOUR)
    count = db.session.scalar(lately) or 0
    if limit and count > limit:
        _warn(person, count)


def _warn(person: directory.Person, count: int) -> None:
    """The control level is told, once an hour of each."""
    plugins, now = registry.current(), clock.now()
    control = str(plugins.facts()["control_office"])
    for role in cases.told_roles(plugins, control, "lookups"):
        notices.give(
            notices.NewNotice(
                f"lookups:{person.id}:{now:%Y%m%dT%H}:{role}", "lookups", "calls", None, "", person.full_name,
                str(count), control, now, to_office_key=control, to_role=role,
            )
        )  # fmt: skip


def _request_of(case_id: int, person: directory.Person) -> str:
    """The id of what may be told of that case by whoever answers its caller. Raises NotLookedUp, NoSuchHappening."""
    offered = cases.case_happenings(case_id, person, _check)
    theirs = [each.id for each in offered if each.role in cases.answering(person)]
    if not theirs:
        raise cases.NoSuchHappening
    return theirs[0]


def _check(case: Case, person: directory.Person) -> None:
    """Raises NotLookedUp unless this person looked the case up within the hour."""
    lately = select(CallLookup.id).where(
        CallLookup.staff_id == person.id, CallLookup.at > clock.now() - HOUR, CallLookup.cases.contains([case.id])
    )
    if not answers_calls(person) or db.session.scalar(lately.limit(1)) is None:
        raise NotLookedUp
