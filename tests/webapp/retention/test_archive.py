"""Cases closed long ago lie in the archive: out of the working tables, read, found, printed and proved as before."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from lxml import html
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from komek.testing.surfer import Surfer
from services import archive, boards, cases, clock, directory, jobs, journal, retention
from services.archive.models import TABLES
from services.db import Base, db
from services.postgres import Server
from tests.people.office import APPLICATION, OFFICE, Office
from tests.webapp.rest.programs import CLERK, Program
from webapp.cli import komek

THEN = datetime(2020, 3, 2, 5, 0, tzinfo=UTC)
DAY_BEFORE = datetime(2022, 3, 1, 5, 0, tzinfo=UTC)
RIPE = datetime(2022, 3, 2, 5, 0, tzinfo=UTC)
DESTROYED = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
IIN = str(APPLICATION["iin"])


@pytest.fixture
def finished(house: Flask) -> int:
    """A case from its application to the answer that was handed over, with something said of it beside."""
    with clock.stopped(THEN):
        case_id = Office(house).run()
        head = directory.staff_at(OFFICE, "head")[0]
        cases.comment(case_id, "Құжаттары сөреде, 3-қатар", [], head, key="k")
    with clock.stopped(DAY_BEFORE):
        jobs.work_off()  # what warnings were planned; nothing of the case waits any more
    return case_id


def admin(login: str = "admin") -> directory.Person:
    return next(each for each in directory.everybody() if each.login == login)


def number_of(case_id: int) -> str:
    return str(db.session.scalar(text('SELECT number FROM "case" WHERE id = :id'), {"id": case_id}))


def rows(schema: str, case_id: int) -> dict[str, list[Any]]:
    """Table -> its rows of the case there, without those that are inherited."""
    found = {}
    for each in TABLES:
        asked = text(f'SELECT CAST(row AS text) FROM ONLY {schema}."{each}" AS row WHERE case_id = :id ORDER BY 1')
        found[each] = list(db.session.scalars(asked, {"id": case_id}))
    db.session.rollback()
    return found


def archived(*, at: datetime = RIPE) -> int:
    with clock.stopped(at):
        return archive.archive_step()


def read(house: Flask, case_id: int) -> dict[str, Any]:
    """Whatever people and programs read of that case."""
    clerk, head = Surfer(house).sign_in(CLERK), Surfer(house).sign_in("head.taldykorgan")
    said: dict[str, Any] = {"page": shown(head.get(f"/cases/{case_id}").text)}
    for each in (f"/cases/{case_id}/steps.json", f"/cases/{case_id}/diagram/direct.bpmn"):
        said[each] = head.get(each).text
    for each in db.session.scalars(text(f"SELECT id FROM paper WHERE case_id = {case_id} ORDER BY id")).all():
        said[f"paper {each}"] = head.get(f"/papers/{each}.svg").data
    for words in (number_of(case_id), IIN, "Үлгібаев", "8 700 000 00 01"):
        said[f"found by {words}"] = f"/cases/{case_id}" in {clerk.find(words).request.path, *linked(clerk)}
    instance = db.session.scalar(text(f"SELECT id FROM process_instance WHERE case_id = {case_id}"))
    said["history"] = Program(house, CLERK).get("/history/activity-instance", processInstanceId=instance)
    said["register"] = cases.register(OFFICE, THEN.date(), THEN.date())
    control = directory.staff_at("OBLAST", "control")[0]
    said["board"] = boards.side_by_side(boards.look(boards.period("2020-02-01", "2020-03-31"), control))
    [held] = retention.person_file(IIN, "17", person=admin())
    # a form's questions are made anew whenever they are read: where in memory its plugin's functions lie says nothing
    said["person's file"] = re.sub(
        r" at 0x[0-9a-f]+", "", repr([held.applicant, held.answers, held.papers, held.comments])
    )
    db.session.rollback()
    return said


def linked(surfer: Surfer) -> set[str]:
    """Cases to which the page on the screen leads."""
    return {str(each).partition("?")[0] for each in surfer.tree.xpath("//main//a/@href")}


def shown(page: str) -> list[str]:
    """The words of the page, but that it is archived, what was looked at since, and what can be done there."""
    tree = html.fromstring(page).xpath("//main")[0]
    own = ("*[contains(@class, 'in-archive')]", "form", "details[contains(@class, 'no-print')]",
           "section[contains(@class, 'history')]", "*[@id='history']")  # fmt: skip
    for each in tree.xpath(" | ".join(f"//{part}" for part in own)):
        each.drop_tree()
    return [said for each in tree.itertext() if (said := " ".join(each.split()))]


def test_a_case_in_the_archive_is_out_of_the_working_tables_and_reads_and_proves_as_it_did(
    house: Flask, finished: int
) -> None:
    before = rows("public", finished)
    assert all(before[each] for each in TABLES if each not in ("message", "attachment"))
    assert archived(at=DAY_BEFORE) == 0, "two years are not over"
    with clock.stopped(RIPE):
        was = read(house, finished)
        assert archived() == 1 and archived() == 0
        assert rows("archive", finished) == before and not any(rows("public", finished).values())
        now = read(house, finished)
        for each, said in was.items():
            assert now[each] == said, each
        assert all(said for each, said in now.items() if each.startswith("found by")) and len(was["history"]) > 5
        assert len(was["register"]) == 1 and "Құжаттары сөреде" in was["person's file"]
        assert "мұрағатта" in Surfer(house).sign_in(CLERK).find(IIN).text
        assert journal.verify() == [] and cases.verify_values().faults == []
    head = Surfer(house).sign_in("head.taldykorgan")
    page = head.get(f"/cases/{finished}")
    assert "02.03.2022" in html.fromstring(page.text).xpath("string(//*[contains(@class, 'in-archive')])")
    assert [each.event for each in journal.read(f"case:{finished}", limit=100)].count("case.archived") == 1
    paper = db.session.scalar(text("SELECT min(id) FROM paper"))
    printed = db.session.scalar(text(f"SELECT copies FROM archive.paper WHERE id = {paper}"))
    assert head.submit(f"/papers/{paper}.pdf").data.startswith(b"%PDF")
    assert db.session.scalar(text(f"SELECT copies FROM archive.paper WHERE id = {paper}")) == printed + 1


def test_what_is_changed_in_the_archive_is_found_by_the_proof(house: Flask, finished: int) -> None:
    assert archived() == 1
    db.session.execute(text("UPDATE archive.answer SET answers = answers || '{\"amount\": 999999}'"))
    db.session.commit()
    assert cases.verify_values().faults
    db.session.execute(text("DELETE FROM archive.answer"))
    db.session.commit()
    assert "removed" in {each.kind for each in cases.verify_values().faults}


def test_nothing_is_done_to_a_case_in_the_archive_until_an_administrator_takes_it_out_with_a_reason(
    house: Flask, finished: int
) -> None:
    before, number = rows("public", finished), number_of(finished)
    assert archived() == 1
    head = directory.staff_at(OFFICE, "head")[0]
    with pytest.raises(cases.CaseArchived):
        cases.comment(finished, "Тағы бір сөз", [], head, key="другой")
    reads = Surfer(house).sign_in("head.taldykorgan")
    reads.get(f"/cases/{finished}")
    offered = {str(each) for each in reads.tree.xpath("//main//form/@action")}
    assert offered and all(each.startswith("/papers/") for each in offered - {f"/cases/{finished}/iin"}), offered
    assert not reads.tree.xpath("//*[contains(@class, 'happenings')]")
    assert reads.get("/admin/archive/").status_code == 403
    with pytest.raises(directory.NotAdministrator):
        archive.take_out(number, "сот сұрады", person=head)
    hands = Surfer(house).sign_in("admin")
    page = hands.get("/admin/archive/")
    assert number in page.text and "2020" in page.text
    assert hands.submit("/admin/archive/take-out", {"number": "19-2020-99999", "reason": "сот"}).status_code == 404
    hands.get("/admin/archive/")
    assert hands.submit("/admin/archive/take-out", {"number": number, "reason": " "}).status_code == 400
    hands.get("/admin/archive/")
    with clock.stopped(RIPE + timedelta(days=30)):
        hands = Surfer(house).sign_in("admin")
        hands.get("/admin/archive/")
        said = hands.submit("/admin/archive/take-out", {"number": number, "reason": "сот № 12 сұрады"})
        assert said.status_code == 200 and number in said.text
        assert rows("public", finished) == before and not any(rows("archive", finished).values())
        again = hands.submit("/admin/archive/take-out", {"number": number, "reason": "тағы"})
        assert again.status_code == 409
        page = Surfer(house).sign_in("head.taldykorgan").get(f"/cases/{finished}")
        assert "сот № 12 сұрады" in page.text and "in-archive" not in page.text
        assert "сот № 12" not in str([each.details for each in journal.read(f"case:{finished}", limit=100)])
        assert cases.comment(finished, "Тағы бір сөз", [], head, key="k2")
    assert archived(at=RIPE + timedelta(days=40)) == 0, "its time counts anew"
    assert archived(at=RIPE + timedelta(days=762)) == 1
    assert journal.verify() == [] and cases.verify_values().faults == []


def test_a_case_in_the_archive_is_destroyed_by_an_act_and_nothing_of_the_applicant_is_left_there(
    house: Flask, finished: int
) -> None:
    config = house.config["KOMEK"]
    second = directory.add_staff(
        "admin2", "Екінші Әкімші", "жаңбырлы күз кеші 17", actor="console", config=config, own_password=True
    )
    directory.appoint(second, "OBLAST", "admin", actor="console", from_on=THEN.date())
    assert archived() == 1
    with clock.stopped(DESTROYED):
        act = retention.propose(person=admin())
        retention.carry_out(act, "7-ЖА", person=admin("admin2"))
    for each in TABLES:
        said = db.session.scalars(text(f'SELECT CAST(row AS text) FROM "{each}" AS row')).all()
        assert not any(trace in line for line in said for trace in ("Үлгібаев", IIN, "Үлгі көшесі", "3-қатар")), each
    assert len(rows("archive", finished)["task"]) > 3, "who did which step when stays, and stays there"
    assert journal.verify() == [] and cases.verify_values().faults == []
    assert "деректері өшірілді" in Surfer(house).sign_in("head.taldykorgan").get(f"/cases/{finished}").text


@pytest.mark.parametrize(
    ("what", "hinders"),
    [
        ("a step beside it", "UPDATE task SET closed_at = NULL, done_at = NULL WHERE id = (SELECT min(id) FROM task)"),
        ("a step that was done late", "UPDATE task SET closed_at = '2021-06-01' WHERE id = (SELECT min(id) FROM task)"),
        ("a paper on its way", "UPDATE custody_item SET state = 'missing'"),
        ("a job", "INSERT INTO job (kind, key, case_id, planned_at, due_at, attempts, args)"
                  " SELECT 'mail', 'm', id, now(), now(), 0, '{}' FROM \"case\""),
        ("a rehearsal", "UPDATE \"case\" SET plays = office_key"),
        ("a time that counts anew", "UPDATE \"case\" SET taken_out_at = '2021-06-01'"),
    ],
)  # fmt: skip
def test_what_still_goes_on_does_not_go_into_the_archive(house: Flask, finished: int, what: str, hinders: str) -> None:
    with clock.stopped(RIPE):
        assert [each.case_id for each in archive.ripe()] == [finished]
        db.session.execute(text(hinders))
        assert archive.ripe() == [], what
        db.session.rollback()


def test_postgresql_itself_keeps_what_is_open_out_of_the_archive(house: Flask, finished: int) -> None:
    assert archived() == 1
    for refused in ("UPDATE archive.task SET closed_at = NULL, done_at = NULL", 'UPDATE "case" SET closed_at = NULL',
                    "DELETE FROM archive.process_instance", "DELETE FROM archive.task"):  # fmt: skip
        with pytest.raises(DBAPIError, match=r"ck_|fk_"):
            db.session.execute(text(refused))
        db.session.rollback()


def test_a_worker_that_is_killed_in_a_step_leaves_every_case_whole(house: Flask, finished: int, server: Server) -> None:
    """Stopped by a lock on the last of the tables that it takes rows from, and killed there."""
    before = rows("public", finished)
    with db.engine.connect() as holding:
        holding.execute(text("LOCK TABLE ONLY process_instance IN EXCLUSIVE MODE"))  # read by all, changed by nobody
        going = subprocess.Popen(
            [sys.executable, "-c", STEP.format(address=server.application_address)], env={**os.environ}
        )
        wait_for(stands_still)
        going.send_signal(signal.SIGKILL)
        going.wait(10)
        holding.rollback()
    assert rows("public", finished) == before and not any(rows("archive", finished).values())
    assert archived() == 1 and rows("archive", finished) == before


STEP = """
from datetime import UTC, datetime
from services import archive, clock
from tests.conftest import config_for
from webapp import create_app
with create_app(config_for("{address}")).app_context(), clock.stopped(datetime(2022, 3, 2, 5, tzinfo=UTC)):
    archive.archive_step()
