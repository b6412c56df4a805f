"""The clock of a demo system: set by its administrator, read by every process, unknown to a real system."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import clock, jobs, journal, notices, time_machine
from services.db import db, transaction
from services.jobs.models import JobRow
from services.time_machine.models import DemoClock
from tests.counting import counted
from tests.people.office import Office
from tests.services.cases.starting import beginning, begun, in_force
from tests.services.engine.drawings import timer

RECEIVED = datetime(2013, 12, 9, 6, 40, tzinfo=UTC)
END = RECEIVED + timedelta(days=30)
PAGE = "/admin/clock/"


@pytest.fixture
def admin(house: Flask) -> Iterator[Surfer]:
    yield Surfer(house).sign_in("admin")
    clock.shift(timedelta())


def set_to(admin: Surfer, to: str, at: str = "") -> None:
    admin.get(PAGE)
    answer = admin.submit(PAGE, {"to": to, "at": at})
    assert answer.status_code == 200, answer.text


def here(at: datetime) -> str:
    """As the page's field writes it, on the clock of Almaty in those years."""
    return (at + timedelta(hours=6)).strftime("%Y-%m-%dT%H:%M")


def elsewhere(app: Flask) -> datetime:
    """What another process says it is: a thread with a context, a session and a transaction of its own."""

    def ask() -> datetime:
        with app.app_context():
            db.session.connection()
            try:
                return clock.now()
            finally:
                db.session.remove()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(Context().run, ask).result()


def is_near(at: datetime, wanted: datetime) -> bool:
    return abs(at - wanted) < timedelta(minutes=2)


def test_every_process_goes_by_the_clock_that_was_set(house: Flask, admin: Surfer) -> None:
    assert is_near(elsewhere(house), datetime.now(UTC))
    set_to(admin, "moment", here(RECEIVED))
    assert is_near(elsewhere(house), RECEIVED)
    set_to(admin, "hour")
    assert is_near(elsewhere(house), RECEIVED + timedelta(hours=1))
    for day in (10, 11, 12, 13, 18):  # a weekend, then the 16th and 17th: Independence Day
        set_to(admin, "working_day")
        assert is_near(elsewhere(house), RECEIVED + timedelta(days=day - 9, hours=1))
    set_to(admin, "real")
    assert is_near(elsewhere(house), datetime.now(UTC))
    lines = journal.read("clock")
    assert len(lines) == 8 and {line.event for line in lines} == {"clock.set"}
    assert all(is_near(line.at, datetime.now(UTC)) for line in lines)


def test_every_page_says_that_the_clock_is_set(house: Flask, admin: Surfer) -> None:
    somebody, nobody = Surfer(house).sign_in("head.taldykorgan"), Surfer(house)
    assert 'class="demo-clock"' not in somebody.get("/").text + nobody.get("/sign-in").text
    set_to(admin, "moment", here(RECEIVED))
    for page in (somebody.get("/"), somebody.get("/nowhere"), nobody.get("/sign-in")):
        assert 'class="demo-clock"' in page.text and "2013 жылғы 9 желтоқсан, 12:4" in page.text


def test_forward_what_becomes_due_is_done_by_a_worker_in_order_and_not_by_the_request(
    house: Flask, admin: Surfer
) -> None:
    set_to(admin, "moment", here(RECEIVED))
    case_id = Office(house).run(until=2)
    set_to(admin, "moment", here(END))
    assert notices.of_case(case_id) == []
    db.session.rollback()
    Context().run(work, house)
    told = notices.of_case(case_id)
    assert [each.kind for each in told] == ["warned", "overdue", "escalated"] * 2
    assert [each.at for each in told] == sorted(each.at for each in told)
    assert all(is_near(each.told_at, END) for each in told)


def work(app: Flask) -> None:
    """A worker that wakes up: its first look reads the clock, the second goes by it."""
    with app.app_context():
        jobs.work_off()
        jobs.work_off()


def test_back_nothing_is_done_twice_and_what_comes_again_is_not_told_again(house: Flask, admin: Surfer) -> None:
    set_to(admin, "moment", here(RECEIVED))
    case_id = Office(house).run(until=2)
    for at in (END, RECEIVED, END):
        set_to(admin, "moment", here(at))
        Context().run(work, house)
    assert len(notices.of_case(case_id)) == 6
    assert journal.verify([]) == []


def beat_and_work(app: Flask) -> None:
    """A worker that says that it lives, and so reads the clock, before it looks for work."""
    with app.app_context():
        db.session.connection()
        db.session.rollback()
        jobs.work_off()


