"""What can be undone offers it where it was just done, by the usual verb."""

from flask import Flask

from komek.testing.surfer import Surfer
from services import cases, directory, journal
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


def test_what_another_handed_on_meanwhile_no_old_page_and_no_undoing_takes_from_whoever_has_it_now(
    house: Flask,
) -> None:
    """By a form drawn before, by the button that undoes one, and by the button that undoes several: each says whose."""
    office = Office(house)
    task = office.task(office.run(until=2))
    boss = directory.staff_at(OFFICE, "head")[0]
    first, second, third = directory.staff_at(OFFICE, "executor")[:3]
    case, give = f"/cases/{cases.case_of_task(task)}", f"/inbox/{task}/reassign"
    old, undoes, several = (Surfer(house).sign_in(boss.login) for _ in range(3))
    old.get(case)
    undoes.get(case)
    undoes.submit(give, {"to": second.id})
    cases.reassign_task(task, first.id, boss)
    several.get("/inbox?list=waiting")
    tick(several, [task], "hand", to=second.id)
    cases.reassign_task(task, third.id, boss)
    page = old.submit(give, {"to": second.id})
    assert page.status_code == 409 and third.full_name in page.text
    (form,) = [each for each in undoes.tree.forms if "undo" in each.get("class", "").split()]
    page = undoes._ask("POST", form.action, data=dict(form.form_values()))
    assert page.status_code == 409 and third.full_name in page.text
    undo(several)
    assert third.full_name in several.tree.xpath("string(//tr[@class='wrong'])")
    assert holder(task) == third.id
    lines = [each.event for each in journal.read(f"case:{cases.case_of_task(task)}")]
    assert lines.count("case.task_reassigned") == 4
    cases.reassign_task(task, third.id, boss)
    assert [each.event for each in journal.read(f"case:{cases.case_of_task(task)}")] == lines, "it was theirs already"
