"""A signal is heard by every case that waits for it: each in its own transaction, exactly once."""

import pytest
from sqlalchemy import select

from services import cases, jobs
from services.db import db
from services.jobs.models import JobRow
from tests.services.cases.small_cases import begin, complete, events, people, task_at, waits
from tests.services.engine.drawings import boundary, catch, node, signal

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
