"""Editions that are taken back, overtaken, begun late or rehearsed: off the way from a candidate to its day."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, clock, deadlines, directory, editions, jobs, journal, law, notices, processes, registry
from services.cases.models import Case, Instance
from services.db import db, transaction
from services.deadlines import SetValue
from services.editions.errors import AnotherBase
from services.jobs.models import JobRow
from services.law import Edition, EditionFile, EditionInForce
from services.registry import Registry
from services.tables import is_law
from tests.services.cases.a_morning import OFFICE, at, registered, version
from tests.services.law.two_editions import MARCH, SECOND_FROM, admin, another_formula, case, second_in_force
from webapp.serve.start import need_tables


def another_act(on: date) -> dict[str, Any]:
    return {"from_on": on, "act_number": "80", "act_on": date(2013, 2, 20), "why": "another act"}


def test_what_another_took_the_place_of_for_the_same_day_never_begins(region_of_act: Registry) -> None:
    """Fault: at midnight its job made its diagrams the law and took open cases over, under the tables of the other."""
    february, before = registered("february"), processes.in_force("direct")
    another_formula(region_of_act)
    second, first = second_in_force(region_of_act, transitional="open"), law.BOOK.first() or 0
    editions.enact(first, admin(), **another_act(SECOND_FROM))
    with clock.stopped(MARCH):
        jobs.work_off()
        assert law.BOOK.on(directory.today()) == first == case(february).edition
        assert processes.in_force("direct") == before == definition_of(registered("march"))
        stated = {row.edition_id: row.begun_at for row in db.session.scalars(select(EditionInForce))}
        assert stated[second] is None and stated[first] is not None
        assert {notice.notice.code for notice in notices.notices_of(directory.staff_at(OFFICE, "head")[0]).rows} == {
            str(first)
        }


def test_a_worker_that_was_away_over_two_days_of_editions_begins_both_in_their_order(
    region_of_act: Registry, house: Flask
) -> None:
    """Fault: whichever job came last said which diagrams are the law; enacting over one that waits left it to undo."""
    february, before = registered("february"), processes.in_force("direct")
    another_formula(region_of_act)
    second, first = second_in_force(region_of_act, transitional="open"), law.BOOK.first() or 0
    editions.enact(first, admin(), **another_act(SECOND_FROM + timedelta(days=2)))
    with clock.stopped(MARCH):
        last = db.session.scalar(select(EditionInForce.id).order_by(EditionInForce.id.desc()).limit(1))
        late, early = sorted(db.session.scalars(select(JobRow).filter_by(kind=editions.BEGINS)), key=late_first(last))
        late.due_at, early.due_at = early.due_at, late.due_at
        db.session.commit()
        assert "орындаушы процесс оны әлі іске асырған жоқ" in page_of(house, first)
        jobs.work_off()
        assert "оны әлі іске асырған жоқ" not in page_of(house, first)
        assert case(february).edition == second, "its transitional clause took it over, on its day"
        assert processes.in_force("direct") == before and law.BOOK.on(directory.today()) == first
        begun = [each.details["edition"] for each in journal.read("law") if each.event == "edition.begun"]
        assert begun == [first, second], "the newest line first"


def test_a_case_that_begins_at_midnight_lives_under_one_edition_with_no_worker_there(region_of_act: Registry) -> None:
    """Fault: until the worker came it began by the new tables and the old diagrams."""
    another_formula(region_of_act)
    second, before = second_in_force(region_of_act), processes.in_force("direct")
    with clock.stopped(at("2013-03-01T00:00:01")):
        made = case(registered("march"))
        assert made.edition == second and definition_of(made.id) == processes.in_force("direct") != before
        begun = [each.details["edition"] for each in journal.read("law") if each.event == "edition.begun"]
        assert begun == [second] and jobs.work_off() >= 1, "the worker finds it done"
        assert begun == [each.details["edition"] for each in journal.read("law") if each.event == "edition.begun"]


def test_inside_another_transaction_nothing_begins_under_two_editions_but_is_tried_again(
    region_of_act: Registry,
) -> None:
    second_in_force(region_of_act)
    with clock.stopped(at("2013-03-01T00:00:01")):
        with pytest.raises(law.NotCarriedOut), transaction():
            registered("march")
        assert db.session.scalar(select(Case.id).filter_by(open_key="march")) is None
        editions.begin_today()
        assert registered("march")


def page_of(house: Flask, edition: int) -> str:
    return Surfer(house).sign_in(admin().login).get(f"/act/{edition}").get_data(as_text=True)


def late_first(enactment: int | None) -> Callable[[JobRow], bool]:
    return lambda job: job.args["enactment"] != enactment


def definition_of(case_id: int) -> int:
    return db.session.scalars(select(Instance.definition_id).filter_by(case_id=case_id)).one()


def test_a_designer_rehearses_an_edition_with_its_tables_and_its_diagrams_be_it_to_come_or_former(
    region_of_act: Registry, house: Flask
) -> None:
    """Fault: a former edition was rehearsed with the diagrams of today's."""
    before = processes.in_force("direct")
    another_formula(region_of_act)
    second, first = second_in_force(region_of_act), law.BOOK.first()
    brought = processes.latest_definition("direct").id
    assert brought != before == processes.in_force("direct")
    assert rehearsed(house, second) == (second, brought)
    assert processes.in_force("direct") == before, "nothing comes into force by it"
    with clock.stopped(MARCH):
        jobs.work_off()
        assert processes.in_force("direct") == brought and rehearsed(house, first or 0) == (first, before)
    with pytest.raises(processes.NotDesigner):
        editions.rehearse(second, "direct", admin())


