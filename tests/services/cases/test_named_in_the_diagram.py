"""Whom a diagram names is offered the task; what it says of when and how urgent is shown, and sorted by."""

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.dialects import postgresql

from komek.testing.owner import analyze
from komek.testing.surfer import Surfer
from services import cases, directory, jobs, processes, registry
from services.cases.lists import standing
from services.cases.lists.orders import ORDERS
from services.cases.models import Task
from services.cases.pages import oversight
from services.cases.programs import records
from services.db import db
from services.errors import Invalid
from tests.counting import counted, rows_read
from tests.people.away import away
from tests.services.cases.small_cases import OFFICE, begin, clerk, complete, people, task_at
from tests.services.engine import drawings
from tests.services.engine.drawings import node

LINE = "start>A A>X X>end"
OTHER = "clerk.taldykorgan"


def person(login: str) -> directory.Person:
    found = directory.person(directory.id_of(login) or 0)
    assert found is not None
    return found


def opened(key: str = "one", drawn: str = "", **attributes: str) -> int:
    """A case that waits at X, drawn with these attributes of Camunda's."""
    said: dict[str, Any] = {f"camunda__{name}": value for name, value in attributes.items()}
    case_id = begin(people("A") + (drawn or node("userTask", "X", **said)), LINE, key=key)
    complete(case_id, "A")
    db.session.rollback()
    return case_id


def listed(who: directory.Person, list: str = "role", order: str = "due") -> list[int]:
    return [row.case_id for row in cases.inbox(who, OFFICE, list, order=order).rows]


@pytest.mark.usefixtures("house")
def test_a_candidate_user_finds_the_task_takes_it_and_completes_it_whoever_else_has_that_role() -> None:
    case_id = opened(candidateUsers=OTHER)
    task, named, first = task_at(case_id, "X"), person(OTHER), clerk()
    assert first.login != OTHER and (listed(first), listed(named)) == ([], [case_id])
    with pytest.raises(cases.NotYours):
        cases.claim_task(task.id, first)
    assert cases.case_page(case_id, first).form is None
    assert cases.case_page(case_id, named).form is not None
    cases.claim_task(task.id, named)
    assert (listed(named), listed(named, "mine"), listed(first, "waiting")) == ([], [case_id], [case_id])
    cases.complete_task(task.id, {}, cases.Click(named, "x"))
    assert task_at(case_id, "X").done_by_id == named.id


@pytest.mark.usefixtures("house")
def test_candidate_users_and_groups_may_each_take_it() -> None:
    case_id = opened(candidateUsers=OTHER, candidateGroups="head")
    head = directory.staff_at(OFFICE, "head")[0]
    assert [listed(each) for each in (clerk(), person(OTHER), head)] == [[], [case_id], [case_id]]


@pytest.mark.usefixtures("house")
def test_an_assignee_is_named_by_sign_in_name_or_by_an_expression_and_needs_no_role_beside_it() -> None:
    one = opened("one", assignee=OTHER)
    two = opened("two", assignee="${'clerk' + '.taldykorgan'}")
    named = person(OTHER)
    assert (set(listed(named, "mine")), listed(clerk(), "mine")) == ({one, two}, [])
    with pytest.raises(cases.NamedByHead):
        cases.release_task(task_at(one, "X").id, named)
    cases.complete_task(task_at(one, "X").id, {}, cases.Click(named, "x"))
    assert task_at(one, "X").done_by_id == named.id


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("said", [{"assignee": "nobody.at.all"}, {"candidateUsers": f"{OTHER}, nobody.at.all"}])
def test_a_name_that_nobody_signs_in_by_is_an_incident_in_words_and_goes_on_when_somebody_does(
    said: dict[str, str],
) -> None:
    case_id = opened(**said)
    (incident,) = cases.incidents(person("admin")).rows
    assert incident.case_id == case_id and str(incident.details["reason"]) == "nobody signs in as nobody.at.all"
    assert task_at(case_id, "X") is None
    db.session.execute(text("UPDATE staff SET login = 'nobody.at.all' WHERE login = 'clerk.talgar'"))
    db.session.commit()
    cases.retry_incidents([incident.job_id], person("admin"))
    jobs.work_off()
    assert task_at(case_id, "X") is not None


