"""What happens to a case off its usual way: who may tell it, what it ends, and that nothing of it is silent."""

import pytest
from sqlalchemy import select

from services import cases, directory, notices, processes, registry
from services.cases.errors import NoSuchHappening, NotYours, TaskAlreadyDone
from services.cases.models import Case, Instance, Task
from services.db import db
from services.errors import InvalidAnswers
from tests.services.cases.small_cases import OFFICE, clerk, complete, events, people, task_at, waits
from tests.services.cases.ways_out import begun, by_hand
from tests.services.engine import drawings
from tests.services.engine.drawings import message, node

pytestmark = pytest.mark.usefixtures("house")


def offered(case_id: int, person: directory.Person | None = None) -> list[cases.Happening]:
    db.session.rollback()
    return list(cases.case_happenings(case_id, person or clerk()))


def tell(case_id: int, reason: str = "an application of the day", *, key: str = "form", **more: object) -> Task:
    (what,) = offered(case_id)
    return db.session.get_one(Task, cases.happen(case_id, what.id, more, reason, person=clerk(), key=key).task_id)


def head() -> directory.Person:
    return directory.staff_at(OFFICE, "head")[0]


def test_it_is_offered_to_the_role_it_names_and_to_nobody_else() -> None:
    case_id = begun()
    (what,) = offered(case_id)
    assert (what.title, what.role, what.office_key, what.interrupts) == ("out", "clerk", OFFICE, True)
    assert offered(case_id, head()) == []
    with pytest.raises(NotYours):
        cases.happen(case_id, what.id, {}, "no", person=head(), key="k")
    assert waits(case_id) == ["A"], "what is only offered is no place where the case waits"


def test_what_goes_on_ends_the_reason_is_kept_and_the_case_ends_by_that_way() -> None:
    case_id = begun()
    tell(case_id)
    assert waits(case_id) == ["Back"]
    told = task_at(case_id, "out")
    assert (told.why, told.done_by_id, told.role) == ("an application of the day", clerk().id, "clerk")
    assert task_at(case_id, "A").closed_at is not None
    assert {"case.happened staff", "case.task_cancelled staff"} <= set(events(case_id))
    complete(case_id, "Back")
    assert db.session.get_one(Case, case_id).outcome == "withdrawn"
    assert offered(case_id) == []


def test_whoever_had_the_step_in_hand_is_told_that_it_is_no_longer_needed() -> None:
    case_id = begun()
    other = directory.staff_at(OFFICE, "clerk")[1]
    assert task_at(case_id, "A").assignee_id == clerk().id
    (what,) = offered(case_id, other)
    cases.happen(case_id, what.id, {}, "why", person=other, key="form")
    assert [(each.kind, each.staff_id) for each in notices.of_case(case_id)] == [("called_off", clerk().id)]


def test_whoever_tells_it_needs_no_notice_of_what_they_did_themselves() -> None:
    case_id = begun()
    tell(case_id)
    assert notices.of_case(case_id) == []


def test_without_a_reason_nothing_happens() -> None:
    case_id = begun()
    with pytest.raises(InvalidAnswers) as refused:
        tell(case_id, "  ")
    assert list(refused.value.errors) == ["reason"]
    assert waits(case_id) == ["A"]


def test_the_same_form_sent_twice_happens_once_and_another_one_is_told_who_was_quicker() -> None:
    case_id = begun()
    (what,) = offered(case_id)
    for _ in range(2):
        cases.happen(case_id, what.id, {}, "why", person=clerk(), key="form")
    assert waits(case_id) == ["Back"]
    with pytest.raises(TaskAlreadyDone):
        cases.happen(case_id, what.id, {}, "why", person=clerk(), key="another")


def test_what_cannot_happen_any_more_is_refused() -> None:
    case_id = begun()
    (what,) = offered(case_id)
    complete(case_id, "A")
    complete(case_id, "B")
    with pytest.raises(NoSuchHappening):
        cases.happen(case_id, what.id, {}, "why", person=clerk(), key="form")
    assert db.session.get_one(Case, case_id).outcome == "end"


def test_what_does_not_interrupt_happens_beside_and_may_happen_again() -> None:
    case_id = begun(interrupting=False)
    tell(case_id, key="one")
    tell(case_id, key="two")
    assert waits(case_id) == ["A", "Back", "Back"]


def again(when: str) -> None:
    """A process of its own that people begin beside a case."""
    start = node("startEvent", "again", by_hand(when=when) + message())
    inside = drawings.scope(
        start + people("Anew") + node("endEvent", "End_Approved"), "again>Anew Anew>End_Approved", "anew_f"
    )
    drawn = drawings.diagram(f'<process id="anew" name="anew" isExecutable="true">{inside}</process>')
    processes.install({"anew.bpmn": drawn}, registry.current(), name="anew", actor="test")


def closed(key: str = "one") -> int:
    case_id = begun(key)
    complete(case_id, "A")
    db.session.get_one(Case, case_id).number = f"TKL-2026-{key}"
    db.session.commit()
    complete(case_id, "B")
    return case_id


def test_a_closed_case_is_taken_up_again_by_a_pool_of_its_own_whose_end_is_the_new_outcome() -> None:
    again("closed")
    case_id = closed()
    (what,) = offered(case_id)
    assert what.takes_up
    tell(case_id)
    case = db.session.get_one(Case, case_id)
    assert (case.closed_at, case.outcome, waits(case_id)) == (None, None, ["Anew"])
    complete(case_id, "Anew")
    db.session.expire_all()
    assert db.session.get_one(Case, case_id).outcome == "approved"
    assert len(db.session.scalars(select(Instance).filter_by(case_id=case_id)).all()) == 2


def test_what_may_always_happen_leaves_a_closed_case_closed() -> None:
    again("always")
    case_id = closed()
    closed_at = db.session.get_one(Case, case_id).closed_at
    tell(case_id)
    complete(case_id, "Anew")
    case = db.session.get_one(Case, case_id)
    assert (case.closed_at, case.outcome) == (closed_at, "end")


def test_a_case_that_is_open_is_not_taken_up() -> None:
    again("closed")
    case_id = begun()
    db.session.get_one(Case, case_id).number = "TKL-2026-one"
    db.session.commit()
    assert [each.title for each in offered(case_id)] == ["out"]