def test_a_start_by_a_timer_goes_by_that_clock_and_begins_once_however_often_its_moment_comes(
    house: Flask, admin: Surfer
) -> None:
    set_to(admin, "moment", here(RECEIVED))
    in_force(beginning("q", timer("P9D")))
    for at, cases_then in ((RECEIVED + timedelta(days=8), 0), (END, 1), (RECEIVED, 1), (END, 1)):
        set_to(admin, "moment", here(at))
        Context().run(beat_and_work, house)
        assert len(begun("q")) == cases_then
    (case,) = begun("q")
    assert is_near(case.opened_at, END)


def test_back_what_pauses_after_a_failure_or_was_in_lost_hands_does_not_wait_for_the_later_clock(
    house: Flask, admin: Surfer
) -> None:
    set_to(admin, "moment", here(END))
    with transaction():
        rows = [("paused", RECEIVED, END, 3), ("held", END, END + timedelta(seconds=4), 1), ("to come", END, END, 0)]
        for key, planned_at, due_at, attempts in rows:
            db.session.add(JobRow(kind="nobody's", key=key, planned_at=planned_at, due_at=due_at, attempts=attempts))
    set_to(admin, "moment", here(RECEIVED + timedelta(days=1)))
    db.session.rollback()
    due = {row.key: row.due_at for row in db.session.scalars(select(JobRow).filter_by(kind="nobody's"))}
    assert is_near(due["paused"], RECEIVED + timedelta(days=1))
    assert due["held"] == due["to come"] == END


def test_waits_after_wrong_passwords_and_sessions_go_by_the_real_time(house: Flask, admin: Surfer) -> None:
    set_to(admin, "moment", here(END))
    guesser = Surfer(house)
    for _ in range(5):
        guesser.get("/sign-in")
        guesser.submit("/sign-in", {"login": "clerk.taldykorgan", "password": "wrong"})
    for at in (END + timedelta(days=9), RECEIVED):  # neither skipped, nor made endless
        set_to(admin, "moment", here(at))
        guesser.get("/sign-in")
        page = guesser.submit("/sign-in", {"login": "clerk.taldykorgan", "password": "wrong"}).text
        alert = re.search(r'role="alert".*?</', page, re.DOTALL)
        assert alert and 0 < int(re.search(r"\d+", alert[0])[0]) <= 10, page  # type: ignore[index]
    assert "/sign-in" not in admin.get(PAGE).request.path


@pytest.mark.parametrize("at", ["", "x", "2013-W11-5T09:00", "2013-13-01T00:00", "2011-12-31T12:00", "2031-01-01T09:00",
                                "9999-12-31T23:59", "2013-01-01T00:00+99:00"])  # fmt: skip
def test_a_moment_that_is_none_or_that_the_calendar_does_not_know_is_refused(admin: Surfer, at: str) -> None:
    admin.get(PAGE)
    answer = admin.submit(PAGE, {"to": "moment", "at": at})
    assert answer.status_code == 400 and 'role="alert"' in answer.text
    assert db.session.scalars(select(DemoClock)).all() == []


def test_nobody_sets_it_to_a_day_on_which_they_could_not_set_it_back(house: Flask, admin: Surfer) -> None:
    with transaction():
        db.session.connection().exec_driver_sql("UPDATE appointment SET from_on = '2013-01-01' WHERE role = 'admin'")
    admin.get(PAGE)
    assert admin.submit(PAGE, {"to": "moment", "at": "2012-12-31T09:00"}).status_code == 400
    set_to(admin, "moment", "2013-01-01T09:00")
    set_to(admin, "real")


def test_only_an_administrator_sets_it(house: Flask, admin: Surfer) -> None:
    head = Surfer(house).sign_in("head.taldykorgan")
    assert head.get(PAGE).status_code == 403
    head.get("/account")
    token = head.form("/account/mail").fields["csrf_token"]
    assert head.client.post(PAGE, data={"csrf_token": token, "to": "hour"}).status_code == 403
    assert is_near(elsewhere(house), datetime.now(UTC))


def test_a_real_system_has_no_such_page_and_ignores_a_row_that_is_there(house: Flask) -> None:
    admin = Surfer(house).sign_in("admin")
    set_to(admin, "moment", here(RECEIVED))
    before = house.config["KOMEK"]
    try:
        with counted(db.engine) as count:
            elsewhere(house)
        assert count.clock_reads == 1
        house.config["KOMEK"] = replace(before, demo=False)
        time_machine.follow(False)
        assert is_near(elsewhere(house), datetime.now(UTC))
        assert admin.get(PAGE).status_code == 404
        with pytest.raises(time_machine.NotADemo):
            time_machine.set_clock(RECEIVED, actor="console")
        db.session.rollback()
        with counted(db.engine) as count:
            elsewhere(house)
        assert count.clock_reads == 0
    finally:
        house.config["KOMEK"] = before
        time_machine.follow(before.demo)
