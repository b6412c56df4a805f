"""Lists narrowed and sorted, kept under names, and the next one of them."""

from collections.abc import Callable
from threading import Barrier, Thread

import psycopg
import pytest
from flask import Flask
from sqlalchemy import func, select

from services import cases, directory
from services.cases.lists.saved import MOST, NoSuchList, NotYourList, TooManyLists
from services.cases.models import Case, Task
from services.cases.pages.shown import InboxRow
from services.db import db
from services.errors import InvalidAnswers
from tests.counting import counted
from tests.people.office import Office

OFFICE = "TALDYKORGAN"


def everybody() -> list[directory.Person]:
    return [directory.staff_at(OFFICE, role)[0] for role in ("clerk", "head", "executor")]


def whole(person: directory.Person, list: str, pages_of: int = 100, **asked: object) -> list[InboxRow]:
    """Page after page."""
    rows: list[InboxRow] = []
    cursor = None
    while True:
        page = cases.inbox(person, OFFICE, list, cursor=cursor, limit=pages_of, **asked)  # type: ignore[arg-type]
        rows += page.rows
        cursor = page.next
        if cursor is None:
            assert page.total.value == len(rows)
            return rows


def test_each_narrowing_shows_what_a_look_at_every_row_finds_and_counts_it(region: Flask) -> None:
    of_task = {task.id: task for task in db.session.scalars(select(Task).where(Task.closed_at.is_(None)))}
    place = dict(db.session.execute(select(Case.id, Case.office_key)).all())
    tells: dict[str, Callable[[InboxRow], str]] = {
        "step": lambda row: of_task[row.task_id].step or of_task[row.task_id].element,
        "person": lambda row: str(of_task[row.task_id].assignee_id or cases.NOBODY),
        "route": lambda row: row.route,
        "place": lambda row: place[row.case_id],
    }
    seen = 0
    clerk, head, _ = everybody()
    for person, lists in ((head, ("role", "waiting")), (clerk, ("record",))):
        for list in lists:
            rows = whole(person, list)
            offers = cases.offered(person, OFFICE, list)
            for name, tell in tells.items():
                told = [tell(row) for row in rows]
                assert {each.value: each.count for each in offers[name]} == {each: told.count(each) for each in told}
                for value in set(told):
                    found = whole(person, list, only=cases.Only(**{name: value}))
                    assert [row.task_id for row in found] == [row.task_id for row in rows if tell(row) == value]
                    seen += len(found)
            for due, statuses in (("overdue", {"overdue"}), ("today", {"today"})):
                found = whole(person, list, only=cases.Only(due=due))
                assert [row.task_id for row in found] == [
                    row.task_id for row in rows if row.due and row.due.status in statuses
                ]
                seen += len(found)
            week = {row.task_id for row in whole(person, list, only=cases.Only(due="week"))}
            assert week <= {row.task_id for row in rows if row.due and row.due.status in ("today", "on_time")}
    assert seen > 50


def test_pages_in_every_order_have_no_gap_and_no_double_and_stand_in_it(region: Flask) -> None:
    head = everybody()[1]
    every = {row.task_id: row for row in whole(head, "waiting")}
    assert len(every) > 9
    for order in cases.SORTS:
        rows = whole(head, "waiting", 4, order=order)
        assert sorted(row.task_id for row in rows) == sorted(every), order
    assert [row.route for row in whole(head, "waiting", order="route")] == sorted(row.route for row in every.values())
    held = [row.holder is None for row in whole(head, "waiting", order="person")]
    assert held == sorted(held)
    codes = [(len(row.code), row.code) for row in whole(head, "waiting", order="step")]
    assert codes == sorted(codes)


def test_a_narrowed_list_takes_the_same_statements_whatever_is_asked_for(region: Flask) -> None:
    head = everybody()[1]
    cases.inbox(head, OFFICE, "role")
    costs = set()
    for only in (cases.Only(), cases.Only(due="overdue"), cases.Only(step="resolution", route="psc", place=OFFICE)):
        with counted(db.engine) as count:
            cases.inbox(head, OFFICE, "waiting", only=only, limit=300)
        costs.add(len([each for each in count.statements if "FROM task" in each]))
    assert costs == {2}


