"""Warned, overdue, escalated (R-ESC): what is told depends on how things stood, never on who looked when."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import pytest
from flask import Flask
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from sqlalchemy import func, select

from services import cases, clock, deadlines, directory, jobs, journal, notices, registry
from services.cases.models import Case, Task
from services.db import db, transaction
from services.jobs.models import JobRow
from services.notices.models import Notice
from tests.examples import tried
from tests.people.office import OFFICE, Office, Psc

#: worked case C07: D3 is due on 23 December, the whole case on the 19th, both at 18:00 in Almaty (UTC+6)
RECEIVED = datetime(2013, 12, 9, 6, 40, tzinfo=UTC)
MOMENTS = {
    ("outer", "warned"): datetime(2013, 12, 19, 3, tzinfo=UTC),
    ("outer", "overdue"): datetime(2013, 12, 19, 12, tzinfo=UTC),
    ("outer", "escalated"): datetime(2013, 12, 20, 12, tzinfo=UTC),
    ("step", "warned"): datetime(2013, 12, 23, 3, tzinfo=UTC),
    ("step", "overdue"): datetime(2013, 12, 23, 12, tzinfo=UTC),
    ("step", "escalated"): datetime(2013, 12, 24, 12, tzinfo=UTC),
}
MUCH_LATER = RECEIVED + timedelta(days=60)


@pytest.fixture
def office(house: Flask) -> Iterator[Office]:
    with clock.stopped(RECEIVED):
        yield Office(house)


def told(case_id: int) -> list[Notice]:
    db.session.rollback()
    return notices.of_case(case_id)


def facts(case_id: int) -> Counter[tuple[str, str, datetime]]:
    return Counter((notice.clock, notice.kind, notice.at) for notice in told(case_id))


def all_of(*clocks: str) -> Counter[tuple[str, str, datetime]]:
    return Counter((clock_, kind, at) for (clock_, kind), at in MOMENTS.items() if clock_ in clocks)


def review_is_done(office: Office, case_id: int, at: datetime) -> None:
    """The first of the two tasks that share the clock of D3."""
    with clock.stopped(at):
        late = {"delay_reason": "Анықтама кеш келді"} if at > MOMENTS["step", "overdue"] else {}
        assert office.work(case_id, "executor", {**office.steps()[2][1], **late}).status_code == 200


def draft_is_done(office: Office, case_id: int, at: datetime) -> None:
    """The second of them."""
    with clock.stopped(at):
        late = {"delay_reason": "Анықтама кеш келді"} if at > MOMENTS["step", "overdue"] else {}
        assert office.work(case_id, "executor", late).status_code == 200


def test_a_case_that_nobody_goes_on_with_is_told_of_at_every_moment_of_both_clocks(office: Office) -> None:
    case_id = office.run(until=2)
    for at in sorted(MOMENTS.values()):
        jobs.work_off(at - timedelta(seconds=1))
        before = facts(case_id)
        jobs.work_off(at)
        assert [at] == [each[2] for each in (facts(case_id) - before)]
    assert facts(case_id) == all_of("outer", "step")
    assert db.session.scalar(select(func.count()).select_from(JobRow)) == 0


def test_steps_that_share_a_clock_share_its_notices(office: Office) -> None:
    case_id = office.run(until=2)
    jobs.work_off(MOMENTS["step", "warned"])
    review_is_done(office, case_id, MOMENTS["step", "warned"] + timedelta(hours=1))
    jobs.work_off(MUCH_LATER)
    assert facts(case_id) == all_of("outer", "step")


@tried(3, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    looks=st.lists(st.integers(9 * 24, 18 * 24), max_size=6),
    review_h=st.integers(24, 16 * 24),
    draft_h=st.integers(0, 6 * 24),
)
def test_however_often_and_late_the_worker_looks_the_same_is_told(
    office: Office, looks: list[int], review_h: int, draft_h: int
) -> None:
    case_id = office.run(until=2)
    reviewed_at = RECEIVED + timedelta(hours=review_h)
    drafted_at = reviewed_at + timedelta(hours=draft_h)
    happens = [(reviewed_at, review_is_done), (drafted_at, draft_is_done)]
    events = [*happens, *((RECEIVED + timedelta(hours=hours), None) for hours in looks)]
    for at, act in sorted(events, key=lambda event: event[0]):
        if act is None:
            jobs.work_off(at)
        else:
            act(office, case_id, at)
    jobs.work_off(MUCH_LATER)
    step = {(which, kind): at for (which, kind), at in MOMENTS.items() if which == "outer" or at < drafted_at}
    assert facts(case_id) == Counter((which, kind, at) for (which, kind), at in step.items())


def test_after_a_week_without_a_worker_all_is_told_once_and_in_order(office: Office) -> None:
    ids = [office.run(until=2) for _ in range(3)]
    assert jobs.work_off(MUCH_LATER) == 18
    assert jobs.work_off(MUCH_LATER) == 0
    for case_id in ids:
        assert [(each.clock, each.kind, each.at) for each in told(case_id)] == [
            (*key, at) for key, at in MOMENTS.items()
        ]
        assert {each.told_at for each in told(case_id)} == {MUCH_LATER}
    every = [each.at for each in db.session.scalars(select(Notice).order_by(Notice.id))]
    assert every == sorted(every)


def test_two_workers_tell_each_fact_once_and_write_one_line(house: Flask, office: Office) -> None:
    ids = [office.run(until=2) for _ in range(4)]
    start = Barrier(2, timeout=60)

    def worker() -> int:
        with house.app_context():
            start.wait()
            return jobs.work_off()

    with clock.stopped(MUCH_LATER), ThreadPoolExecutor(2) as pool:
        done = [each.result() for each in [pool.submit(worker), pool.submit(worker)]]
    assert sum(done) >= 24
    for case_id in ids:
        assert facts(case_id) == all_of("outer", "step")
        lines = [line for line in journal.read(f"case:{case_id}") if line.actor == "worker"]
        assert Counter(line.event for line in lines) == {"case.warned": 2, "case.overdue": 2, "case.escalated": 2}
    assert journal.verify([]) == []


def test_the_holder_is_warned_the_head_told_then_the_control_level(office: Office) -> None:
    case_id = office.run(until=2)
    jobs.work_off(MUCH_LATER)
    whom = {(each.kind, each.staff_id, each.to_office_key, each.to_role) for each in told(case_id)}
    assert whom == {
        ("warned", office.executor_id, None, None),
        ("overdue", office.executor_id, OFFICE, "head"),
        ("escalated", None, "OBLAST", "control"),
    }


def test_what_nobody_holds_is_told_to_the_role(office: Office) -> None:
    case_id = office.run(until=1)
    jobs.work_off(MOMENTS["outer", "warned"])
    assert [(each.staff_id, each.to_office_key, each.to_role) for each in told(case_id)] == [(None, OFFICE, "head")]


def test_minutes_the_registry_and_the_courier_only_turn_overdue(house: Flask) -> None:
    with clock.stopped(RECEIVED):
        psc = Psc(house)
        waiting, sent = psc.accept(), psc.accept()
        psc.send("psc_accum", psc.folder(sent))
    jobs.work_off(MUCH_LATER)
    for case_id in (waiting, sent):
        assert {each.clock for each in told(case_id)} == {"outer"}


def test_a_moment_before_the_step_began_is_skipped(office: Office) -> None:
    """A return on the very day on which the step has to be done again: 1 working day, begun after 09:00."""
    rules = registry.current()
    case_id = office.run(until=2)
    task = db.session.scalars(select(Task).filter_by(case_id=case_id, code="D3")).one()
    moments = deadlines.escalation_for(rules, task.due_at, OFFICE)
    planned = cases.step_jobs(rules, task, moments.warn + timedelta(minutes=1))
    assert [job.due_at for job in planned] == [moments.overdue, moments.escalate]


def test_when_due_dates_are_moved_the_new_ones_are_told_and_what_is_past_is_not_made_up_for(office: Office) -> None:
    case_id = office.run(until=2)
    now = MOMENTS["outer", "overdue"] + timedelta(hours=1)
    jobs.work_off(now)
    later = timedelta(days=7)
    with transaction():
        task = db.session.scalars(select(Task).filter_by(case_id=case_id, code="D3")).one()
        case = db.session.get_one(Case, case_id)
        task.due_at += later  # type: ignore[operator]
        case.outer_due_at -= timedelta(days=3)
        cases.replan([case_id], now)
        cases.replan([case_id], now)
    jobs.work_off(MUCH_LATER)
    step = Counter(("step", kind, at) for kind, at in moved(task.due_at))  # type: ignore[arg-type]
    assert facts(case_id) == step + Counter(
        {("outer", kind, MOMENTS["outer", kind]): 1 for kind in ("warned", "overdue")}
    )


def test_a_due_date_that_is_moved_and_moved_back_is_told_once(office: Office) -> None:
    case_id = office.run(until=2)
    for days in (7, -7):
        with transaction():
            task = db.session.scalars(select(Task).filter_by(case_id=case_id, code="D3")).one()
            task.due_at += timedelta(days=days)  # type: ignore[operator]
            cases.replan([case_id], clock.now())
    jobs.work_off(MUCH_LATER)
    assert facts(case_id) == all_of("outer", "step")


def moved(due_at: datetime) -> list[tuple[str, datetime]]:
    return list(zip(("warned", "overdue", "escalated"), deadlines.escalation_for(registry.current(), due_at, OFFICE),
                    strict=True))  # fmt: skip


def test_another_body_is_told_of_the_cases_it_was_given(house: Flask) -> None:
    with clock.stopped(RECEIVED):
        psc = Psc(house)
        case_id = psc.accept(body="KAPSHAGAI", body_reason="Тіркелген жері бойынша")
    jobs.work_off(MUCH_LATER)
    overdue = [each for each in told(case_id) if each.kind == "overdue"]
    assert [(each.office_key, each.to_office_key, each.to_role) for each in overdue] == [
        ("KAPSHAGAI", "KAPSHAGAI", "head")
    ]
    assert len(told(case_id)) == 3


def test_a_folder_that_is_found_in_time_is_not_told_of(house: Flask) -> None:
    with clock.stopped(RECEIVED):
        psc = Psc(house)
        lost, found, other = (psc.accept() for _ in range(3))
        sent = psc.send("psc_accum", *(psc.folder(each) for each in (lost, found, other)))
        psc.scan("clerk", psc.folder(other))
        psc.person("clerk").get(f"/desk/consignments/{sent}")
        psc.person("clerk").submit(f"/desk/consignments/{sent}/finish")
    with clock.stopped(RECEIVED + timedelta(minutes=3)):
        psc.scan("psc_accum", psc.folder(found))
    jobs.work_off(RECEIVED + timedelta(days=1))
    assert told(found) == []
    assert {(each.kind, each.to_office_key, each.to_role) for each in told(lost)} == {
        ("missing", psc.key, "psc_accum"),
        ("missing", psc.key, "psc_head"),
    }


def test_the_deputy_of_an_absent_holder_is_told_as_well(office: Office) -> None:
    office.run(until=2)
    clerk = directory.staff_at(OFFICE, "clerk")[1]
    with clock.stopped(MOMENTS["step", "warned"]):
        directory.choose_mail("deputy@example.kz", True, actor=clerk)
        assert directory.mail_readers(office.executor_id) == []
        absence = directory.enter_absence(
            office.executor_id,
            from_on=directory.today(),
            until_on=directory.today() + timedelta(days=9),
            order_number="12-ж",
            order_on=directory.today(),
            deputy_id=clerk.id,
            actor="console",
        )
        jobs.work_off()
        assert [each.id for each in directory.mail_readers(office.executor_id)] == [clerk.id]
        deputy = directory.person(clerk.id)
        assert deputy is not None and notices.unread(deputy) == 3
        directory.end_absence(absence, actor="console")
        after = directory.person(clerk.id)
        assert after is not None and notices.unread(after) == 0 and directory.mail_readers(office.executor_id) == []


def test_only_those_who_are_told_see_it(office: Office) -> None:
    office.run(until=2)
    jobs.work_off(MUCH_LATER)
    seen = {}
    for person in [*directory.staff_at(OFFICE, "head"), *directory.staff_at(OFFICE, "executor"),
                   *directory.staff_at(OFFICE, "clerk"), *directory.staff_at("KAPSHAGAI", "head"),
                   *directory.staff_at("OBLAST", "control")]:  # fmt: skip
        kinds = Counter(each.notice.kind for each in notices.notices_of(person).rows)
        assert notices.unread(person) == kinds.total()
        seen[person.login] = dict(kinds)
    executor = next(each.login for each in directory.staff_at(OFFICE, "executor") if each.id == office.executor_id)
    assert {login: kinds for login, kinds in seen.items() if kinds} == {
        executor: {"warned": 2, "overdue": 2},
        **{head: {"overdue": 2} for head in ("head.taldykorgan", "head2.taldykorgan")},
        "control": {"escalated": 2},
    }
