"""A case lives under the edition of its act that held when it was accepted; another edition is nobody's law before a
second person puts it in force, and then only for who comes from its day on."""

from datetime import date
from io import BytesIO

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update

from komek.testing.surfer import Surfer
from services import (
    cases,
    clock,
    deadlines,
    directory,
    editions,
    jobs,
    journal,
    law,
    notices,
    processes,
    registry,
)
from services.cases.models import Case, Instance, Task
from services.db import db
from services.deadlines import SetValue
from services.documents.models import Paper
from services.editions.errors import HoldsAlready, OwnEdition
from services.law import Edition, EditionInForce
from services.registry import Registry
from tests import the_region
from tests.services.cases.a_morning import OFFICE, at, clerk, registered, version
from tests.services.law.two_editions import (
    FIRST_FROM,
    MARCH,
    SECOND_FROM,
    TABLE,
    admin,
    amend,
    another_formula,
    case,
    package_of,
    second_in_force,
)


def to_review(case_id: int) -> Task:
    """The head names an executor; the executor's step."""
    task = db.session.scalars(select(Task).filter_by(case_id=case_id, step="resolution", closed_at=None)).one()
    head, executor = directory.staff_at(OFFICE, "head")[0], directory.staff_at(OFFICE, "executor")[0]
    db.session.rollback()
    cases.complete_task(task.id, {"executor": str(executor.id), "text": "Қарау үшін"}, cases.Click(head, f"r{case_id}"))
    return db.session.scalars(select(Task).filter_by(case_id=case_id, step="review")).one()


def test_an_amended_term_reaches_no_case_that_was_accepted_before(region_of_act: Registry) -> None:
    """Fault: tables had no dates, and confirming an unrelated value moved a February case by the March term."""
    february = registered("february")
    before = case(february).outer_due_at
    second_in_force(region_of_act)
    with clock.stopped(MARCH):
        confirmed = SetValue("parameters/norm_area_person", "18", "a decision of the maslikhat")
        seen = cases.preview_calendar(confirmed, admin())
        assert (seen.cases, seen.outer, seen.steps) == (0, 0, 0)
        cases.save_calendar(confirmed, version(), admin())
        assert case(february).outer_due_at == before == at("2013-03-07T18:00")


def test_each_of_two_cases_on_one_days_inbox_has_the_terms_papers_and_words_of_its_own_edition(
    region_of_act: Registry,
) -> None:
    february = registered("february")
    second = second_in_force(region_of_act)
    with clock.stopped(MARCH):
        march = registered("march")
        assert case(march).edition == second != case(february).edition
        assert case(march).outer_due_at == at("2013-03-24T18:00") or case(march).outer_due_at > at("2013-03-22T00:00")
        old, new = to_review(february), to_review(march)
        assert (old.rule, new.rule) == ("R-WD(8)", "R-WD(5)") and old.due_at > new.due_at  # type: ignore[operator]
        asked = {
            each: registry.of(case(each)).by_key("documents")["address_certificate"]["required"]
            for each in (february, march)
        }
        assert asked == {february: "yes", march: "no"}
        executor = directory.staff_at(OFFICE, "executor")[0]
        assert cases.why_step(old.id, executor).agrees and cases.why_step(new.id, executor).agrees  # type: ignore[union-attr]
        assert cases.why_case(february, executor).agrees and cases.why_case(march, executor).agrees
        printed = {each: talon(each) for each in (february, march)}
        assert "Екінші редакция" in printed[march] and "Екінші редакция" not in printed[february]
        here = cases.inbox(executor, OFFICE, "mine")
        assert {february, march} <= {row.case_id for row in here.rows}


def talon(case_id: int) -> str:
    paper = db.session.scalars(select(Paper).filter_by(case_id=case_id, item="doc.talon")).one()
    pdf = PdfReader(BytesIO(cases.look_at_paper(paper.id, clerk()).pdf))
    return " ".join(" ".join(page.extract_text() for page in pdf.pages).split())


