"""A list costs what it shows, however much lies in the database."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask, g
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from komek.testing.owner import analyze
from komek.testing.surfer import Surfer
from services import boards, cases, clock, directory
from services.boards import head
from services.cases.lists import several, standing
from services.cases.pages import offered
from services.db import db
from tests.counting import rows_read
from webapp.frame import load_said

OFFICE = "TALDYKORGAN"
MANY = 4000
SHOWN = 50
WEDNESDAY_AT_NINE = datetime(2026, 11, 25, 4, tzinfo=UTC)


@pytest.fixture
def morning() -> Iterator[None]:
    """A Wednesday at nine: what is opened now is due today."""
    with clock.stopped(WEDNESDAY_AT_NINE):
        yield


def fill(clerk: directory.Person) -> None:
    """Thousands of open tasks of every role, copied from one; half are in the hands of somebody who has that role."""
    cases.open_case("direct", OFFICE, clerk, key="one")
    columns = (
        "case_id, instance_id, stop_id, process, element, name, waits_for, step, code, clause, office_key, form, "
        "operation, inputs, named, opened_at, clock_started_at, rule, due_at, due_default, calendar, round, outputs, "
        "delay_reason, done_order, conflict_reason"
    )
    db.session.execute(
        text(
            f"INSERT INTO task (id, role, assignee_id, urgent_at, {columns}) "
            "SELECT 't' || n, (ARRAY['clerk','head','executor'])[n % 3 + 1], "
            "CASE WHEN n % 2 = 0 THEN NULL WHEN n % 3 = 0 THEN :me ELSE :me + 1 END, "
            f"now() + n * interval '1 minute', {columns} FROM task, generate_series(1, {MANY}) n"
        ),
        {"me": clerk.id},
    )
    analyze("task")


@pytest.mark.parametrize("by_hand", [False, True])
def test_no_list_of_the_inbox_reads_more_rows_than_it_shows(house: Flask, by_hand: bool) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    fill(clerk)
    if by_hand:  # and in a table that holds every row's former version, so that PostgreSQL weighs its indexes otherwise
        db.session.execute(text("UPDATE task SET seq = DEFAULT"))
        analyze("task")
    for name in ("mine", "role", "waiting", "record"):
        wanted = standing.ids_of(clerk, OFFICE, name, None, SHOWN + 1, by_hand=by_hand)
        assert wanted is not None
        statement = wanted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
        plan = db.session.scalar(text("EXPLAIN (ANALYZE, VERBOSE, FORMAT JSON) " + str(statement).replace(":", "\\:")))
        arms = str(statement).count("UNION ALL") + 1
        assert rows_read(plan[0]["Plan"]) <= (SHOWN + 1) * arms, name
        assert "public" in str(plan) and "archive" not in str(plan), f"{name}: what is open lies in no archive"
        for arm in standing.wanted_of(clerk, OFFICE, name):  # without an order, an index of all that is open is walked
            assert "ORDER BY task.urgent_at, task.id" in str(offered._told(arm, [], SHOWN)), name


def test_the_heads_board_stops_at_what_it_counts_and_says_that_there_is_more(
    house: Flask, monkeypatch: pytest.MonkeyPatch, morning: None
) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    fill(clerk)
    leader = directory.staff_at(OFFICE, "head")[0]
    monkeypatch.setattr(head, "CAP", 2 * MANY)
    monkeypatch.setattr(head, "CAP_EACH", MANY)
    whole = boards.head_board(OFFICE, leader)
    assert not (whole.more or whole.beyond) and sum(each.open for each in whole.workload) == MANY + 1

    monkeypatch.setattr(head, "CAP", 100)
    monkeypatch.setattr(head, "CAP_EACH", 100)
    page = boards.head_board(OFFICE, leader)
    assert page.more and page.beyond == {"today"} and page.counts["today"] == 100
    held = [sum(each.open for each in page.workload if each.person_id == who) for who in (clerk.id, clerk.id + 1)]
    assert held == [101, 101] and {each.open for each in page.workload if each.person_id is None} == {101}
    asked = head._open(OFFICE, [clerk.id])
    statement = asked.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    plan = db.session.scalar(text("EXPLAIN (ANALYZE, FORMAT JSON) " + str(statement).replace(":", "\\:")))
    assert rows_read(plan[0]["Plan"]) <= 2 * (1 + len(page.workload)) * 101


def test_what_is_not_counted_whole_beside_a_colleague_s_name_or_where_a_list_is_narrowed_is_said_to_be_more(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    fill(clerk)
    with house.test_request_context():
        g.office_key = OFFICE
        monkeypatch.setattr(several, "CAP", MANY)
        monkeypatch.setattr(offered, "CAP", MANY)
        whole, offers = cases.loads(OFFICE), cases.offered(clerk, OFFICE, "mine")
        assert not whole.more and sum(each.open for each in whole.of.values()) == MANY // 2 + 1
        assert load_said(0) == "қолында ештеңе жоқ" and "кемінде" not in load_said(clerk.id)
        assert not any(each.more for values in offers.values() for each in values)

        monkeypatch.setattr(several, "CAP", 100)
        monkeypatch.setattr(offered, "CAP", 100)
        g.loads = cases.loads(OFFICE)
        assert g.loads.more and sum(each.open for each in g.loads.of.values()) == 101
        load = g.loads.of[clerk.id]
        assert load_said(clerk.id) == f"қолында: кемінде {load.open}, мерзімі өткені: кемінде {load.late}"
        assert load_said(0) == "ең шұғыл істердің ешқайсысы қолында емес"
        assert all(each.more for each in cases.offered(clerk, OFFICE, "mine")["route"])
    narrowed = Surfer(house).sign_in(clerk.login).get("/inbox?list=mine&route=direct")
    assert "· кемінде 101" in narrowed.text


def test_pages_follow_each_other_without_gap_or_double(house: Flask) -> None:
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    fill(clerk)
    seen: list[str] = []
    cursor = None
    for _ in range(5):
        page = cases.inbox(clerk, OFFICE, "mine", cursor=cursor, limit=SHOWN)
        seen += [row.task_id for row in page.rows]
        cursor = page.next
    assert len(seen) == len(set(seen)) == 5 * SHOWN
    assert (page.counts["mine"].value, page.counts["mine"].more) == (MANY // 6 + 2, False)
