"""Cases that were begun on paper come over from a file: at their step, with their numbers and clocks, once."""

import io
import re
from datetime import UTC, date, datetime

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import text

from komek.testing.surfer import Surfer
from services import cases, clock, custody, deadlines, directory, documents, journal, registry, takeover
from services.cases.models import Case, Related, Task
from services.cases.pages.case import case_page
from services.cases.pages.register import register
from services.db import db
from services.postgres import Server
from services.sheets import BadLines, TooManyLines
from services.takeover import refusals
from tests.people.contesting import COMPLAINT, TITLE
from tests.people.life import tell
from tests.people.office import FIGURES, OFFICE, RECEIVED, Office, Psc
from webapp.cli import komek

NOW = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)
PEOPLE = {"iin": "850101100012", "address": "Талдықорған қаласы, Үлгі көшесі, 1", "phone": "8 700 000 00 01"}
PAPERS = {f"documents-{key}": "1" for key in (
    "application", "identity", "dwelling_title", "address_certificate", "income", "bank_account", "maintenance_bill",
    "utility_bills")}  # fmt: skip
REVIEW = {"office": OFFICE, "number": "412", "registered_on": "16.11.2026 10:00", "surname": "Үлгібаев",
          "given_name": "Мысал", "patronymic": "Сынақұлы", **PEOPLE, **PAPERS, "step": "review", "since": "17.11.2026",
          "executor": "executor2.taldykorgan"}  # fmt: skip
CLOSED = {"office": "19", "number": "19-2025-00077", "registered_on": "03.02.2025", "surname": "Сынақова",
          "given_name": "Үлгі", "outcome": "approved", "closed_on": "11.02.2025"}  # fmt: skip


def sheet(*rows: dict[str, str]) -> str:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    lines = [";".join(columns), *(";".join(row.get(name, "") for name in columns) for row in rows)]
    return "\n".join(lines) + "\n"


@pytest.fixture(autouse=True)
def stopped(house: Flask):  # type: ignore[no-untyped-def]
    with clock.stopped(NOW):
        yield


@pytest.fixture
def admin(house: Flask) -> directory.Person:
    return next(each for each in directory.everybody() if each.login == "admin")


def case_of(number: str) -> int:
    found = db.session.scalar(text('SELECT id FROM "case" WHERE number = :number').bindparams(number=number))
    assert found is not None, number
    return int(found)


def test_a_case_under_way_stands_at_its_step_with_number_executor_and_clock(house: Flask, admin: directory.Person):
    takeover.take(sheet(REVIEW), "cases.csv", person=admin)
    executor = next(each for each in directory.everybody() if each.login == "executor2.taldykorgan")
    page = case_page(case_of("19-2026-00412"), executor)
    [line] = page.open_steps
    assert (line.key, line.holder) == ("review", executor.full_name)
    zone = deadlines.zone(registry.current(), OFFICE)
    assert line.started_at == datetime(2026, 11, 17, 9, tzinfo=zone)
    assert line.due and line.due.at.astimezone(zone).date() == date(2026, 11, 27), "eight working days (N421/app6/t1/3)"
    assert page.outer.at.astimezone(zone).date() == date(2026, 11, 26), "ten calendar days from the registration"
    assert page.history[0].event == "case.taken_over" and page.history[0].actor == admin.full_name
    assert page.papers == [], "no paper is made anew"
    before = [each for each in page.steps if each.key != "review"]
    assert {each.outcome for each in before} == {"taken_over"} and {each.done_by for each in before} == {None}
    assert journal.verify() == []


def test_it_is_worked_on_to_its_end_as_any_other(house: Flask, admin: directory.Person):
    takeover.take(sheet(REVIEW), "cases.csv", person=admin)
    office, case_id = Office(house), case_of("19-2026-00412")
    for role, answers in [("executor", dict(FIGURES)), ("executor", {}), ("head", {"verdict": "agree"})]:
        answer = office.work(case_id, role, answers)
        assert answer.status_code == 200, answer.text
    assert "taken_over" not in {
        line.outcome for line in case_page(case_id, directory.staff_at(OFFICE, "head")[0]).steps[-2:]
    }
    year = directory.today().year
    assert documents.last_numbers(year)["19", "in"] == 412
    assert office.run(1) and case_of("19-2026-00413"), "the book goes on after the number that came over"


