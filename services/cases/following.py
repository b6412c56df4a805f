"""The next application of somebody whose assignment is over or ends soon: a case of its own that follows the former."""

from collections.abc import Mapping

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert

from services import directory, processes, registry
from services.answers import as_form
from services.cases.errors import CaseDestroyed, NotYours
from services.cases.facts import form_call
from services.cases.forgetting import is_destroyed
from services.cases.history import write_line
from services.cases.intake import routes_of
from services.cases.models import Applicant, Case, Related
from services.cases.of_its_day import of_its_day
from services.cases.reading import Work, lock_case, read_task
from services.cases.rights import check_may_work, check_open, check_sees, sees_outcomes
from services.cases.service import open_case, save_draft
from services.cases.terms import is_granted
from services.db import db, transaction
from services.errors import Conflict


class AlreadyFollowed(Conflict):
    """The next application of this person was begun already: %(number)s. Nothing was opened a second time."""


class RegisteredAlready(Conflict):
    """The application is registered already: what it follows is said before that."""


class FollowsAnother(Conflict):
    """This application follows another one already: %(number)s. It stays so."""


class NothingGranted(Conflict):
    """This case grants nothing: another application of this person begins as any other."""


@of_its_day
def follow_up(case_id: int, office_key: str, person: directory.Person, *, key: str) -> int:
    """Begin the application for the term after that case: the id of the new one, which follows it.

    The same `key` again is the case that it opened. Raises NoSuchCase, NotYours, NothingGranted, CaseDestroyed,
    AlreadyFollowed.
    """
    with transaction():
        former = lock_case(case_id)
        check_sees(former, person)
        if (route := route_of_next(former, person, office_key)) is None:
            raise NotYours(role=", ".join(sorted(_openers())), office=office_key)
        _check_can_be_followed(former, person)
        known = db.session.execute(_next_of(case_id)).first()
        if known is not None and known.open_key != key:
            raise AlreadyFollowed(number=known.number or "…")
        new_id = open_case(route, office_key, person, key=key)
        if known is None:
            _relate(new_id, case_id, person)
    return new_id


def carry_over(task_id: str, former_id: int, answers: Mapping[str, object], person: directory.Person) -> int:
    """The application that is being typed follows that case from now on; its id. What was typed stays, and what was not
    is carried over into its draft, to be confirmed.

    `answers` are those of the page, unchecked. The same again changes nothing. Raises NoSuchTask, NoSuchCase, NotYours,
    TaskAlreadyDone, RegisteredAlready, NothingGranted, CaseDestroyed, AlreadyFollowed, FollowsAnother.
    """
    with transaction():
        former = lock_case(former_id)
        check_sees(former, person)
        work = read_task(task_id, lock=True)
        check_open(work, person)
        check_may_work(work, person)
        if work.case.number is not None:
            raise RegisteredAlready
        if work.case.plays is not None or former_id == work.case.id:
            raise NothingGranted
        _check_can_be_followed(former, person)
        before = _begins_with(work, person)
        _follow(work.case, former, person)
        typed = {name: said for name, said in answers.items() if said and said != before.get(name)}
        save_draft(task_id, {**_begins_with(read_task(task_id), person), **typed}, person)
    return work.case.id


def _follow(case: Case, former: Case, person: directory.Person) -> None:
    """Raises AlreadyFollowed, FollowsAnother."""
    known = db.session.execute(_next_of(former.id)).first()
    if known is not None and known.open_key != case.open_key:
        raise AlreadyFollowed(number=known.number or "…")
    followed = select(Case.id, Case.number).join(Related, Related.to_id == Case.id)
    other = db.session.execute(followed.where(Related.case_id == case.id, Related.relation == "follows")).first()
    if other is not None and other.id != former.id:
        raise FollowsAnother(number=other.number or "…")
    if known is None:
        _relate(case.id, former.id, person)


def _begins_with(work: Work, person: directory.Person) -> dict[str, object]:
    """What stands in the form of that task before anybody typed, as a page sends it."""
    form = processes.form(processes.definition(work.instance.definition_id), work.task.form)
    return as_form(form.initial(form_call(registry.of(work.case), work, person)))


def _relate(case_id: int, former_id: int, person: directory.Person) -> None:
    related = insert(Related).values(case_id=case_id, to_id=former_id, relation="follows")
    db.session.execute(related.on_conflict_do_nothing())
    write_line(case_id, "case.related", person, relation="follows", to=former_id)


def _check_can_be_followed(former: Case, person: directory.Person) -> None:
    """Raises NothingGranted, also to whoever may not know yet that it grants anything, and CaseDestroyed."""
    if not (grants(former) and sees_outcomes(former, person)):
        raise NothingGranted
    if is_destroyed(db.session.get(Applicant, former.id)):
        raise CaseDestroyed


def route_of_next(former: Case, person: directory.Person, office_key: str) -> str | None:
    """The route on which this person opens the next application there: the former one's where they may."""
    routes = routes_of(person, office_key)
    return former.route if former.route in routes else next(iter(routes), None)


def grants(case: Case) -> bool:
    """Whether it granted something that another application can follow; of a rehearsal, and in the archive, never."""
    here = case.plays is None and case.archived_at is None
    return here and (is_granted(case) or case.outcome in registry.of(case).ends_that("granted"))


def may_follow(case: Case, person: directory.Person, office_key: str) -> bool:
    """Whether this person may begin the next application there, and nobody has."""
    may = grants(case) and sees_outcomes(case, person) and route_of_next(case, person, office_key) is not None
    return may and db.session.execute(_next_of(case.id)).first() is None


def _next_of(case_id: int) -> Select[str, str | None]:
    later = select(Case.open_key, Case.number).join(Related, Related.case_id == Case.id)
    return later.where(Related.to_id == case_id, Related.relation == "follows").limit(1)


def _openers() -> set[str]:
    return {str(each["role"]) for each in registry.current().facts()["routes"].values()}
