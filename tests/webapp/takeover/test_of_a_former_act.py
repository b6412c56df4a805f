"""A case from paper lives under the edition of the act of the day on which it was accepted, whole: diagram, term,
papers and formula; unless a later edition took open cases over."""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

import pytest
from flask import Flask
from sqlalchemy import select

from services import cases, clock, directory, editions, law, processes, registry, takeover
from services.cases.models import Instance, Task
from services.db import db
from services.processes.models import Resource
from services.registry import Registry
from tests.people.office import ALL_PAPERS, FIGURES, OFFICE, Office
from tests.services.cases.a_morning import at
from tests.services.law.two_editions import admin, amend, another_formula, case, package_of, small_region

MARCH = at("2013-03-06T10:00")
#: accepted in February, when the first edition held; on paper at the executor
FEBRUARY = {"office": OFFICE, "number": "412", "registered_on": "26.02.2013 10:00", "surname": "Үлгібаев",
            "given_name": "Мысал", "address": "Талдықорған қаласы, Үлгі көшесі, 1", **ALL_PAPERS, "step": "review",
            "since": "27.02.2013 10:00", "executor": "executor.taldykorgan"}  # fmt: skip


@pytest.fixture
def rules(house: Flask, tmp_path: object) -> Iterator[Registry]:
    before = registry.shipped()
    made = small_region(tmp_path / "r")  # type: ignore[operator]
    registry.use(made)
    with clock.stopped(at("2013-02-25T10:00")):
        editions.receive(made)
    yield made
    law.forget()
    registry.use(before)


def in_force(rules: Registry, *, transitional: str) -> tuple[int, int]:
    """The first edition, and the second, with a formula and so a diagram of its own, which holds from March on."""
    with clock.stopped(at("2013-02-25T10:00")):
        amend(rules.folders[0], transitional=transitional)
        another_formula(rules)
        second = editions.receive(package_of(rules))[1].edition.id
        editions.enact(second, admin(), from_on=date(2013, 3, 1), act_number="77", act_on=date(2013, 2, 11))
    first = law.BOOK.first()
    assert first is not None
    return first, second


def taken(**more: str) -> int:
    row = {**FEBRUARY, **more}
    sheet = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
    takeover.take(sheet, "paper.csv", person=admin())
    return db.session.scalars(select(Task.case_id).order_by(Task.case_id.desc()).limit(1)).one()


def definition_of(case_id: int) -> int:
    return db.session.scalars(select(Instance.definition_id).filter_by(case_id=case_id)).one()


def files_of_each_deployment() -> dict[int, dict[str, str]]:
    """Deployment -> file -> how its content is called: by which two of them differ."""
    rows = db.session.execute(select(Resource.deployment_id, Resource.name, Resource.content)).all()
    found: dict[int, dict[str, str]] = {}
    for deployment_id, name, content in rows:
        found.setdefault(deployment_id, {})[name] = sha256(content).hexdigest()[:8]
    return found


def test_a_case_of_february_has_februarys_diagram_term_papers_and_formula(rules: Registry, house: Flask) -> None:
    before = processes.in_force("direct")
    first, _ = in_force(rules, transitional="none")
    with clock.stopped(MARCH):
        editions.begin_today()
        today = processes.in_force("direct")
        assert today != before
        found = taken(executor=directory.staff_at(OFFICE, "executor")[0].login)
        told = f"today's is {today}, brought: {files_of_each_deployment()}"
        assert (case(found).edition, definition_of(found)) == (first, before), told
        task = db.session.scalars(select(Task).filter_by(case_id=found, step="review")).one()
        assert task.rule == "R-WD(8)" and processes.in_force("direct") == today
        assert case(found).outer_due_at == at("2013-03-11T18:00"), "the 8th is a holiday"
        office = Office(house)
        assert office.work(found, "executor", {**FIGURES}).status_code == 200
        drafted = registry.of(case(found))
        assert drafted.by_key("documents")["address_certificate"]["required"] == "yes"
        held = directory.staff_at(OFFICE, "executor")[0]
        assert cases.why_case(found, held).agrees


def test_without_a_paper_that_only_the_former_act_asks_for_it_is_told_as_that_act_has_it(rules: Registry) -> None:
    in_force(rules, transitional="none")
    with clock.stopped(MARCH):
        editions.begin_today()
        row = {name: said for name, said in FEBRUARY.items() if name != "documents-address_certificate"}
        sheet = ";".join(row) + "\n" + ";".join(row.values()) + "\n"
        [verdict] = takeover.look(sheet, "paper.csv", person=admin())
        assert [name for name, _ in verdict.faults] == ["missing_reason"]


def test_where_a_transitional_clause_took_open_cases_over_one_from_paper_goes_over_too(rules: Registry) -> None:
    _, second = in_force(rules, transitional="open")
    with clock.stopped(MARCH):
        editions.begin_today()
        found = taken()
        assert (case(found).edition, definition_of(found)) == (second, processes.in_force("direct"))
        assert db.session.scalars(select(Task.rule).filter_by(case_id=found, step="review")).one() == "R-WD(5)"
