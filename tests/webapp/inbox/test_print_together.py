"""The papers of several cases as one file: what is due at each step, once, and nothing left out in silence."""

import re
from io import BytesIO

from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, directory, documents, journal
from services.cases.lists.several import MOST_AT_ONCE
from services.cases.models import Task
from services.db import db
from tests.people.office import OFFICE, Office
from tests.webapp.inbox.ticking import tick, verdicts


def done_at(case_id: int) -> str:
    """The task by which its registration was done."""
    wanted = select(Task.id).where(Task.case_id == case_id, Task.done_at.is_not(None)).order_by(Task.done_at)
    return db.session.scalars(wanted).first() or ""


def pages(surfer: Surfer) -> list[str]:
    page = surfer.submit("/lists/printed.pdf")
    assert page.status_code == 200 and page.mimetype == "application/pdf", page.text
    return [" ".join((each.extract_text() or "").split()) for each in PdfReader(BytesIO(page.data)).pages]


def said_pages(listed: str, number: str) -> list[int]:
    """The pages that the list in front names for that case: after its papers, which have no digits in their names."""
    found = re.search(rf"{number} [^0-9]*(\d+)(?:–(\d+))?", listed)
    assert found, listed
    return list(range(int(found[1]), int(found[2] or found[1]) + 1))


def test_the_talons_of_the_morning_are_one_file_with_a_list_in_front_and_are_counted_as_printed(house: Flask) -> None:
    office = Office(house)
    ready = [office.run(until=1) for _ in range(3)]
    clerk = office.person("clerk")
    clerk.get("/inbox?list=done")
    tick(clerk, [done_at(each) for each in ready], "print")
    assert [said for _, said in verdicts(clerk)] and all("Талон" in said for _, said in verdicts(clerk))
    made = pages(clerk)
    assert len(made) == 4
    for at, case_id in enumerate(ready):
        number = cases.number_at(case_id, OFFICE)
        assert number in made[0] and number in made[at + 1]
    talons = [next(each for each in documents.papers_of(case) if each.item == "doc.talon") for case in ready]
    assert [each.copies for each in talons] == [1, 1, 1]
    assert [line.event for case in ready for line in journal.read(f"case:{case}")].count("paper.printed") == 3
    clerk.get("/inbox?list=done")
    tick(clerk, [done_at(each) for each in ready], "print")
    assert all("басып шығарылмайды" in said for _, said in verdicts(clerk))
    assert "/lists/printed.pdf" not in clerk.page.text


def test_an_answer_is_printed_twice_its_pages_are_named_and_what_has_nothing_due_says_so(house: Flask) -> None:
    office = Office(house)
    signing, waiting = office.run(until=5), office.run(until=2)
    tasks = [office.task(waiting), office.task(signing), "no-such-task"]
    head = directory.staff_at(OFFICE, "head")[0]
    due = cases.papers_due(tasks, head)
    assert [type(each.verdict.error).__name__ for each in due] == ["NoneType", "NoneType", "NoSuchTask"]
    (answer,) = [paper for paper in due[1].papers if paper.item == "doc.notice_signed"]
    assert answer.sheets == 2 and not answer.copy
    words = cases.PrintWords(lambda item: item, lambda error: type(error).__name__, "https://komek.example")
    *told, made = cases.print_due(due, head, OFFICE, words)
    assert told == [0, 1, 2, 3] and isinstance(made, documents.Printed)
    read = [" ".join(each.extract_text().split()) for each in PdfReader(BytesIO(made.pdf)).pages]
    assert "NoSuchTask" in read[0] and "doc.notice_signed" in read[0]
    number = cases.number_at(signing, OFFICE)
    mine = [at + 1 for at, page in enumerate(read) if at and number in page]
    assert len(mine) == sum(each.sheets for each in due[1].papers)
    assert said_pages(read[0], number) == mine, read[0]
    assert not any("Көшірме" in page for page in read)
    (again,) = [each for each in cases.papers_due(tasks[1:2], head)[0].papers if each.item == "doc.notice_signed"]
    assert again.copy and again.sheets == 1  # the step is about it: it is printed once more, marked


def test_nobody_prints_papers_of_cases_they_do_not_see_and_too_many_are_refused_whole(house: Flask) -> None:
    office = Office(house)
    task = done_at(office.run(until=1))
    stranger = directory.staff_at("TALGAR", "clerk")[0]
    (refused,) = cases.papers_due([task], stranger)
    assert type(refused.verdict.error).__name__ == "NotYourCase" and not refused.papers
    clerk = office.person("clerk")
    clerk.get("/inbox?list=done")
    tick(clerk, [f"no-such-{number}" for number in range(MOST_AT_ONCE + 1)], "print")
    assert clerk.page.status_code == 409 and "300" in clerk.page.text