def test_what_was_confirmed_of_a_value_is_not_said_of_an_edition_that_changes_it(region_of_act: Registry) -> None:
    key = "parameters/outer_limit_calendar_days"
    cases.save_calendar(SetValue(key, "12", "the standard"), version(), admin())
    second = second_in_force(region_of_act)
    first = registry.of(Case(edition=None))
    amended = registry.of(Case(edition=second))
    said = [deadlines.region_at(each).parameter(key.partition("/")[2]) for each in (first, amended)]
    assert [(row["value"], row["mark"]) for row in said] == [("12", "confirmed"), ("20", "act")]
    unchanged = "parameters/norm_area_person"
    cases.save_calendar(SetValue(unchanged, "18", "the maslikhat"), version(), admin())
    said = [deadlines.region_at(each).parameter("norm_area_person") for each in (first, amended)]
    assert {row["mark"] for row in said} == {"confirmed"}, "the same row in both"


def test_under_a_repealed_act_what_was_accepted_goes_on_and_nothing_begins_unless_it_is_a_demo_that_says_so(
    region_of_act: Registry, house: Flask
) -> None:
    february = registered("february")
    table = region_of_act.folders[0] / "editions.csv"
    table.write_text(TABLE.replace(f"{FIRST_FROM},,none", f"{FIRST_FROM},2013-03-01,none"), encoding="utf-8")
    repealed = editions.receive(package_of(region_of_act))[0].edition
    editions.enact(repealed.id, admin(), from_on=date(2013, 2, 28), act_number="196", act_on=date(2013, 2, 20))
    with clock.stopped(MARCH):
        page = Surfer(house).sign_in(clerk().login).get("/").get_data(as_text=True)
        assert "Бұл — демонстрация: өтініштер бәрібір қабылданады." in page
        registered("in the demo")
        law.goes_on(False)
        try:
            with pytest.raises(law.NothingInForce, match=r"421 was repealed on 01\.03\.2013"):
                cases.open_case("direct", OFFICE, clerk(), key="too late")
            assert cases.routes_of(clerk(), OFFICE) == []
            assert to_review(february).rule == "R-WD(8)", "what was accepted before goes on"
        finally:
            law.goes_on(True)


def test_a_transitional_clause_takes_open_cases_over_on_its_day_with_the_dates_that_are_to_come(
    region_of_act: Registry,
) -> None:
    february = registered("february")
    second = second_in_force(region_of_act, transitional="open")
    assert case(february).edition != second, "its day has not come"
    with clock.stopped(at("2013-03-01T09:00")):
        jobs.work_off()
        assert case(february).edition == second
        assert case(february).outer_due_at == at("2013-03-18T18:00")
        assert journal.read(f"case:{february}")[0].event == "case.dates_moved"
        assert journal.read("law")[0].event == "edition.begun" and journal.verify() == []


def test_staff_are_told_on_the_day_and_the_way_back_is_the_former_edition_put_in_force_again(
    region_of_act: Registry,
) -> None:
    second = second_in_force(region_of_act)
    head = directory.staff_at(OFFICE, "head")[0]
    assert [each.notice.kind for each in notices.notices_of(head).rows] == []
    with clock.stopped(MARCH):
        jobs.work_off()
        told = [each.notice for each in notices.notices_of(head).rows]
        assert {(each.kind, each.code, each.number) for each in told} == {("edition", str(second), "77")}
        first = case(registered("march")).edition, law.BOOK.first()
        assert first[0] == second
        back = {"from_on": directory.today(), "act_number": "80", "act_on": date(2013, 3, 4), "why": "a mistake"}
        with pytest.raises(HoldsAlready):
            editions.enact(second, admin(), **back)
        editions.enact(first[1] or 0, admin(), **back)
        assert case(registered("after")).edition == first[1]
    assert journal.verify() == []


def test_before_its_day_an_edition_is_taken_back_and_a_second_person_must_have_sent_it(region_of_act: Registry) -> None:
    second = second_in_force(region_of_act)
    row = db.session.scalars(select(EditionInForce).filter_by(edition_id=second)).one()
    db.session.execute(update(Edition).where(Edition.id == second).values(made_by=f"staff:{admin().id}"))
    db.session.commit()
    with pytest.raises(processes.NotTheirs):
        editions.cancel(row.id, clerk(), why="I may not")
    editions.cancel(row.id, admin(), why="the date was wrong")
    with clock.stopped(MARCH):
        jobs.work_off()
        assert case(registered("march")).edition == law.BOOK.first()
    with pytest.raises(OwnEdition):
        editions.enact(second, admin(), from_on=SECOND_FROM, act_number="77", act_on=date(2013, 2, 11))
    editions.withdraw(second, admin(), why="not wanted")
    assert [each.state for each in editions.all_editions(admin())] == ["withdrawn", "in_force"]