"""


def stands_still() -> bool:
    waits = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'DELETE%'"
    found = bool(db.session.scalar(text(waits)))
    db.session.rollback()
    return found


def wait_for(so: Callable[[], bool]) -> None:
    until = time.monotonic() + 120
    while not so():
        assert time.monotonic() < until
        time.sleep(0.05)


def test_the_worker_looks_every_night_and_goes_on_at_once_while_there_is_something_to_do(
    house: Flask, finished: int
) -> None:
    with clock.stopped(RIPE):
        archive.plan()
        archive.plan()
        [at] = db.session.scalars(text("SELECT due_at FROM job WHERE kind = 'archive'")).all()
        assert clock.now() < at <= clock.now() + timedelta(days=1) and at.astimezone(UTC).hour in (20, 21)
        assert jobs.work_off(limit=1) == 0
    assert jobs.work_off(at) == 2, "one step with the case, one that finds nothing more"
    following = db.session.scalars(text("SELECT due_at FROM job WHERE kind = 'archive'")).all()
    assert following == [at + timedelta(days=1)] and not any(rows("public", finished).values())


def test_the_command_says_first_what_would_go_and_then_does_it(house: Flask, finished: int, server: Server) -> None:
    number, env = number_of(finished), {"DATABASE_URL": server.application_address, "KOMEK_DATABASE_URL": None}
    said = CliRunner().invoke(komek, ["archive", "run", "--dry-run"], env=env)
    assert said.exit_code == 0 and number in said.output and any(rows("public", finished).values()), said.output
    done = CliRunner().invoke(komek, ["archive", "run", "--most", "5"], env=env)
    assert done.exit_code == 0 and "1 cases put in" in done.output and not any(rows("public", finished).values())


def test_only_rows_that_go_along_refer_to_rows_that_go() -> None:
    """Another table that refers to a step, say, would hold its case in the working tables for ever."""
    #: rows that a closed case has none of: `ripe` passes by whoever has one
    looked_for = {"external_task"}
    refer = {
        (table.name, key.column.table.name) for table in Base.metadata.tables.values() for key in table.foreign_keys
    }
    assert {one for one, other in refer if other in TABLES} <= {*TABLES, *looked_for}
    of_a_case = {table.name for table in Base.metadata.tables.values() if "case_id" in table.columns}
    assert set(TABLES) <= of_a_case