def test_a_case_signed_on_paper_has_its_period_and_those_who_decided_it_are_kept_from_a_complaint(
    house: Flask, admin: directory.Person
):
    takeover.take(sheet({**FILE, "step": "hand_over"}), "cases.csv", person=admin)
    office, case_id = Office(house), case_of("19-2026-00412")
    case = db.session.get_one(Case, case_id)
    assert (case.assigned_from, case.assigned_until) == (date(2026, 11, 1), date(2026, 12, 31))
    assert office.work(case_id, "executor", dict(RECEIVED)).status_code == 200
    tell(office.person("clerk"), case_id, TITLE, COMPLAINT)
    decided = {directory.id_of("executor2.taldykorgan"), directory.id_of("head.taldykorgan")}
    assert set(db.session.get_one(Task, office.task(case_id)).not_by or ()) == decided


def test_a_closed_case_stands_in_the_register_and_is_found(house: Flask, admin: directory.Person):
    takeover.take(sheet(CLOSED), "2025.csv", person=admin)
    [line] = register(OFFICE, date(2025, 1, 1), date(2025, 12, 31))
    assert (line.number, line.applicant, line.outcome) == ("19-2025-00077", "Сынақова Үлгі", "approved")
    head = Surfer(house).sign_in("head.taldykorgan")
    assert head.find("19-2025-00077").request.path == f"/cases/{case_of('19-2025-00077')}"
    assert head.find("Сынақова").status_code == 200
    assert "Сынақова" in head.get(f"/cases/{case_of('19-2025-00077')}").text
    assert "/happenings/" not in head.page.text, "what was closed on paper is not taken up here"  # type: ignore[union-attr]


def test_a_closed_case_of_another_body_than_the_one_above_its_psc_is_that_bodys(house: Flask, admin: directory.Person):
    psc = {
        **CLOSED,
        "office": "PSC_TALDYKORGAN",
        "number": "P30-2025-00077",
        "body": registry.current().row("offices", "AKSU")["short_kk"],
    }
    takeover.take(sheet(psc), "2025.csv", person=admin)
    assert db.session.scalar(text('SELECT body_key FROM "case"')) == "AKSU"


def test_looking_leaves_nothing_and_names_what_is_wrong_in_every_line(house: Flask, admin: directory.Person):
    wrong = [
        {**REVIEW, "office": "NOWHERE"}, {**REVIEW, "number": ""}, {**REVIEW, "registered_on": "x"},
        {**REVIEW, "registered_on": "01.12.2026"}, {**REVIEW, "since": "01.11.2026"}, {**REVIEW, "step": "nothing"},
        {**REVIEW, "outcome": "approved"}, {**REVIEW, "executor": "nobody"},
        {**REVIEW, "executor": "clerk.taldykorgan"}, {**REVIEW, "surname": ""},
        {**REVIEW, "iin": "1"}, {**REVIEW, **dict.fromkeys(PAPERS, "")},
        {**CLOSED, "outcome": "taken_over"}, {**REVIEW, "route": "psc"}, {**REVIEW, "step": "deliver"},
        *({**CLOSED, "number": f"1{at}", "body": body} for at, body in enumerate(("NOWHERE", "AKSU", "PSC_AKSU"))),
        REVIEW,
    ]  # fmt: skip
    counted = 'SELECT (SELECT count(*) FROM "case") + (SELECT count(*) FROM journal_entry) + (SELECT count(*) FROM job)'
    before = db.session.scalar(text(counted))
    found = takeover.look(sheet(*wrong), "cases.csv", person=admin)
    assert [bool(each.faults) for each in found] == [True] * 18 + [False], [each.faults for each in found]
    assert {str(each.faults[0][1]) for each in found[15:18]} == {refusals.WRONG_BODY}
    assert db.session.scalar(text(counted)) == before
    with pytest.raises(BadLines) as refused:
        takeover.take(sheet(*wrong), "cases.csv", person=admin)
    assert [line for line, _ in refused.value.faults] == list(range(2, 20))
    assert db.session.scalar(text(counted)) == before


def test_a_file_is_taken_once_and_a_number_once(house: Flask, admin: directory.Person):
    takeover.take(sheet(REVIEW, CLOSED), "a.csv", person=admin)
    with pytest.raises(takeover.TakenAlready):
        takeover.take(sheet(REVIEW, CLOSED), "b.csv", person=admin)
    [verdict] = takeover.look(sheet(REVIEW), "c.csv", person=admin)
    assert verdict.faults
    twice = takeover.look(sheet({**CLOSED, "number": "1"}, {**CLOSED, "number": "1"}), "d.csv", person=admin)
    assert [bool(each.faults) for each in twice] == [False, True]


