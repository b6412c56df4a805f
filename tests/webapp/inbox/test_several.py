"""Rows of a list that are ticked: one act for all of them, and a verdict for each."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update

from services import cases, clock, directory
from services.boards.head import MOST as head_board_most
from services.cases.lists.several import MOST_AT_ONCE, TooManyAtOnce
from services.cases.models import Task
from services.db import db
from tests.people.office import OFFICE, Office
from tests.webapp.inbox.ticking import tick, verdicts


def test_the_head_resolves_several_at_once_with_what_each_executor_has_in_hand_beside_the_name(house: Flask) -> None:
    office = Office(house)
    ready = [office.run(until=1) for _ in range(3)]
    drafted, busy = office.run(until=4), office.run(until=2)
    tasks = [office.task(each) for each in (*ready, drafted)]
    head = office.person("head")
    head.get("/inbox?list=role")
    assert tick(head, tasks, "answer") == []
    asked = head.tree.xpath("//form[contains(@action, '/lists/answered')]")[0]
    assert asked.xpath(".//input[@name='task']/@value") == tasks[:3]
    assert head.tree.xpath("//p[contains(@class, 'warning')]/span/text()") == [cases.number_at(drafted, OFFICE)]
    chosen = asked.xpath(f".//input[@name='executor'][@value='{office.executor_id}']/..")[0]
    assert cases.loads(OFFICE).of[office.executor_id].open == 1 and "қолында: 1" in chosen.text_content()
    assert head.submit("/lists/answered", {"executor": None}).status_code == 422  # nothing was done, and it says why
    assert [office.task(each) for each in ready] == tasks[:3]
    head.submit("/lists/answered", {"executor": office.executor_id})
    numbers = sorted(cases.number_at(each, OFFICE) for each in ready)
    assert verdicts(head) == [(number, "орындалды") for number in numbers]
    named = db.session.scalars(select(Task.assignee_id).where(Task.closed_at.is_(None), Task.step == "review")).all()
    assert named == [office.executor_id] * 4 and busy
    boss, answers = directory.staff_at(OFFICE, "head")[0], {"executor": str(office.executor_id), "text": "Қаралсын"}
    for name in (
        "registration.resolution",
        "notice_signing.agree",
    ):  # a form that asks something else, whoever says which
        (refused,) = cases.complete_tasks(tasks[3:], name, answers, boss, key="x")
        assert type(refused.error).__name__ == "AsksSomethingElse"


def test_what_one_row_is_refused_stops_no_other_and_is_said(house: Flask) -> None:
    office = Office(house)
    mine, taken = office.run(until=1), office.run(until=1)
    tasks = [office.task(mine), office.task(taken)]
    other = directory.staff_at(OFFICE, "executor")[1]
    head = office.person("head")
    head.get("/inbox?list=role")
    cases.complete_task(
        tasks[1], {"executor": str(other.id), "text": "Қаралсын"},
        cases.Click(directory.staff_at(OFFICE, "head")[0], "elsewhere"),
    )  # fmt: skip
    found = dict(tick(head, [*tasks, "nonsense"], "take"))
    assert found[cases.number_at(mine, OFFICE)] == "орындалды"
    assert found[cases.number_at(taken, OFFICE)].startswith("орындалмады: ") and found["—"].startswith("орындалмады: ")
    held = db.session.get_one(Task, tasks[0])
    assert held.assignee_id == directory.staff_at(OFFICE, "head")[0].id
    head.get("/inbox?list=mine")
    assert [said for _, said in tick(head, tasks[:1], "release")] == ["орындалды"]
    db.session.refresh(held)
    assert held.assignee_id is None


def test_work_is_handed_on_by_whoever_gives_it_out_and_by_nobody_else(house: Flask) -> None:
    office = Office(house)
    cases_ = [office.run(until=2) for _ in range(2)]
    tasks = [office.task(each) for each in cases_]
    other = directory.staff_at(OFFICE, "executor")[1].id
    head = office.person("head")
    head.get("/inbox?list=waiting&step=review")
    assert [said for _, said in tick(head, tasks, "hand", to=other)] == ["орындалды"] * 2
    assert {db.session.get_one(Task, each).assignee_id for each in tasks} == {other}
    executor = office.person("executor")
    assert not executor.get("/inbox?list=waiting").text.count('value="hand"')
    executor.get("/inbox?list=mine")
    refused = cases.hand_on_tasks(tasks, office.executor_id, directory.staff_at(OFFICE, "executor")[0], {})
    assert [type(each.error) for each in refused] == [cases.NotYours] * 2


def test_nothing_that_was_ticked_is_left_out_in_silence(house: Flask) -> None:
    head = directory.staff_at(OFFICE, "head")[0]
    assert head_board_most <= MOST_AT_ONCE  # the longest page with ticks
    ticked = [f"no-such-{number}" for number in range(MOST_AT_ONCE)]
    assert len(cases.hand_on_tasks(ticked, head.id, head, {})) == len(ticked)
    with pytest.raises(TooManyAtOnce):
        cases.hand_on_tasks([*ticked, "one-more"], head.id, head, {})


def test_a_row_that_went_to_a_third_person_after_it_was_ticked_stays_there_and_whoever_pressed_reads_whose_it_is(
    house: Flask,
) -> None:
    office = Office(house)
    tasks = [office.task(office.run(until=2)) for _ in range(2)]
    first, second, third = (each.id for each in directory.staff_at(OFFICE, "executor")[:3])
    at = clock.now() - timedelta(days=3)
    late = {"due_at": at, "urgent_at": at}  # so that the head's board has them
    db.session.execute(update(Task).where(Task.id.in_(tasks)).values(late))
    db.session.commit()
    head, boss = office.person("head"), directory.staff_at(OFFICE, "head")[0]
    held = [f"{each}:{db.session.get_one(Task, each).assignee_id}" for each in tasks]
    assert {each.rpartition(":")[2] for each in held} == {str(first)}
    for address, path, act in (
        ("/inbox?list=waiting&step=review", "/lists/several", {"act": "hand"}),
        ("/boards/head", "/boards/head/reassign", {}),
    ):
        head.get(address)
        assert set(held) <= set(head.tree.xpath("//input[@name='held']/@value")), address
        cases.reassign_task(tasks[0], second, boss)
        said = head.submit(path, {"task": tasks, "held": held, "to": third, **act}, follow=False)
        assert directory.names([second])[second] in said.text, path
        db.session.rollback()
        assert [db.session.get_one(Task, each).assignee_id for each in tasks] == [second, third], path
        for each in tasks:
            cases.reassign_task(each, first, boss)