@pytest.mark.usefixtures("house")
def test_whom_the_first_task_names_opens_the_case_and_others_do_not() -> None:
    drawn = node("userTask", "A", camunda__candidateUsers=OTHER)
    processes.install({"p.bpmn": drawings.drawn(drawn, "start>A A>end")}, registry.current(), name="s", actor="test")
    with pytest.raises(cases.NotYours):
        cases.open_case("p", OFFICE, clerk(), key="one")
    case_id = cases.open_case("p", OFFICE, person(OTHER), key="two")
    assert task_at(case_id, "A").assignee_id == person(OTHER).id


@pytest.mark.parametrize("named", [{"candidateUsers": OTHER}, {"assignee": OTHER}])
def test_whoever_stands_in_for_one_whom_it_names_does_it_for_them_and_not_after(
    house: Flask, named: dict[str, str]
) -> None:
    case_id, absent = opened(**named), person(OTHER)
    task, deputy = task_at(case_id, "X"), directory.staff_at(OFFICE, "executor")[0]
    absence = away(absent, deputy, days=5)
    acts = person(deputy.login)
    assert case_id in listed(acts) + listed(acts, "mine") and case_id not in listed(acts, "waiting")
    assert [each.task.id for each in records.tasks(records.RecordsAsked(), acts)] == [task.id]
    assert [each for each in cases.stuck_tasks() if not each.role] == []
    (line,) = cases.case_page(case_id, acts).open_steps
    assert line.deputy == deputy.full_name
    assert absent.full_name in Surfer(house).sign_in(deputy.login).get("/inbox?list=mine").text
    directory.end_absence(absence, actor="console")
    with pytest.raises(cases.NotYours):
        cases.complete_task(task.id, {}, cases.Click(person(deputy.login), "x"))
    away(absent, deputy, days=5)
    cases.complete_task(task.id, {}, cases.Click(person(deputy.login), "x"))
    done = task_at(case_id, "X")
    assert (done.done_by_id, done.done_for_id, done.done_order) == (deputy.id, absent.id, "12-ж")


@pytest.mark.usefixtures("house")
def test_the_administrator_is_told_of_a_task_whose_candidates_have_all_gone() -> None:
    opened(candidateUsers=OTHER)
    assert [each for each in cases.stuck_tasks() if not each.role] == []
    db.session.execute(text("UPDATE staff SET active = false WHERE login = :login"), {"login": OTHER})
    db.session.commit()
    assert [each.count.value for each in cases.stuck_tasks() if not each.role] == [1]