@pytest.mark.parametrize("since", ["a comment", "a second application"])
def test_a_file_is_not_undone_when_something_was_put_beside_a_case_of_it(
    house: Flask, admin: directory.Person, since: str
) -> None:
    file = takeover.take(sheet(REVIEW), "a.csv", person=admin)
    case_id, clerk = case_of("19-2026-00412"), directory.staff_at(OFFICE, "clerk")[0]
    if since == "a comment":
        cases.comment(case_id, "Қағазын сөреден таптым.", [], clerk, key="a")
    else:
        second = cases.open_case("direct", OFFICE, clerk, key="second")
        db.session.add(Related(case_id=second, to_id=case_id, relation="repeats"))
        db.session.commit()
    with pytest.raises(takeover.WorkedOnSince, match="19-2026-00412"):
        takeover.undo(file, person=admin)
    assert case_of("19-2026-00412") == case_id


def test_a_file_is_undone_until_it_is_confirmed_or_somebody_worked_on_a_case(house: Flask, admin: directory.Person):
    first = takeover.take(sheet(REVIEW), "a.csv", person=admin)
    case_id = case_of("19-2026-00412")
    takeover.undo(first, person=admin)
    assert db.session.scalar(text('SELECT count(*) FROM "case"')) == 0
    assert next(iter(journal.read(f"case:{case_id}"))).event == "case.take_over_undone"
    with pytest.raises(takeover.TakeOverSettled):
        takeover.undo(first, person=admin)
    second = takeover.take(sheet(REVIEW), "a.csv", person=admin)
    office = Office(house)
    assert office.work(case_of("19-2026-00412"), "executor", dict(FIGURES)).status_code == 200
    with pytest.raises(takeover.WorkedOnSince, match="19-2026-00412"):
        takeover.undo(second, person=admin)
    takeover.confirm(second, person=admin)
    with pytest.raises(takeover.TakeOverSettled):
        takeover.undo(second, person=admin)
    assert journal.verify() == []


def test_a_longer_file_than_is_taken_at_once_is_refused_before_a_line_is_walked(house: Flask, admin: directory.Person):
    for act in (takeover.look, takeover.take):
        with pytest.raises(TooManyLines, match="1001"):
            act(sheet(*[{**CLOSED, "number": str(at)} for at in range(1001)]), "a.csv", person=admin)


def test_whoever_works_on_a_case_that_was_taken_back_meanwhile_is_told_so(house: Flask, admin: directory.Person):
    file = takeover.take(sheet(REVIEW), "a.csv", person=admin)
    executor = Surfer(house).sign_in("executor2.taldykorgan")
    task = re.search(r'action="(/inbox/[^"]+/complete)"', executor.get(f"/cases/{case_of('19-2026-00412')}").text)
    assert task
    entered = " ".join(executor.tree.xpath("//*[@id='facts']")[0].text_content().split())
    assert "Көмекке дейін, қағазда орындалған, Талдықорған қаласы" in entered, "in the place of a name"
    takeover.undo(file, person=admin)
    assert executor.submit(task[1], dict(FIGURES)).status_code == 404
    assert journal.verify() == []


def test_a_file_that_was_looked_at_is_taken_however_long_its_text_is(house: Flask):
    surfer = Surfer(house).sign_in("admin")
    surfer.get("/admin/take-over/")
    text = sheet({**CLOSED, "address": "Ү" * 150}) + (";" * 700 + "\n") * 900
    seen = surfer.submit("/admin/take-over/look", {"text": "", "file": (io.BytesIO(text.encode()), "a.csv")})
    assert seen.status_code == 200 and surfer.submit("/admin/take-over/take").status_code == 200
    assert case_of("19-2025-00077")


def test_only_an_administrator_takes_cases_over(house: Flask):
    clerk = directory.staff_at(OFFICE, "clerk")[0]
    for act in (takeover.look, takeover.take):
        with pytest.raises(directory.NotAdministrator):
            act(sheet(REVIEW), "a.csv", person=clerk)
    assert Surfer(house).sign_in(clerk.login).get("/admin/take-over/").status_code == 403