def test_what_a_list_cannot_be_asked_is_said_and_not_passed_over(house: Flask) -> None:
    for wrong in ({"due": "tomorrow"}, {"person": "me"}, {"step": "x" * 101}):
        with pytest.raises(cases.UnknownWish):
            cases.Only(**wrong).check()


def test_lists_are_kept_for_oneself_and_by_the_head_for_the_office(house: Flask) -> None:
    clerk, head, executor = everybody()
    wish = {"list": "waiting", "order": "step", "only": cases.Only(due="overdue")}
    own = cases.keep_list(clerk, OFFICE, "  Кешіккендер  ", **wish)  # type: ignore[arg-type]
    with pytest.raises(NotYourList):
        cases.keep_list(clerk, OFFICE, "Бәріне", shared=True, **wish)  # type: ignore[arg-type]
    shared = cases.keep_list(head, OFFICE, "Кешіккендер", shared=True, **wish)  # type: ignore[arg-type]
    seen = {each.login: [(row.id, row.name, row.may_change) for row in cases.saved_lists(each, OFFICE)]
            for each in (clerk, head, executor)}  # fmt: skip
    assert seen[clerk.login] == [(own, "Кешіккендер", True), (shared, "Кешіккендер", False)]
    assert seen[head.login] == [(shared, "Кешіккендер", True)]
    assert seen[executor.login] == [(shared, "Кешіккендер", False)]
    kept = cases.saved_list(shared, executor, OFFICE)
    assert (kept.list, kept.order, kept.only.due, kept.shared) == ("waiting", "step", "overdue", True)
    for refused, why in ((executor, NotYourList), (clerk, NotYourList)):
        with pytest.raises(why):
            cases.rename_list(shared, "Басқа", refused, OFFICE)
    with pytest.raises(NoSuchList):
        cases.remove_list(own, head, OFFICE)
    with pytest.raises(InvalidAnswers):
        cases.keep_list(clerk, OFFICE, "Кешіккендер", **wish)  # type: ignore[arg-type]
    cases.rename_list(shared, "Кеңсенің кешіккендері", head, OFFICE)
    cases.remove_list(own, clerk, OFFICE)
    assert [each.name for each in cases.saved_lists(clerk, OFFICE)] == ["Кеңсенің кешіккендері"]
    stranger = directory.staff_at("AKSU", "clerk")[0]
    assert cases.saved_lists(stranger, OFFICE) == [] == cases.saved_lists(stranger, "AKSU")


def test_nobody_keeps_lists_without_end(house: Flask) -> None:
    clerk = everybody()[0]
    wish = {"list": "mine", "order": "due", "only": cases.Only()}
    for number in range(MOST):
        cases.keep_list(clerk, OFFICE, f"№ {number}", **wish)  # type: ignore[arg-type]
    with pytest.raises(TooManyLists):
        cases.keep_list(clerk, OFFICE, "one more", **wish)  # type: ignore[arg-type]


def test_the_next_one_is_the_most_urgent_that_nobody_is_just_taking(house: Flask) -> None:
    office = Office(house)
    first, second, third = (office.run(until=1) for _ in range(3))
    head = everybody()[1]
    address = str(db.engine.url.render_as_string(hide_password=False)).replace("+psycopg", "")
    with psycopg.connect(address) as other:
        other.execute('SELECT 1 FROM "case" WHERE id = %s FOR NO KEY UPDATE', (first,))
        assert cases.take_next(head, OFFICE) == second  # at once: it waits for nobody
    assert cases.take_next(head, OFFICE, only=cases.Only(route="psc")) is None
    assert [cases.take_next(head, OFFICE) for _ in range(3)] == [first, third, None]


def test_of_two_who_press_at_the_same_moment_each_gets_cases_of_their_own(house: Flask) -> None:
    office = Office(house)
    opened = {office.run(until=1) for _ in range(6)}
    head = everybody()[1]
    taken: list[int] = []
    together = Barrier(2, timeout=60)

    def press() -> None:
        with house.app_context():
            together.wait()
            for _ in range(3):
                taken.append(cases.take_next(head, OFFICE) or 0)
            db.session.remove()

    pressing = [Thread(target=press) for _ in range(2)]
    for each in pressing:
        each.start()
    for each in pressing:
        each.join()
    assert sorted(taken) == sorted(opened)
    held = select(func.count()).where(Task.closed_at.is_(None), Task.assignee_id == head.id)
    assert db.session.scalar(held) == 6
