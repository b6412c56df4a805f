"""Telling an applicant that their assignment ends and is to be confirmed anew: by a letter, or by word of mouth.

The act knows neither the recheck nor such a letter: nobody has to write it, and every paper of it says so.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from functools import partial
from typing import Literal

from sqlalchemy import select

from services import clock, deadlines, directory, documents, processes, registry
from services.cases.carrying_on import write_history
from services.cases.errors import CaseDestroyed, NoSuchCase, NotYourCase, NotYours
from services.cases.facts import named, number_of, office_facts
from services.cases.forgetting import is_destroyed
from services.cases.lists.several import TooManyAtOnce
from services.cases.models import Applicant, Case, Instance
from services.cases.move import Move
from services.cases.reading import lock_cases
from services.cases.rights import may_reach, sees
from services.cases.terms import is_granted
from services.db import db, transaction
from services.errors import Conflict, KomekError, Unavailable

Way = Literal["letter", "spoken"]
#: at once
MOST = 50


class NoLetter(Unavailable):
    """No plugin that is switched on has a letter by which an applicant is reminded."""


class NothingToRemind(Conflict):
    """What № %(number)s granted is over or was taken back: there is nothing to remind of. Nothing was written."""


class ToldToday(Conflict):
    """This applicant was told today already: nothing was written a second time."""


@dataclass(frozen=True)
class CaseVerdict:
    """What became of one case that was ticked."""

    case_id: int
    number: str
    error: KomekError | None  #: why nothing was done; none when it was
    paper_id: int | None  #: the letter that was made
    may_see: bool  #: the person may look at it


def remind(case_ids: Sequence[int], way: Way, person: directory.Person) -> Sequence[CaseVerdict]:
    """Tell the applicants of those cases that a recheck is due, in this person's name: each in its own transaction,
    with its own verdict.

    A letter gets the body's next outgoing number; once a day: of who was told today the verdict says so. Raises
    TooManyAtOnce.
    """
    wanted = list(dict.fromkeys(case_ids))
    if len(wanted) > MOST:
        raise TooManyAtOnce(most=MOST)
    return [_verdict(case_id, partial(_remind_one, case_id, way, person), person) for case_id in wanted]


def _verdict(case_id: int, act: Callable[[], int | None], person: directory.Person) -> CaseVerdict:
    """What became of one; of one that this person may not look at, not even that there is one."""
    error: KomekError | None = None
    paper_id: int | None = None
    try:
        paper_id = act()
    except KomekError as refused:
        error = refused
    case = db.session.get(Case, case_id)
    if case is None or not sees(case, person):
        return CaseVerdict(case_id, "", NotYourCase(), None, False)
    return CaseVerdict(case_id, case.number or "", error, paper_id, True)


def _remind_one(case_id: int, way: Way, person: directory.Person) -> int | None:
    """The id of the letter, where it is one. Raises NotYours, NothingToRemind, ToldToday, NoLetter, CaseDestroyed."""
    with transaction():
        lock_cases([case_id])
        wanted = select(Case, Applicant, Instance).join(Applicant, Applicant.case_id == Case.id)
        wanted = wanted.join(Instance, (Instance.case_id == Case.id) & (Instance.office_key == Case.body_key))
        row = db.session.execute(wanted.where(Case.id == case_id).order_by(Instance.id).limit(1)).first()
        if row is None:
            raise NoSuchCase(case=case_id)
        _remind(*row, way, person)
    return documents.newest_of([case_id], [_letter()]).get(case_id) if way == "letter" else None


def _remind(case: Case, applicant: Applicant, instance: Instance, way: Way, person: directory.Person) -> None:
    if not (may_remind(person, case.body_key) and may_reach(case, person)):
        raise NotYours(role="", office=case.body_key)
    if is_destroyed(applicant):
        raise CaseDestroyed
    plugins, now = registry.of(case), clock.now()
    today = deadlines.local(plugins, case.body_key, now).date()
    if not is_granted(case) or case.assigned_until is None or case.assigned_until < today:
        raise NothingToRemind(number=case.number or "")
    told_at = case.recheck_told_at
    if told_at is not None and deadlines.local(plugins, case.body_key, told_at).date() == today:
        raise ToldToday
    move = Move(plugins, case, instance, processes.definition(instance.definition_id), person, now)
    if way == "letter":
        move.make_paper(_letter(), _content(move, applicant))
    case.recheck_told_at = now
    move.note("case.reminded", way=way)
    write_history(move)


def may_remind(person: directory.Person, office_key: str) -> bool:
    """Whether one of this person's roles there reaches applicants, at a body that decides."""
    if registry.current().row("offices", office_key)["kind"] != "body":
        return False
    return bool(registry.current().roles_that("reaches") & person.roles_at(office_key))


def _letter() -> str:
    found = registry.current().papers_that("reminds")
    if not found:
        raise NoLetter
    return found[0]


def _content(move: Move, applicant: Applicant) -> dict[str, object]:
    case, plugins = move.case, move.registry
    office, local = office_facts(plugins, case.body_key), deadlines.local(plugins, case.body_key, move.now)
    zone = deadlines.zone(plugins, case.body_key)
    series = plugins.row("offices", case.body_key)["number"]
    days = {"period_from_on": case.assigned_from, "period_until_on": case.assigned_until}
    return {
        "number": number_of(case, move.instance.number) or "",
        "outgoing_number": documents.next_number(series, "out", local.year),
        "dated_on": local.isoformat(),
        "applicant_name": named(applicant),
        "applicant_address": applicant.address,
        "office_name": office.name,
        "office_address": office.address,
        "office_phone": office.phone_raw,
        "sender_name": move.person.full_name if move.person else "",
        "second_language": applicant.language,
        **{name: datetime.combine(day, time(), zone).isoformat() for name, day in days.items() if day is not None},
    }