def test_what_an_edition_changes_is_said_row_by_row_with_its_clause_and_a_stranger_may_do_nothing(
    region_of_act: Registry, house: Flask
) -> None:
    registered("february")
    amend(region_of_act.folders[0])
    second = editions.receive(package_of(region_of_act))[1].edition.id
    page = editions.edition_page(second)
    said = {(each.table, each.key): [(c.column, c.before, c.after) for c in each.cells] for each in page.changes.rows}
    assert said["steps", "direct review"] == [("rule", "R-WD(8)", "R-WD(5)")]
    assert said["parameters", "outer_limit_calendar_days"][0] == ("value", "10", "20")
    assert said["documents", "address_certificate"] == [("required", "yes", "no")]
    assert [each.place for each in page.changes.files] == ["documents/talon.typ"]
    assert {each.clause for each in page.changes.rows if each.table == "steps"} == {"N421/11a/direct/4"}
    surfer = Surfer(house).sign_in(clerk().login)
    shown = surfer.get(f"/act/{second}").get_data(as_text=True).replace("\u00a0", " ")
    assert "8 жұмыс күні" in shown and "5 жұмыс күні" in shown and '<form method="post" action="/act/' not in shown
    assert surfer.get("/act/").status_code == 403
    boss = Surfer(house).sign_in(admin().login)
    boss.get(f"/act/{second}")
    refused = boss.submit(f"/act/{second}/enact", {"from_on": "24.02.2013"}, follow=False)
    assert refused.status_code == 422
    done = boss.submit(f"/act/{second}/enact", {"from_on": "01.03.2013", "act_on": "11.02.2013"})
    assert done.status_code == 200 and editions.all_editions(admin())[0].state == "to_come"


def test_the_formula_that_an_edition_brings_decides_from_its_day_on_and_earlier_cases_keep_theirs(
    region_of_act: Registry,
) -> None:
    february = registered("february")
    another_formula(region_of_act)
    before = processes.in_force("direct")
    second = second_in_force(region_of_act)
    assert db.session.get_one(Edition, second).deployment_id is not None, "its diagrams are a candidate with it"
    assert processes.in_force("direct") == before
    with clock.stopped(MARCH):
        jobs.work_off()
        march = registered("march")
        of = dict(db.session.execute(select(Instance.case_id, Instance.definition_id)).all())
        assert of[february] == before != of[march] == processes.in_force("direct")
        enactment = processes.laws("direct")[0].enactment
        assert (enactment.act_number, enactment.act_on) == ("77", date(2013, 2, 11))


def test_a_designer_sees_two_laws_side_by_side_and_what_stands_for_each_clause_and_nobody_else_does(
    region_of_act: Registry, house: Flask
) -> None:
    first, second = law.BOOK.first() or 0, second_in_force(region_of_act)
    designer = Surfer(house).sign_in(directory.staff_at("OBLAST", "designer")[0].login)
    shown = designer.get(f"/act/compare?a={first}&b={second}").text
    assert "8 жұмыс күні" in shown.replace("\xa0", " ") and "11-тармақ, 4)-тармақша" in shown
    assert "Екінші редакция бойынша берілді" in shown, "what is printed otherwise, line by line"
    assert the_region.REGION in shown and "№ 77" in shown, "editions and packages can be chosen"
    with_package = designer.get(f"/act/compare?a={first}&b={the_region.REGION}")
    assert with_package.status_code == 200
    for unknown in ("999999", "../../etc", "9" * 40, "nowhere@N1"):
        refused = designer.get(f"/act/compare?a={first}&b={unknown}")
        assert refused.status_code in (404, 422) and "Traceback" not in refused.text
    covered = designer.get(f"/act/coverage?law={second}").text
    assert "Олардың әрқайсысына бірдеңе сәйкес келеді" in covered
    assert designer.get("/act/coverage").status_code == 200
    for path in ("/act/compare", "/act/coverage"):
        assert Surfer(house).sign_in(clerk().login).get(path).status_code == 403