def test_a_task_may_name_more_people_than_a_line_of_an_index_holds_and_what_nobody_can_do_is_counted_to_a_bound(
    house: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = [opened(key, candidateUsers=OTHER) for key in ("one", "two", "three")]
    # PostgreSQL, "index row size exceeds btree version 4 maximum 2704": 338 numbers of eight bytes
    named = [person(OTHER).id, *range(10**9, 10**9 + 400)]
    many = "UPDATE task SET candidates = CAST(:named AS bigint[]) WHERE candidates IS NOT NULL AND closed_at IS NULL"
    db.session.execute(text(many), {"named": named})
    db.session.commit()
    assert set(made) <= set(listed(person(OTHER)))
    assert [each for each in cases.stuck_tasks() if not each.role] == []
    db.session.execute(text("UPDATE staff SET active = false WHERE login = :login"), {"login": OTHER})
    db.session.commit()
    monkeypatch.setattr(oversight, "CAP", 2)
    [stuck] = [each.count for each in cases.stuck_tasks() if not each.role]
    assert (stuck.value, stuck.more) == (2, True)
    assert "<b>2+</b>" in Surfer(house).sign_in("admin").get("/staff/").text


@pytest.mark.usefixtures("house")
def test_priority_and_follow_up_are_kept_shown_and_sorted_by() -> None:
    drawn = {
        "low": {"priority": "10"}, "plain": {}, "high": {"priority": "90"},
        "later": {"followUpDate": "2027-02-01T09:00:00"}, "soon": {"followUpDate": "${'2027-01-01T09:00:00'}"},
    }  # fmt: skip
    made = {key: opened(key, candidateGroups="clerk", **said) for key, said in drawn.items()}
    called = {case_id: key for key, case_id in made.items()}
    order = {by: [called[each] for each in listed(clerk(), order=by)] for by in ORDERS}
    assert order["priority"][0] == "high" and order["priority"][-1] == "low"
    assert order["follow_up"][:2] == ["soon", "later"]
    assert sorted(order["due"]) == sorted(drawn) and len(set(map(tuple, order.values()))) == 3
    (row,) = [each for each in cases.inbox(clerk(), OFFICE, "role").rows if called[each.case_id] == "soon"]
    assert row.follow_up_at == datetime(2027, 1, 1, 4, tzinfo=UTC)  # nine o'clock where the office is
    assert (task_at(made["high"], "X").priority, task_at(made["plain"], "X").priority) == (90, 50)


@pytest.mark.usefixtures("house")
def test_orders_are_offered_only_where_they_say_something() -> None:
    opened(candidateGroups="clerk")
    assert cases.inbox(clerk(), OFFICE, "role").orders == ("due",)
    opened("two", candidateGroups="clerk", priority="80")
    assert cases.inbox(clerk(), OFFICE, "role").orders == ("due", "priority")


@pytest.mark.usefixtures("house")
def test_pages_in_any_order_have_no_gap_and_no_double_and_cost_the_same() -> None:
    for number in range(7):
        said = {"priority": "80"} if number % 3 == 0 else {"followUpDate": "2027-01-01T09:00:00"} if number % 2 else {}
        opened(str(number), candidateGroups="clerk", **said)
    who = clerk()
    cases.inbox(who, OFFICE, "role")  # what is kept in memory is read once
    for by in ORDERS:
        seen: list[str] = []
        cursor, costs = None, []
        for _ in range(4):
            with counted(db.engine) as count:
                page = cases.inbox(who, OFFICE, "role", cursor=cursor, limit=2, order=by)
            costs.append(len(count.statements))
            seen += [row.task_id for row in page.rows]
            cursor = page.next
        whole = [row.task_id for row in cases.inbox(who, OFFICE, "role", order=by).rows]
        assert seen == whole and len(set(seen)) == 7 and cursor is None, by
        assert len(set(costs)) == 1, by
    with pytest.raises(Invalid):
        cases.inbox(who, OFFICE, "role", cursor="due~x~y~z", order="priority")


@pytest.mark.usefixtures("house")
@pytest.mark.parametrize("by", [each for each in ORDERS if each != "due"])
def test_another_order_reads_no_more_rows_than_it_shows_among_thousands(by: str) -> None:
    case_id = opened(candidateGroups="clerk")
    own = ("id", "seq", "urgent_at", "priority", "follow_up_at")
    same = [each.name for each in Task.__table__.columns if each.name not in own]
    db.session.execute(text(
        f"INSERT INTO task (id, urgent_at, priority, follow_up_at, {', '.join(same)}) "
        "SELECT 't' || n, now() + n * interval '1 minute', CASE WHEN n % 50 = 0 THEN 80 ELSE 50 END, "
        "CASE WHEN n % 40 = 0 THEN now() + n * interval '1 day' END, "
        f"{', '.join(same)} FROM task, generate_series(1, 4000) n WHERE case_id = {case_id} AND closed_at IS NULL"
    ))  # fmt: skip
    analyze("task")
    wanted = standing.ids_of(clerk(), OFFICE, "role", None, 51, ORDERS[by])
    assert wanted is not None
    statement = wanted.compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True})  # type: ignore[no-untyped-call]
    plan = db.session.scalar(text("EXPLAIN (ANALYZE, FORMAT JSON) " + str(statement).replace(":", "\\:")))
    arms = str(statement).count("UNION ALL") + 1
    assert rows_read(plan[0]["Plan"]) <= 53 * arms


def test_the_inbox_says_how_urgent_and_offers_the_orders_and_the_case_says_for_whom(house: Flask) -> None:
    case_id = opened(candidateUsers=OTHER, priority="80", followUpDate="2027-01-01T09:00:00")
    name = person(OTHER).full_name
    db.session.remove()
    surfer = Surfer(house).sign_in(OTHER)
    page = surfer.get("/inbox?list=role&by=priority").text
    assert "басымдығы 80" in page and '<option value="follow_up">' in page
    assert '<option value="priority" selected>' in page
    assert name in surfer.get(f"/cases/{case_id}").text
