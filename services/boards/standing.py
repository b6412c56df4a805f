"""How one case stands, for whoever answers for the terms: its clocks, its steps, whose time it took.

Nothing that anybody entered, no paper, no applicant.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services import cases, directory, notices
from services.boards import access
from services.cases import NoSuchCase
from services.cases.models import Case
from services.cases.pages.dues import outer_of
from services.cases.pages.shown import DueView, StepLine
from services.db import db
from services.notices.models import Notice


@dataclass(frozen=True)
class Standing:
    """One case, by its number alone."""

    case_id: int
    number: str | None
    route: str
    office: str  #: key of the office that took it in
    body: str  #: key of the body that decides
    opened_at: datetime
    closed_at: datetime | None
    stopped_since: datetime | None
    outer: DueView
    edition: int | None  #: of the act, by which it is told
    steps: Sequence[StepLine]
    held: Sequence[cases.Held]
    told: Sequence[Notice]

    @property
    def open_steps(self) -> list[StepLine]:
        """Where it waits now."""
        return [line for line in self.steps if line.done_at is None and not line.cancelled]


def standing(case_id: int, person: directory.Person) -> Standing:
    """The case as its terms stand. Raises NoSuchCase, NotYours to all but the control level and the office's head."""
    case = db.session.get(Case, case_id)
    if case is None or case.plays:
        raise NoSuchCase(case=case_id)
    access.check_may_look(person, case.body_key if access.may_lead(person, case.body_key) else case.office_key)
    return Standing(
        case_id=case.id,
        number=case.number,
        route=case.route,
        office=case.office_key,
        body=case.body_key,
        opened_at=case.opened_at,
        closed_at=case.closed_at,
        stopped_since=case.stopped_since if case.closed_at is None else None,
        outer=outer_of(case),
        edition=case.edition,
        steps=cases.steps_without_outcomes(case),
        held=cases.times_by_holder([case.id])[case.id],
        told=[notice for notice in notices.of_case(case.id) if notice.clock != "paper"],
    )
