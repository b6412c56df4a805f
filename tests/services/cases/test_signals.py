"""A signal is heard by every case that waits for it: each in its own transaction, exactly once."""

import pytest
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, directory, jobs, registry
from services.db import db
from services.jobs.models import JobRow
from tests.services.cases.small_cases import begin, complete, events, people, task_at, waits
from tests.services.engine.drawings import boundary, catch, gateways, node, signal
from tests.webapp.rest.programs import CLERK

WAITING = (people("A", "Z") + catch("c", signal()), "start>A A>c c>Z Z>end")
SHOUTING = (people("U") + node("endEvent", "gong", signal()), "start>U U>gong")
REMINDED = (people("A", "B") + boundary("b", "A", signal(), interrupting=False), "start>A A>end b>B B>end")


def waiting(key: str, *more: str) -> int:
    """With `more` it is another drawing: one that was in force before does not come back by being drawn again."""
    case = begin(people(*more) + WAITING[0], WAITING[1], key=key)
    complete(case, "A")
    return case


def shouts_left() -> int:
    db.session.rollback()
    return len(db.session.scalars(select(JobRow.id).where(JobRow.kind == cases.SIGNAL)).all())


@pytest.mark.usefixtures("house")
def test_every_case_that_waits_goes_on_and_what_comes_too_late_waits_for_the_next() -> None:
    one, two = waiting("one"), waiting("two")
    other = begin(*SHOUTING, key="three")
    assert (waits(one), task_at(one, "c").waits_for, task_at(one, "c").signal) == (["c"], "signal", "gong")
    complete(other, "U")
    late = waiting("four", "Y")
    assert shouts_left() == 2
    jobs.work_off()
    assert [waits(each) for each in (one, two, late)] == [["Z"], ["Z"], ["c"]]
    assert events(one).count("case.signal_heard worker") == 1
    assert shouts_left() == 0


@pytest.mark.usefixtures("house")
def test_a_border_that_does_not_interrupt_hears_every_one() -> None:
    case = begin(*REMINDED, key="one")
    for key in ("two", "three"):
        complete(begin(*SHOUTING, key=key), "U")
        jobs.work_off()
    assert waits(case) == ["A", "B", "B", "b"]
    assert events(case).count("case.signal_heard worker") == 2


@pytest.mark.usefixtures("house")
def test_a_case_that_went_another_way_meanwhile_is_let_be() -> None:
    case = begin(*REMINDED, key="one")
    complete(begin(*SHOUTING, key="two"), "U")
    complete(case, "A")
    jobs.work_off()
    assert waits(case) == []
    assert "case.signal_heard worker" not in events(case)


def test_a_case_that_cannot_go_on_from_a_signal_is_an_incident_on_its_page_and_in_its_history(house: Flask) -> None:
    stuck = people("A", "Z") + catch("c", signal()) + gateways("exclusive", "x")
    case = begin(stuck, "start>A A>c c>x x>Z[${1 == 2}] Z>end", key="one")
    complete(case, "A")
    complete(begin(*SHOUTING, key="two"), "U")
    jobs.work_off()
    assert waits(case) == ["c"] and events(case)[-1] == "case.incident worker"
    admin = directory.staff_at(str(registry.current().facts()["control_office"]), "admin")[0]
    (incident,) = cases.incidents(admin).rows
    assert (incident.kind, incident.title, incident.element) == (cases.SIGNAL, "c", "c")
    page = Surfer(house).sign_in(CLERK).get(f"/cases/{case}").text
    assert 'class="flash alarm"' in page and "<b>c</b>" in page
    cases.settle_incident(incident.job_id, "it is not to be heard", admin)
    assert cases.incidents(admin).rows == [] and waits(case) == ["c"]


def test_an_incident_of_a_signal_ends_with_the_place_that_waited_for_it(house: Flask) -> None:
    stuck = people("A", "B") + boundary("b", "A", signal(), interrupting=False) + gateways("exclusive", "x")
    case = begin(stuck, "start>A A>end b>x x>B[${1 == 2}] B>end", key="one")
    complete(begin(*SHOUTING, key="two"), "U")
    jobs.work_off()
    admin = directory.staff_at(str(registry.current().facts()["control_office"]), "admin")[0]
    assert len(cases.incidents(admin).rows) == 1
    complete(case, "A")
    assert cases.incidents(admin).rows == []