def test_the_page_shows_takes_and_undoes(house: Flask):
    surfer = Surfer(house).sign_in("admin")
    surfer.get("/admin/take-over/")
    seen = surfer.submit("/admin/take-over/look", {"text": sheet(REVIEW, CLOSED)})
    assert seen.status_code == 200 and seen.text.count('<tr class="new">') == 2
    assert surfer.submit("/admin/take-over/take").status_code == 200
    assert case_of("19-2026-00412")
    assert surfer.submit("/undo").status_code == 200
    assert db.session.scalar(text('SELECT count(*) FROM "case"')) == 0


def test_the_command_takes_a_file_and_says_what_is_wrong(house: Flask, server: Server, tmp_path):  # type: ignore[no-untyped-def]
    db.session.remove()
    file = tmp_path / "cases.csv"
    file.write_text(sheet(REVIEW, {**CLOSED, "outcome": "?"}), encoding="utf-8")
    env = {"DATABASE_URL": server.application_address}
    told = CliRunner().invoke(komek, ["office", "takeover", str(file), "--by", "admin", "--dry-run"], env=env)
    assert told.exit_code == 1 and "3: " in told.output, told.output
    file.write_text(sheet(REVIEW), encoding="utf-8")
    told = CliRunner().invoke(komek, ["office", "takeover", str(file), "--by", "admin"], env=env)
    assert told.exit_code == 0 and case_of("19-2026-00412"), told.output


# ---------------------------------------------------------------- every step of both routes, with the paper

FILE = {**REVIEW, **FIGURES, "number": "19-2026-00412", "outgoing_number": "19-X2026-00033", "step": "",
        "signer": "head.taldykorgan",
        "decision": "approve", "way": "ready", "told_how": "phone"}  # fmt: skip
PSC_FILE = {**FILE, "office": "PSC_TALDYKORGAN", "number": "77", "body_number": "413", "holder": "", "receipt": "shown",
            "registration.receive.papers": "match", **RECEIVED}  # fmt: skip
DIRECT_STEPS = ("register", "resolution", "review", "draft", "agree", "sign", "deliver", "hand_over")
#: step -> folder: where and how; result: where, how and signed
PSC_STEPS = {
    "accept": (None, None), "registry": ("PSC_TALDYKORGAN to_send", None),
    "courier_out": ("PSC_TALDYKORGAN in_transit", None),
    **dict.fromkeys(("receive", "pass", "resolution", "review", "draft", "agree"), ("TALDYKORGAN here", None)),
    "sign": ("TALDYKORGAN here", "TALDYKORGAN here awaited"),
    "pass_result": ("TALDYKORGAN here", "TALDYKORGAN here ink"),
    "send": ("TALDYKORGAN here", "TALDYKORGAN to_send ink"),
    "courier_back": ("TALDYKORGAN here", "TALDYKORGAN in_transit ink"),
    **dict.fromkeys(("arrive", "await_applicant", "issue"), ("TALDYKORGAN here", "PSC_TALDYKORGAN here ink")),
}  # fmt: skip


def held(case_id: int, kind: str) -> str | None:
    item = custody.of_case(case_id, kind)
    return " ".join(filter(None, (item.office_key, item.state, item.signature))) if item is not None else None


def test_every_step_of_both_routes_is_taken_over_with_the_paper_where_it_is(house: Flask, admin: directory.Person):
    for step in DIRECT_STEPS:
        file = takeover.take(sheet({**FILE, "step": step}), f"{step}.csv", person=admin)
        case_id = case_of("19-2026-00412")
        [line] = case_page(case_id, directory.staff_at(OFFICE, "head")[0]).open_steps
        assert line.key == step
        signed = {
            "sign": "TALDYKORGAN here awaited",
            "deliver": "TALDYKORGAN here ink",
            "hand_over": "TALDYKORGAN here ink",
        }
        assert (held(case_id, "folder"), held(case_id, "result")) == (None, signed.get(step)), step
        takeover.undo(file, person=admin)
        assert held(case_id, "result") is None, "taken back, its line of custody stays"
    for step, papers in PSC_STEPS.items():
        file = takeover.take(sheet({**PSC_FILE, "step": step}), f"{step}.csv", person=admin)
        case_id = case_of("P30-2026-00077")
        assert step in [line.key for line in case_page(case_id, directory.staff_at(OFFICE, "clerk")[0]).open_steps], (
            step
        )
        assert (held(case_id, "folder"), held(case_id, "result")) == papers, step
        assert case_page(case_id, directory.staff_at(OFFICE, "clerk")[0]).papers == [], "no paper is made anew"
        takeover.undo(file, person=admin)
    page = Psc(house).scan("clerk", "P30-2026-00077")
    assert page.status_code == 200 and 'data-word="received"' not in page.text, "what was taken back moves nowhere"
    assert "P30-2026-00077 енді мұнда бақылауда емес" in page.text and "қол қойыл" not in page.text, (
        "nor is it unsigned"
    )
    assert journal.verify() == []


