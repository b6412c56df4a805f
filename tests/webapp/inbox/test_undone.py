"""What can be undone offers it where it was just done, by the usual verb."""

from flask import Flask

from komek.testing.surfer import Surfer
from services import cases, directory
from services.cases.models import Task
from services.db import db
from tests.people.office import OFFICE, Office
from tests.webapp.inbox.ticking import tick, verdicts


def undo(surfer: Surfer) -> None:
    """Press the only button that undoes something on the page."""
    (form,) = [each for each in surfer.tree.forms if "undo" in each.get("class", "").split()]
    surfer.page = surfer._ask("POST", form.action, data=dict(form.form_values()))
    assert surfer.page.status_code == 200


def holder(task: str) -> int | None:
    db.session.rollback()
    return db.session.get_one(Task, task, populate_existing=True).assignee_id


def test_what_was_taken_given_back_or_handed_on_is_put_back_by_one_press(house: Flask) -> None:
    office = Office(house)
    task, given = office.task(office.run(until=1)), office.task(office.run(until=2))
    head, boss = office.person("head"), directory.staff_at(OFFICE, "head")[0]
    first, other = (each.id for each in directory.staff_at(OFFICE, "executor")[:2])
    head.get("/inbox?list=role")
    tick(head, [task], "take")
    assert holder(task) == boss.id
    undo(head)
    assert holder(task) is None and len(verdicts(head)) == 1
    undo(head)
    assert holder(task) == boss.id
    head.get("/inbox?list=waiting")
    tick(head, [given], "hand", to=other)
    assert holder(given) == other
    undo(head)
    assert holder(given) == first
    head.get(f"/cases/{cases.case_of_task(given)}")
    head.submit(f"/inbox/{given}/reassign", {"to": other})
    assert holder(given) == other
    undo(head)
    assert holder(given) == first


def test_a_kept_list_that_was_renamed_or_removed_is_there_again_by_one_press(house: Flask) -> None:
    office = Office(house)
    head, boss = office.person("head"), directory.staff_at(OFFICE, "head")[0]
    narrowed = cases.Only(due="overdue")
    list_id = cases.keep_list(boss, OFFICE, "Асығыс", list="role", order="step", only=narrowed, shared=True)
    head.get(f"/inbox?saved={list_id}")
    head.submit(f"/lists/{list_id}/rename", {"name": "Басқа"})
    undo(head)
    head.get(f"/inbox?saved={list_id}")
    head.submit(f"/lists/{list_id}/remove")
    assert cases.saved_lists(boss, OFFICE) == []
    undo(head)
    (kept,) = cases.saved_lists(boss, OFFICE)
    assert (kept.name, kept.shared, kept.list, kept.order, kept.only) == ("Асығыс", True, "role", "step", narrowed)


def test_what_was_said_on_no_page_is_forgotten_but_for_the_last_two_and_the_cookie_stays_small(
    house: Flask,
) -> None:
    office = Office(house)
    task = office.task(office.run(until=1))
    head = office.person("head")
    head.get("/inbox?list=role")
    token = head.tree.xpath("//input[@name='csrf_token']/@value")[0]
    largest = 0
    for _ in range(20):
        for verb in ("claim", "release"):
            answer = head._ask("POST", f"/inbox/{task}/{verb}", data={"csrf_token": token}, follow_redirects=False)
            assert answer.status_code == 303, answer.text
            largest = max(largest, *(len(each) for each in answer.headers.getlist("Set-Cookie")), 0)
    assert 0 < largest < 1200
    assert head.get("/inbox?list=role").text.count('class="undo"') == 2
