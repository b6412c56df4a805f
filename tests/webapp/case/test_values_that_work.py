"""Values of the region's parameters do what they say: norms on the page, rounds of return, how long a file is kept."""

from flask import Flask
from sqlalchemy import select

from services import cases, deadlines, directory, registry
from services.cases.models import Answer
from services.db import db
from services.deadlines.changes import SetValue
from tests.people.office import FIGURES, Office


def confirm(key: str, value: str) -> None:
    admin = directory.person(directory.id_of("admin") or 0)
    assert admin is not None
    base = deadlines.calendar_version(registry.current().region)
    cases.save_calendar(SetValue(f"parameters/{key}", value, "the maslikhat"), base, admin)


def shown(text: str) -> str:
    return " ".join(text.replace("\u00a0", " ").split())


def test_norms_are_reckoned_and_shown_line_by_line_beside_the_proposal(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    lift = {"expenses-1-kind": "lift", "expenses-1-amount": "2000"}
    executor, task = office.person("executor"), office.task(case_id)
    executor.get(f"/cases/{case_id}")
    offered = [name for name, _ in executor.form(f"/inbox/{task}/complete").form_values() if name.endswith("-kind")]
    assert len(offered) == 10  # a line for every kind at once; what is not paid is left out
    office.work(case_id, "executor", {**FIGURES, "area": "60", **lift})
    kept = db.session.scalars(select(Answer).filter_by(task_id=task)).one().answers or {}
    assert [line["kind"] for line in kept["expenses"]] == ["heating", "lift"]
    tree = office.person("executor").tree
    (table,) = tree.xpath("//aside[@class='proposal']//table")
    lines = [shown(row.text_content()) for row in table.xpath(".//tbody/tr")]
    # one person: 30 of 60 m² of 30 000; a lift up to 1300
    assert "15 000" in lines[0] and "30 000" in lines[0] and "30 м²" in lines[0]
    assert "1 300" in lines[1] and "2 000" in lines[1]
    (spent, *_) = tree.xpath("//aside[@class='proposal']//dd")
    assert "16 300" in shown(spent.text_content())
    confirm("norm_lift", "2000")
    page = office.person("executor").get(f"/cases/{case_id}")
    assert "17 000" in shown(page.text)


def test_a_case_is_returned_no_oftener_than_the_region_allows(house: Flask) -> None:
    office = Office(house)
    confirm("return_rounds_limit", "1")
    case_id = office.run(until=4)
    back = {"verdict": "return", "reason": "Нақтылау"}
    assert office.work(case_id, "head", back).status_code == 200
    supplement = next(answers for role, answers in office.steps()[3:4])
    assert office.work(case_id, "executor", supplement).status_code == 200
    page = office.work(case_id, "head", back)
    assert "тек қол қоюға болады" in page.text and page.status_code in (400, 422)
    assert office.work(case_id, "head", {"verdict": "agree", "reason": ""}).status_code == 200


def test_a_closed_case_says_until_when_its_file_is_kept(house: Flask) -> None:
    office = Office(house)
    case_id = office.run()
    page = office.person("head").get(f"/cases/{case_id}")
    kept = cases.case_page(case_id, directory.staff_at(office.key, "head")[0]).kept_until
    closed = cases.case_page(case_id, directory.staff_at(office.key, "head")[0]).closed_at
    assert kept is not None and closed is not None and kept.year - closed.year == 5
    assert f'datetime="{kept}"' in page.text
    confirm("retention_years", "10")
    later = cases.case_page(case_id, directory.staff_at(office.key, "head")[0]).kept_until
    assert later is not None and later.year - closed.year == 10