def test_a_folder_that_was_on_the_way_is_scanned_in_and_its_case_goes_to_its_end(house: Flask, admin: directory.Person):
    takeover.take(sheet({**PSC_FILE, "step": "courier_out"}), "cases.csv", person=admin)
    psc, case_id = Psc(house), case_of("P30-2026-00077")
    assert 'data-word="received"' in psc.scan("clerk", psc.folder(case_id)).text
    psc.decide(case_id)
    psc.give_back(case_id)
    [line] = register(OFFICE, date(2026, 11, 1), date(2026, 11, 30))
    assert line.outcome == "approved" and journal.verify() == []


def test_a_result_that_waits_for_its_applicant_is_issued(house: Flask, admin: directory.Person):
    taken = takeover.take(sheet({**PSC_FILE, "step": "send"}), "cases.csv", person=admin)
    psc, case_id = Psc(house), case_of("P30-2026-00077")
    assert (documents.last_numbers(2026)["19", "in"], documents.last_numbers(2026)["19", "out"]) == (413, 33)
    page = psc.scan("clerk", psc.result(case_id))
    assert page.text.count('data-word="listed"') == 1
    with pytest.raises(takeover.WorkedOnSince):
        takeover.undo(taken, person=admin)
    psc.scan("psc_accum", psc.result(case_id))
    surfer, consignment = psc.person("clerk"), custody.paper(psc.result(case_id)).consignment_id
    for act in ("close", "hand-over"):
        surfer.get(f"/desk/consignments/{consignment}")
        surfer.submit(f"/desk/consignments/{consignment}/{act}")
    psc.scan("psc_accum", psc.result(case_id))
    psc.work(case_id, "psc_accum")
    inspector = psc.person("psc_inspector")
    inspector.get(f"/cases/{case_id}")
    inspector.submit(f"/desk/cases/{case_id}/came")
    psc.work(case_id, "psc_inspector", {**RECEIVED, "receipt": "shown"})
    assert db.session.scalar(text('SELECT outcome FROM "case"')) == "approved"


def test_what_a_line_lacks_for_its_step_is_said_in_words(house: Flask, admin: directory.Person):
    rows = [
        {**PSC_FILE, "step": "review", "body_number": ""}, {**FILE, "step": "deliver", "outgoing_number": ""},
        {**PSC_FILE, "step": "await_result"}, {**PSC_FILE, "step": "registry", "number": "бұрынғы 77"},
        {**FILE, "number": "500", "step": "agree", "holder": "clerk.taldykorgan"},
    ]  # fmt: skip
    found = takeover.look(sheet(*rows), "cases.csv", person=admin)
    said = [str(each.faults[0][1]) if each.faults else "" for each in found]
    for text_, part in zip(said, ("body_number", "outgoing_number", "other office", "written as", "role"), strict=True):
        assert part in text_, said


def test_a_second_application_of_a_term_is_asked_why_in_words_and_stands_beside_the_first(
    house: Flask, admin: directory.Person
):
    surfer = Surfer(house).sign_in("admin")
    surfer.get("/admin/take-over/")
    again = {**REVIEW, "number": "413"}
    seen = surfer.submit("/admin/take-over/look", {"text": sheet(REVIEW, again)})
    (fault,) = surfer.tree.xpath("//tr[@class='wrong']//span[@class='error']")
    assert fault.text_content().startswith("again_reason («Осы мерзімде тағы бір өтініш неге қабылданады»): "), (
        seen.text
    )
    why = {**again, "again_reason": "Екінші тұрғын үйі"}
    takeover.take(sheet(REVIEW, why), "cases.csv", person=admin)
    first, second = case_of("19-2026-00412"), case_of("19-2026-00413")
    beside = db.session.execute(text("SELECT case_id, to_id, relation FROM related_case")).all()
    assert [tuple(each) for each in beside] == [(second, first, "repeats")]
    assert "case.related" in [each.event for each in journal.read(f"case:{second}")]
