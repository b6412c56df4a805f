"""What was left to programs while its plugin was switched off is the plugin's again when a worker begins with it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from services import cases, clock, jobs
from services.cases.models import ExternalTask
from services.db import db
from tests.services.cases.small_cases import (
    Courier,
    begin,
    clerk,
    complete,
    events,
    people,
    task_at,
    waits,
    with_plugin,
)
from tests.services.engine.drawings import gateways, operation

NOON = datetime(2026, 11, 25, 7, tzinfo=UTC)
LINE = "start>A A>does does>B B>end"


@pytest.fixture(autouse=True)
def noon(house: Flask) -> Iterator[None]:
    with clock.stopped(NOON):
        yield


def left_to_programs(topic: str) -> int:
    """A case that came to that operation while nobody answered for it."""
    case_id = begin(people("A", "B") + operation("does", topic), LINE)
    complete(case_id, "A")
    assert topics() == [topic] and waits(case_id) == ["does"]
    return case_id


def topics() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(ExternalTask.topic)))


def hold(until: datetime | None) -> None:
    """A program has it until then."""
    row = db.session.scalars(select(ExternalTask)).one()
    row.worker_id, row.locked_until = "w", until
    db.session.commit()


def worker_begins() -> None:
    cases.take_up_again()
    jobs.work_off()


@pytest.mark.parametrize("topic", ["courier.order", "courier.note"])
def test_an_operation_that_was_left_to_programs_is_carried_out_when_its_plugin_is_back(topic: str) -> None:
    case_id = left_to_programs(topic)
    with with_plugin(courier := Courier()):
        worker_begins()
        done = task_at(case_id, "does")
        assert waits(case_id) == ["B"] and topics() == [] and cases.topics_of_nobody() == []
        assert (done.outcome, done.done_at) == ("done", NOON)
        assert events(case_id).count("case.operation_done worker") == 1
        assert "case.task_cancelled worker" not in events(case_id)
        assert courier.keys == ([done.id] if topic == "courier.order" else [])


def test_what_a_program_holds_is_its_own_until_its_lock_ends_and_the_page_names_who_is_next() -> None:
    case_id = left_to_programs("courier.order")
    hold(NOON + timedelta(hours=1))
    with with_plugin(courier := Courier()):
        worker_begins()
        assert waits(case_id) == ["does"] and topics() == ["courier.order"] and courier.calls == []
        (line,) = cases.case_page(case_id, clerk()).by_itself
        assert line.next_at == NOON + timedelta(hours=1)
        hold(NOON + timedelta(hours=2))
        jobs.work_off(NOON + timedelta(minutes=61))
        assert waits(case_id) == ["does"], "the program asked for more time"
        jobs.work_off(NOON + timedelta(minutes=121))
        assert waits(case_id) == ["B"] and len(courier.calls) == 1


def test_what_no_plugin_answers_for_stays_a_programs() -> None:
    case_id = left_to_programs("heating.check")
    with with_plugin(Courier()):
        worker_begins()
    assert waits(case_id) == ["does"] and topics() == ["heating.check"]


def test_a_step_in_the_click_that_was_left_over_is_done_by_the_next_click_and_not_called_off() -> None:
    drawn = people("A", "B", "C") + operation("does", "courier.note") + gateways("parallel", "fork", "join")
    case_id = begin(drawn, "start>A A>fork fork>does fork>B does>join B>join join>C C>end")
    complete(case_id, "A")
    assert waits(case_id) == ["B", "does"]
    with with_plugin(Courier()):
        complete(case_id, "B")
        assert waits(case_id) == ["C"] and topics() == []
        assert task_at(case_id, "does").outcome == "done"
        assert "case.task_cancelled staff" not in events(case_id)
        worker_begins()
        assert waits(case_id) == ["C"]