def rehearsed(house: Flask, edition: int) -> tuple[int | None, int]:
    """Edition and definition of a rehearsal that the page of an edition begins."""
    surfer = Surfer(house).sign_in(directory.staff_at("OBLAST", "designer")[0].login)
    surfer.get(f"/act/{edition}")
    shown = surfer.submit(f"/act/{edition}/rehearse", {"route": "direct"})
    assert shown.status_code == 200, shown.text
    made = case(int(shown.request.path.rpartition("/")[2]))
    assert made.plays is not None
    return made.edition, definition_of(made.id)


def test_over_a_law_that_changed_since_it_was_looked_at_nobody_puts_an_edition_in_force(
    region_of_act: Registry,
) -> None:
    first = law.BOOK.first() or 0
    looked_at = editions.edition_page(first).base
    second_in_force(region_of_act)
    with pytest.raises(AnotherBase):
        editions.enact(first, admin(), **another_act(date(2013, 3, 5)), base=looked_at)
    editions.enact(first, admin(), **another_act(date(2013, 3, 5)), base=editions.edition_page(first).base)


def test_what_was_confirmed_before_there_were_editions_is_said_of_the_first_alone(
    region_before_editions: Registry,
) -> None:
    key, rules = "parameters/outer_limit_calendar_days", region_before_editions
    cases.save_calendar(SetValue(key, "12", "the standard"), version(), admin())
    with transaction():  # as a timetable named it then
        now = deadlines.timetable(rules.region, deadlines.take_version(rules.region))
        [said] = now.values.values()
        deadlines.put_in_force(rules.region, replace(now, values={key: said}), actor="test", reason="")
    editions.receive(rules)
    second = second_in_force(rules)
    said_of = [deadlines.region_at(registry.of(Case(edition=each))).parameter(key[11:]) for each in (None, second)]
    assert [(row["value"], row["mark"]) for row in said_of] == [("12", "confirmed"), ("20", "act")]


def test_no_file_of_an_edition_changes_unsaid(region_of_act: Registry, tmp_path: Path) -> None:
    """Fault: of another table than those told row by row, and of how clauses are said, the page said «Nothing»."""
    folder = tmp_path / "amended"
    shutil.copytree(region_of_act.folders[0], folder)
    for place in sorted(each.relative_to(folder).as_posix() for each in folder.rglob("*") if each.is_file()):
        if is_law(place):
            content = (folder / place).read_text(encoding="utf-8")
            (folder / place).write_text(otherwise(place, content), encoding="utf-8")
            after = region_of_act.under(folder)
            told = [each.place for each in law.changed_files(region_of_act, after)]
            told += [f"{each.table}.csv" for each in law.changed_rows(region_of_act, after)]
            assert set(told) == {place}, place
            (folder / place).write_text(content, encoding="utf-8")


def otherwise(place: str, content: str) -> str:
    """Its last row taken out; `region.toml` with another way to say clauses; any other, a line more."""
    if place == "region.toml":
        return content.replace("11-тармақ, курьер", "11-тармақ, шабарман")
    return content.rstrip().rpartition("\n")[0] + "\n" if place.endswith(".csv") else content + "\n"


def test_at_start_it_is_said_which_edition_this_code_cannot_use_and_what_of_it(
    region_of_act: Registry, house: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    """Fault: only the tables of the package were looked at, those of its first edition, not what is in force."""
    second = second_in_force(region_of_act)
    assert need_tables(house) and "edition" not in caplog.text
    kept = db.session.get_one(EditionFile, (second, "hours.csv"))
    kept.content = kept.content.replace(b",1,", b",8,", 1)
    db.session.get_one(Edition, second).digest = "another"
    db.session.commit()
    law.forget()
    assert need_tables(house)
    assert f"act 77, edition {second}: hours.csv, line" in caplog.text
