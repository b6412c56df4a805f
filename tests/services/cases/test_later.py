"""What a case does by itself: timers at their moment, operations outside after the commit."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from services import cases, clock, jobs, journal, trail
from services.cases.models import Case
from services.db import db
from services.jobs.models import JobRow
from services.plugin import BusinessError, Call, Outputs, TemporaryFailure
from tests.counting import counted
from tests.services.cases.small_cases import (
    Courier,
    begin,
    clerk,
    complete,
    events,
    moments,
    people,
    task_at,
    waits,
    with_plugin,
)
from tests.services.engine.drawings import boundary, catch, error, gateways, message, node, operation, parameters, timer

NOON = datetime(2026, 11, 25, 7, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def noon(house: Flask) -> Iterator[None]:
    with clock.stopped(NOON):
        yield


@pytest.fixture
def courier(noon: None) -> Iterator[Courier]:
    made = Courier()
    with with_plugin(made):
        yield made


def left() -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(JobRow).where(JobRow.kind != cases.NOTICE)) or 0


def incident() -> JobRow | None:
    db.session.rollback()
    wanted = select(JobRow).where(JobRow.incident_at.is_not(None)).execution_options(populate_existing=True)
    return db.session.scalars(wanted).one_or_none()


# ---------------------------------------------------------------- timers


def test_a_timer_fires_once_at_its_moment_in_nobodys_name(noon: None) -> None:
    case = begin(people("A", "B") + catch("c", timer("PT1H")), "start>A A>c c>B B>end")
    complete(case, "A")
    assert jobs.work_off(NOON + HOUR - timedelta(seconds=1)) == 0 and waits(case) == ["c"]
    assert jobs.work_off(NOON + HOUR) == 1 and waits(case) == ["B"]
    assert jobs.work_off(NOON + 9 * HOUR) == 0 and left() == 0
    task = task_at(case, "c")
    assert (task.done_at, task.done_by_id, task.outcome) == (NOON + HOUR, None, "fired")
    assert "case.timer_fired worker" in events(case)
    assert journal.verify([]) == []


def test_a_boundary_timer_takes_the_task_away(noon: None) -> None:
    case = begin(people("A", "B") + boundary("b", "A", timer("PT1H")), "start>A A>end b>B B>end")
    jobs.work_off(NOON + HOUR)
    assert waits(case) == ["B"]
    gone = task_at(case, "A")
    assert gone.closed_at == NOON + HOUR and gone.done_at is None
    with pytest.raises(cases.TaskGone):
        cases.complete_task(gone.id, {}, cases.Click(clerk(), "late"))


def test_a_task_done_in_time_leaves_a_timer_that_does_nothing(noon: None) -> None:
    case = begin(people("A", "B", "C") + boundary("b", "A", timer("PT1H")), "start>A A>C b>B B>end C>end")
    complete(case, "A")
    before = events(case)
    assert jobs.work_off(NOON + HOUR) == 1
    assert waits(case) == ["C"] and events(case) == before and left() == 0


def test_a_timer_beside_a_task_leaves_it_open(noon: None) -> None:
    drawn = people("A", "B") + boundary("b", "A", timer("PT1H"), interrupting=False)
    case = begin(drawn, "start>A A>end b>B B>end")
    jobs.work_off(NOON + HOUR)
    assert waits(case) == ["A", "B"]


def test_a_cycle_does_not_pile_up_while_nobody_works(noon: None) -> None:
    drawn = people("A", "B") + boundary("b", "A", timer("R/PT1H", "timeCycle"), interrupting=False)
    case = begin(drawn, "start>A A>end b>B B>end")
    assert jobs.work_off(NOON + 5.5 * HOUR) == 1
    assert waits(case) == ["A", "B", "b"]
    assert task_at(case, "b").due_at == NOON + 6 * HOUR
    assert jobs.work_off(NOON + 6 * HOUR) == 1
    assert waits(case) == ["A", "B", "B", "b"]
    complete(case, "A")
    assert jobs.work_off(NOON + 7 * HOUR) == 1, "the last one finds its task gone"
    assert left() == 0 and waits(case) == ["B", "B"]


def test_a_cycle_of_three_ends(noon: None) -> None:
    drawn = people("A", "B") + boundary("b", "A", timer("R3/PT1H", "timeCycle"), interrupting=False)
    case = begin(drawn, "start>A A>end b>B B>end")
    assert [jobs.work_off(NOON + hours * HOUR) for hours in (1, 2, 3, 4)] == [1, 1, 1, 0]
    assert waits(case) == ["A", "B", "B", "B"]


def test_timers_of_one_downtime_fire_in_due_order(noon: None) -> None:
    drawn = people("A", "L", "Q") + "".join(
        boundary(key, "A", timer(text), interrupting=False) for key, text in (("late", "PT3H"), ("quick", "PT2H"))
    )
    case = begin(drawn, "start>A A>end late>L quick>Q L>end Q>end")
    assert jobs.work_off(NOON + timedelta(days=2)) == 2
    assert [line.details["element"] for line in journal.read(f"case:{case}") if line.event == "case.timer_fired"] == [
        "late", "quick"]  # fmt: skip
    assert moments(case, "case.timer_fired") == [NOON + timedelta(days=2)] * 2


def test_of_a_message_and_a_timer_the_timer_goes_first_when_nothing_comes(noon: None) -> None:
    drawn = people("A", "B", "C") + gateways("eventBased", "g") + catch("c1", timer("PT1H")) + catch("c2", message())
    case = begin(drawn, "start>A A>g g>c1 g>c2 c1>B c2>C B>end C>end")
    complete(case, "A")
    assert waits(case) == ["c1", "c2"]
    jobs.work_off(NOON + HOUR)
    assert waits(case) == ["B"]
    assert task_at(case, "c1").outcome == "fired"
    assert task_at(case, "c2").closed_at is not None and not task_at(case, "c2").outcome


def test_what_follows_a_timer_in_the_step_is_done_with_it_by_nobody(courier: Courier) -> None:
    drawn = people("A", "B") + catch("c", timer("PT1H")) + operation("o", "courier.note")
    case = begin(drawn, "start>A A>c c>o o>B B>end")
    complete(case, "A")
    jobs.work_off(NOON + HOUR)
    assert waits(case) == ["B"]
    line = next(line for line in journal.read(f"case:{case}") if line.event == "courier.note.noted")
    assert (line.actor, line.details) == ("worker", {"by": None})


def test_a_timer_that_cannot_go_on_is_an_incident_and_no_other_case_waits_for_it(courier: Courier) -> None:
    drawn = people("A") + catch("c", timer("PT1H")) + node("userTask", "B", camunda__dueDate="${'some day'}")
    broken = begin(drawn, "start>A A>c c>B B>end", key="broken")
    complete(broken, "A")
    whole = begin(people("A", "B") + catch("c", timer("PT2H")), "start>A A>c c>B B>end", key="whole")
    complete(whole, "A")
    assert jobs.work_off(NOON + 2 * HOUR) == 2
    found = incident()
    assert found is not None and found.case_id == broken and "some day" in str(found.error_details)
    assert waits(broken) == ["c"] and waits(whole) == ["B"]
    assert events(broken)[-1] == "case.incident worker"
    assert jobs.work_off(NOON + 99 * HOUR) == 0


def test_a_clock_that_jumps_forward_and_back_fires_nothing_twice_and_forgets_nothing(noon: None) -> None:
    drawn = people("A", "B", "C") + "".join(
        boundary(key, "A", timer(text), interrupting=False) for key, text in (("b", "PT1H"), ("c", "PT30H"))
    )
    case = begin(drawn, "start>A A>end b>B c>C B>end C>end")
    for moment in (NOON + 2 * HOUR, NOON - 24 * HOUR, NOON + 2 * HOUR, NOON - 24 * HOUR, NOON + 29 * HOUR):
        jobs.work_off(moment)
        assert waits(case) == ["A", "B", "c"]
    jobs.work_off(NOON + 30 * HOUR)
    jobs.work_off(NOON - 30 * HOUR)
    assert waits(case) == ["A", "B", "C"] and left() == 0


def test_a_closed_case_is_not_woken(noon: None) -> None:
    case = begin(people("A") + boundary("b", "A", timer("PT1H")), "start>A A>end b>end")
    cases.discard_case(case, clerk())
    before = events(case)
    jobs.work_off(NOON + HOUR)
    assert events(case) == before and left() == 0


def test_a_click_that_sets_timers_costs_one_statement_more_for_all_of_them(noon: None) -> None:
    boundaries = "".join(boundary(f"b{n}", "B", timer(f"PT{n}H"), interrupting=False) for n in (1, 2, 3))
    line = "start>A A>B B>C C>end b1>end b2>end b3>end"
    case = begin(people("A", "B", "C") + boundaries, line)
    with counted(db.engine) as with_timers:
        complete(case, "A")
    with counted(db.engine) as without:
        complete(case, "B")
    assert sum("INTO job" in each for each in with_timers.statements) == 1
    assert not any("INTO job" in each for each in without.statements)


# ---------------------------------------------------------------- operations outside

ORDER = people("A", "B") + operation("o", "courier.order")
LINE = "start>A A>o o>B B>end"


def ordered(nodes: str = ORDER, line: str = LINE) -> int:
    case = begin(nodes, line)
    complete(case, "A")
    return case


def test_an_operation_outside_is_carried_out_after_the_commit_and_the_case_goes_on(courier: Courier) -> None:
    case = ordered()
    assert courier.calls == [] and waits(case) == ["o"]
    assert jobs.work_off() == 1
    assert waits(case) == ["B"] and left() == 0
    (call,) = courier.calls
    assert (call.operation, call.case.id, call.person) == ("courier.order", case, None)
    assert call.key == task_at(case, "o").id
    assert journal.verify([]) == []


def test_a_request_is_named_by_its_job_and_by_every_line_of_what_came_of_it(courier: Courier) -> None:
    trail.begin("request-of-a-clerk", believed=True)
    case_id = ordered()
    trail.go_on(None)
    assert set(db.session.scalars(select(JobRow.request))) == {"request-of-a-clerk"}
    db.session.rollback()
    jobs.work_off()
    lines = journal.of_request("request-of-a-clerk")
    assert {line.actor.split(":")[0] for line in lines} >= {"staff", "worker"}
    assert [(line.stream, line.position) for line in lines if line.stream == f"case:{case_id}"] == [
        (line.stream, line.position) for line in reversed(journal.read(f"case:{case_id}"))
    ]
    assert all("of_request" not in line.details for line in lines)  # people are not shown it
    assert journal.verify() == [] and journal.of_request("request-of-a-cler") == []
    assert journal.of_request("%") == journal.of_request("request_of_a_clerk") == []  # no letter stands for others


def test_a_failing_operation_is_repeated_with_the_same_key_until_it_succeeds(courier: Courier) -> None:
    def fails_three_times(call: Call) -> Outputs:
        if len(courier.calls) <= 3:
            raise TemporaryFailure("The courier does not answer.")
        return {}

    courier.answer = fails_three_times
    case = ordered()
    for minutes in range(5):
        jobs.work_off(NOON + timedelta(minutes=minutes))
    assert waits(case) == ["B"]
    assert len(courier.keys) == 4 and len(set(courier.keys)) == 1
    done = next(line for line in journal.read(f"case:{case}") if line.event == "case.operation_done")
    assert done.details["attempts"] == 4


def test_an_operation_that_never_succeeds_becomes_an_incident_in_the_plugins_words(courier: Courier) -> None:
    def fail(call: Call) -> Outputs:
        raise TemporaryFailure("The courier %(who)s does not answer.", who="Қазпошта")

    courier.answer = fail
    case = ordered()
    for hours in range(20):
        jobs.work_off(NOON + hours * HOUR)
    found = incident()
    assert found is not None
    assert (found.error, found.error_details) == ("The courier %(who)s does not answer.", {"who": "Қазпошта"})
    assert found.attempts == len(courier.calls) == 10
    assert waits(case) == ["o"] and events(case)[-1] == "case.incident worker"


def test_a_business_error_goes_the_way_of_its_boundary_event(courier: Courier) -> None:
    def refuse(call: Call) -> Outputs:
        raise BusinessError("BROKEN")

    courier.answer = refuse
    case = ordered(ORDER + people("R") + boundary("e", "o", error()), f"{LINE} e>R R>end")
    jobs.work_off()
    assert waits(case) == ["R"] and left() == 0 and len(courier.calls) == 1
    assert "case.operation_refused worker" in events(case)


@pytest.mark.parametrize("said", [None, "The parcel is too heavy."])
def test_a_business_error_without_a_boundary_event_is_an_incident_at_once(courier: Courier, said: str | None) -> None:
    def refuse(call: Call) -> Outputs:
        raise BusinessError("HEAVY", said)

    courier.answer = refuse
    case = ordered()
    jobs.work_off()
    found = incident()
    assert found is not None and waits(case) == ["o"] and len(courier.calls) == 1
    assert found.error == (said or "The step %(element)s has no boundary event for the error %(code)s.")


def test_an_operation_outside_gets_its_declared_inputs_and_the_defaults_of_what_is_not_said(courier: Courier) -> None:
    ordered(people("A", "B") + operation("o", "courier.order", parameters(parcels="3", mistyped="9")))
    complete(begin(ORDER, LINE, key="without"), "A")
    jobs.work_off()
    assert [call.inputs for call in courier.calls] == [{"parcels": 3}, {"parcels": 1}]


def test_a_wrong_input_of_an_operation_outside_is_an_incident_and_the_world_is_not_asked(courier: Courier) -> None:
    case = ordered(people("A", "B") + operation("o", "courier.order", parameters(parcels="${route}")))
    jobs.work_off()
    found = incident()
    assert found is not None and waits(case) == ["o"] and courier.calls == []
    assert found.error == "The input %(input)s of %(operation)s has to be a number."
    assert found.error_details == {"operation": "courier.order", "input": "parcels"}


def test_a_wrong_input_of_an_operation_in_the_step_is_an_incident_and_the_answers_are_kept(courier: Courier) -> None:
    drawn = people("A", "B") + operation("o", "courier.note", parameters(parcels="${route}"))
    case = begin(drawn, "start>A A>o o>B B>end")
    complete(case, "A")
    found = incident()
    assert found is not None and (found.kind, waits(case)) == (cases.ANSWERS, [])
    assert found.error == "The input %(input)s of %(operation)s has to be a number."
    assert not [line for line in events(case) if "noted" in line]


@pytest.mark.parametrize("given", [None, 7, {"moment": object()}, {"list": {1, 2}}])
def test_outputs_that_cannot_be_kept_are_an_incident_without_asking_the_world_again(
    courier: Courier, given: object
) -> None:
    courier.answer = lambda call: given  # type: ignore[assignment, return-value]
    case = ordered()
    assert jobs.work_off() == 1 and jobs.work_off(NOON + 9 * HOUR) == 0
    found = incident()
    assert found is not None and found.error_details == {"operation": "courier.order"}
    assert len(courier.calls) == 1 and waits(case) == ["o"]


def test_what_an_operation_gave_is_dropped_when_the_case_went_another_way_meanwhile(courier: Courier) -> None:
    def slow(call: Call) -> Outputs:
        db.session.remove()
        cases.complete_task(task_at(call.case.id, "B").id, {}, cases.Click(clerk(), "B"))
        db.session.remove()
        return {"taken": True}

    courier.answer = slow
    drawn = people("A", "B") + operation("o", "courier.order") + gateways("parallel", "f")
    stop = '<endEvent id="stop"><terminateEventDefinition id="t"/></endEvent>'
    case = ordered(drawn + stop, "start>A A>f f>o f>B o>end B>stop")
    jobs.work_off()
    assert waits(case) == [] and left() == 0
    assert db.session.get_one(Case, case).outcome == "stop"
    assert events(case)[-1] == "case.operation_unneeded worker"
    assert journal.verify([]) == []


def test_an_operation_that_is_no_longer_wanted_is_not_begun(courier: Courier) -> None:
    drawn = ORDER + boundary("b", "o", timer("PT0S"))
    case = ordered(drawn, f"{LINE} b>B")
    with counted(db.engine):
        jobs.work_off()
    assert waits(case) == ["B"]
    assert len(courier.calls) <= 1 and left() == 0
