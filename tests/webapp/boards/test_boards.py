"""The boards over HTTP: who sees what, giving work to others, and files that say what the page says."""

import csv
import io
import re

import pytest
from flask import Flask
from openpyxl import load_workbook
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import boards, clock, directory, journal
from services.cases.models import Applicant, Case, Task
from services.db import db
from services.directory.models import Staff
from tests.counting import counted
from tests.people.office import Office, Psc
from webapp.boards.tables import Column, Table, as_csv, as_xlsx

PAGES = ("/boards/region", "/boards/offices/TALDYKORGAN", "/boards/offices/PSC_TALDYKORGAN", "/boards/heat")


def surfer(app: Flask, login: str) -> Surfer:
    return Surfer(app).sign_in(login)


@pytest.mark.parametrize(
    ("login", "open_pages", "closed_pages"),
    [
        ("clerk.taldykorgan", (), ("/boards/head", *PAGES)),
        ("head.taldykorgan", ("/boards/head", "/boards/offices/TALDYKORGAN", "/boards/heat"),
         ("/boards/region", "/boards/offices/TALGAR", "/boards/heat?office=TALGAR")),
        ("pschead.taldykorgan", ("/boards/head", "/boards/offices/PSC_TALDYKORGAN"),
         ("/boards/region", "/boards/offices/TALDYKORGAN")),
        ("control", PAGES, ("/boards/head",)),
        ("designer", ("/boards/heat", "/boards/heat?office=TALGAR"), ("/boards/head", *PAGES[:3])),
    ],
)  # fmt: skip
def test_everybody_sees_the_boards_of_their_duty_and_no_other(
    house: Flask, login: str, open_pages: tuple[str, ...], closed_pages: tuple[str, ...]
) -> None:
    who = surfer(house, login)
    assert ('href="/boards/"' in who.get("/inbox").text) == bool(open_pages)
    for path in open_pages:
        assert who.get(path).status_code == 200, path
    for path in closed_pages:
        for kind in ("", "xlsx"):
            glue = "&" if "?" in path else "?"
            assert who.get(f"{path}{glue}as={kind}" if kind else path).status_code == 403, path


def test_who_is_not_signed_in_sees_no_board(house: Flask) -> None:
    for path in ("/boards/", "/boards/head", *PAGES):
        assert "/sign-in" in Surfer(house).get(path).request.path


def test_the_control_level_lands_on_its_board_and_still_reaches_its_inbox(house: Flask) -> None:
    control = surfer(house, "control")
    assert control.get("/").request.path == "/boards/region"
    assert control.get("/inbox").request.path == "/inbox"
    assert surfer(house, "head.taldykorgan").get("/").request.path == "/"


def test_the_control_level_meets_no_applicant_anywhere(region: Flask) -> None:
    control = surfer(region, "control")
    told = [word for row in db.session.scalars(select(Applicant)) for word in (row.address, row.phone) if word]
    names = {f"{row.surname} {row.given_name}" for row in db.session.scalars(select(Applicant))}
    staff = set(directory.names(db.session.scalars(select(Staff.id)).all()).values())
    assert len(told) > 60
    for path in (*PAGES, "/boards/heat?office=PSC_TALDYKORGAN"):
        glue = "&" if "?" in path else "?"
        said = [control.get(path).text]
        book = load_workbook(io.BytesIO(control.get(f"{path}{glue}as=xlsx").data))
        said += [str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell]
        text = "\n".join(said)
        for name in staff:  # people's names are made of the same words as applicants'
            text = text.replace(name, "")
        assert not [word for word in {*told, *names} if word in text], path
    assert control.get(f"/cases/{db.session.scalar(select(Applicant.case_id))}").status_code == 403


def test_the_control_level_reaches_a_case_from_its_board_and_reads_how_it_stands_not_whose_it_is(region: Flask) -> None:
    control = surfer(region, "control")
    control.get("/boards/offices/TALDYKORGAN?period=month")
    links = set(
        control.tree.xpath("//section[@aria-labelledby='late-title']//a[starts-with(@href, '/boards/cases/')]/@href")
    )
    assert links
    case_id = int(sorted(links)[0].rpartition("/")[2])
    page = control.get(f"/boards/cases/{case_id}")
    row = db.session.get_one(Applicant, case_id)
    said = control.tree.xpath("//main")[0].text_content()
    for name in directory.names(db.session.scalars(select(Staff.id)).all()).values():
        said = said.replace(name, "")  # people's names are made of the same words as applicants'
    assert page.status_code == 200 and not [
        word for word in (f"{row.surname} {row.given_name}", row.address, row.phone, row.iin) if word and word in said
    ]
    assert len(control.tree.xpath("//table[@class='steps']//tr")) > 2
    assert surfer(region, "head.taldykorgan").get(f"/boards/cases/{case_id}").request.path == f"/cases/{case_id}"
    for stranger in ("clerk.taldykorgan", "head.talgar", "designer"):
        assert surfer(region, stranger).get(f"/boards/cases/{case_id}").status_code == 403
    assert control.get("/boards/cases/999999").status_code == 404


def test_the_head_sees_what_is_late_whose_it_is_and_why(region: Flask) -> None:
    page = surfer(region, "head.taldykorgan").get("/boards/head")
    board = boards.head_board("TALDYKORGAN", directory.staff_at("TALDYKORGAN", "head")[0])
    late = board.counts["late"]
    assert late and f"<dd>{late}</dd>" in page.text
    for row in board.rows:
        assert row.number and row.number in page.text and row.applicant in page.text
    for said in ("қағазы табылмай тұр", "бүкіл қызметтің мерзімі", "рет қайтарылды", "актіде жоқ"):
        assert said in page.text, said
    assert page.text.index('id="late"') < page.text.index('id="week"')


def test_work_is_given_to_another_in_bulk_and_each_refusal_is_named(region: Flask) -> None:
    head = surfer(region, "head.taldykorgan")
    head.get("/boards/head")
    executors = directory.staff_at("TALDYKORGAN", "executor")
    here = select(Task).where(Task.office_key == "TALDYKORGAN", Task.closed_at.is_(None), Task.role == "executor")
    mine = db.session.scalars(here.where(Task.assignee_id != executors[0].id).order_by(Task.case_id).limit(3)).all()
    elsewhere = db.session.scalars(select(Task).where(Task.office_key == "TALGAR", Task.closed_at.is_(None))).first()
    heads = db.session.scalars(
        select(Task).where(Task.office_key == "TALDYKORGAN", Task.closed_at.is_(None), Task.role == "head")
    ).first()
    done = db.session.scalars(select(Task).where(Task.office_key == "TALDYKORGAN", Task.done_at.is_not(None))).first()
    assert len(mine) == 3 and elsewhere and heads and done
    wanted = [*(task.id for task in mine), elsewhere.id, heads.id, done.id, "0.nowhere"]
    db.session.rollback()
    with counted(db.engine) as count:
        page = head.submit("/boards/head/reassign", {"task": wanted, "to": executors[0].id})
    assert page.status_code == 200
    assert count.commits == len(mine)  # each in a transaction of its own: what one is refused stops no other
    refused = re.findall(r"<li><span class=\"number\">(.*?)</span> (.*?)</li>", page.text)
    assert len(refused) == 4, refused
    assert all(said.strip() for _, said in refused)
    assert len({said for _, said in refused}) >= 4
    db.session.expire_all()
    assert {db.session.get_one(Task, task.id).assignee_id for task in mine} == {executors[0].id}
    for task in (elsewhere, heads):
        assert db.session.get_one(Task, task.id).assignee_id != executors[0].id
    assert journal.verify([]) == []
    assert journal.read(f"case:{mine[0].case_id}")[0].event == "case.task_reassigned"


def test_only_the_head_of_that_office_gives_its_work_to_others(house: Flask) -> None:
    office = Office(house)
    case_id = office.run(until=2)
    task, other = office.task(case_id), directory.staff_at("TALDYKORGAN", "executor")[1].id
    before = db.session.get_one(Task, task).assignee_id
    db.session.rollback()
    for login in ("clerk.taldykorgan", "head.talgar", "pschead.taldykorgan", "control"):
        who = surfer(house, login)
        who.get("/inbox")
        token = dict(who.form("/language").form_values())["csrf_token"]
        sent = {"csrf_token": token, "task": task, "to": str(other)}
        answer = who._ask("POST", "/boards/head/reassign", data=sent)
        assert answer.status_code in (200, 403), login
        db.session.rollback()
        assert db.session.get_one(Task, task).assignee_id == before, login


def test_the_psc_head_sees_what_waits_for_whom_but_gives_nothing_away(region: Flask) -> None:
    page = surfer(region, "pschead.taldykorgan").get("/boards/head")
    assert page.status_code == 200
    assert 'name="task"' not in page.text and "/boards/head/reassign" not in page.text
    assert "күтілуде: Уәкілетті орган" in page.text and "қағазы табылмай тұр" in page.text


def test_dates_that_rest_on_a_default_are_counted_apart(house: Flask) -> None:
    psc = Psc(house)
    psc.run()
    period = boards.preset("days_30")
    figures = boards.figures_of(boards.look(period, directory.staff_at("OBLAST", "control")[0], "PSC_TALDYKORGAN"))
    assert figures.whole.kept == figures.whole.late == 0
    assert figures.whole.kept_default == 1
    page = surfer(house, "control").get("/boards/region").text
    assert "актіде жоқ" in page


def test_a_file_says_what_the_page_says(region: Flask) -> None:
    control = surfer(region, "control")
    page = control.get("/boards/region")
    cells = [
        [" ".join(cell.text_content().split()) for cell in row.xpath("th|td[not(contains(@class, 'picture'))]")]
        for row in control.tree.xpath("(//table)[1]//tr[ancestor::tbody or ancestor::tfoot]")
    ]
    answer = control.get("/boards/region?as=csv&table=offices")
    assert answer.data.startswith(b"\xef\xbb\xbf")
    assert "attachment" in answer.headers["Content-Disposition"]
    rows = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig")), delimiter=";"))
    whole = [at for at, said in enumerate(rows[0]) if "үлесі" not in said][1:]  # a share is a number there: 0,125
    assert [[row[at] for at in whole] for row in rows[1:]] == [[row[at] for at in whole] for row in cells]
    book = load_workbook(io.BytesIO(control.get("/boards/region?as=xlsx").data))
    assert len(book.worksheets) == 6
    sheet = book.worksheets[0]
    assert sheet.freeze_panes == "A5"
    assert "26.11.2026" not in str(sheet["A2"].value) and "25.11.2026" in str(sheet["A2"].value)
    kept = [[str(row[at]) for at in whole] for row in sheet.iter_rows(min_row=5, values_only=True)]
    assert kept == [[row[at] for at in whole] for row in cells]
    assert page.text.count("<svg") > 20


def test_a_file_of_the_heads_board_says_what_it_leaves_out(region: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    head = surfer(region, "head.taldykorgan")
    whole = head.get("/boards/head?as=csv&table=urgent").text.splitlines()
    assert "ең шұғыл" not in whole[-1] and len(whole) > 3
    monkeypatch.setattr(boards.head, "MOST", 1)
    monkeypatch.setattr(boards.head, "CAP", 2)
    cut = head.get("/boards/head?as=csv&table=urgent").text.splitlines()
    assert len(cut) == 3 and "+ ішінен ең шұғыл 1 тұр" in cut[-1]
    book = load_workbook(io.BytesIO(head.get("/boards/head?as=xlsx").data))
    said = [str(sheet["A3"].value) for sheet in book]
    assert said[0] == cut[-1] and "ең көбі" in said[1]
    assert said[1] in head.get("/boards/head").text


def test_times_go_out_as_hours_that_a_spreadsheet_counts_with(region: Flask) -> None:
    control = surfer(region, "control")
    period = boards.preset("days_30")
    steps = boards.by_step(boards.look(period, directory.staff_at("OBLAST", "control")[0]))
    rows = list(
        csv.reader(
            io.StringIO(control.get("/boards/region?as=csv&table=steps").data.decode("utf-8-sig")), delimiter=";"
        )
    )
    assert [row[3] for row in rows[1:]] == [f"{each.median_s / 3600:.2f}".replace(".", ",") for each in steps]
    book = load_workbook(io.BytesIO(control.get("/boards/region?as=xlsx").data))
    cell = book.worksheets[2].cell(5, 4)  # after the offices and their complaints
    assert cell.number_format == "[h]:mm"
    assert seconds(cell.value) == pytest.approx(steps[0].median_s, abs=1)


def seconds(value: object) -> float:
    """What openpyxl makes of a part of a day."""
    if hasattr(value, "total_seconds"):
        return float(value.total_seconds())
    if hasattr(value, "hour"):
        return float(value.hour * 3600 + value.minute * 60 + value.second)
    return float(str(value)) * 86400


@pytest.mark.parametrize("text", ["=1+1", "+7 700", "-2", "@sum", "\tx", '=cmd|"/c calc"!A1'])
def test_no_cell_of_a_file_is_a_formula(house: Flask, text: str) -> None:
    table = Table("t", "T", [Column("A"), Column(text)], [[text, "x"]])
    with house.test_request_context():
        rows = list(csv.reader(io.StringIO(as_csv(table).decode("utf-8-sig")), delimiter=";"))
        book = load_workbook(io.BytesIO(as_xlsx("T", "P", [table])))
    assert rows[1][0] == f"'{text}" and rows[0][1] == f"'{text}"
    cell = book.worksheets[0]["A5"]
    assert cell.data_type == "s" and cell.value == text


@pytest.mark.parametrize(
    "query",
    ["since=2026-11-30&until=2026-11-01", "since=x&until=y", "since=2026-11-01", "since=0001-01-01&until=0001-01-02",
     "since=2000-01-01&until=2026-01-01", "since=9999-12-31&until=9999-12-31", "since=2026-W44-7&until=2026-11-02"],
)  # fmt: skip
def test_a_period_that_is_none_is_answered_in_words(house: Flask, query: str) -> None:
    control = surfer(house, "control")
    for path in ("/boards/region", "/boards/offices/TALGAR", "/boards/heat"):
        answer = control.get(f"{path}?{query}")
        assert answer.status_code == 400
        assert "Екі күнді көрсетіңіз" in answer.text


@pytest.mark.parametrize(
    "path",
    ["/boards/offices/NOWHERE", "/boards/heat?version=999999", "/boards/heat?office=NOWHERE",
     "/boards/region?as=csv&table=secrets", "/boards/region?as=csv",
     "/boards/heat/1/nowhere.bpmn", "/boards/heat/99999/direct.bpmn"],
)  # fmt: skip
def test_what_is_not_there_is_not_found(house: Flask, path: str) -> None:
    assert surfer(house, "control").get(path).status_code == 404


def test_an_empty_region_says_so(house: Flask) -> None:
    control = surfer(house, "control")
    for path in PAGES:
        page = control.get(path)
        assert "Бұл аралықта ештеңе жоқ." in page.text, path
    assert "Кешіккен іс жоқ" in surfer(house, "head.taldykorgan").get("/boards/head").text


def test_the_diagram_of_the_heat_map_is_that_of_the_version(region: Flask) -> None:
    designer = surfer(region, "designer")
    version = boards.versions("psc")[0]
    page = designer.get(f"/boards/heat?version={version.id}")
    drawn = re.findall(r'data-diagram="([^"]+)"', page.text)
    assert [path.rpartition("/")[2] for path in drawn] == ["psc.bpmn", "resolution.bpmn", "signing.bpmn"]
    for path in drawn:
        assert b"bpmn:definitions" in designer.get(path).data
    assert "heat-near" in page.text and "●●●○" in page.text
    assert surfer(region, "clerk.taldykorgan").get(drawn[0]).status_code == 403


def test_however_an_application_ended_the_board_and_its_files_name_it(house: Flask) -> None:
    office = Office(house)
    said = {
        "approved": "көмек тағайындалды",
        "application_withdrawn": "өтініш беруші қайтарып алды",
        "died": "аяқталды: өтініш беруші қайтыс болды",
        "sent_on": "тиесілі органға жіберілді",
        "registration_annulled": "тіркеудің күші жойылды",
    }
    for key in said:
        case = db.session.get_one(Case, office.open())
        case.closed_at, case.outcome = clock.now(), key
    db.session.commit()
    control = surfer(house, "control")
    control.get("/boards/region")
    figures = " ".join(control.tree.xpath("//dl[@class='numbers']")[0].text_content().split())
    assert "тағайындалды — 1, бас тартылды — 0" in figures
    for key in [*said][1:]:
        assert f"{said[key]} — 1" in figures, key
    told = control.get("/boards/region?as=csv&table=outcomes").text.splitlines()
    assert {f"{each};1;0,200" for each in said.values()} <= set(told), told
    assert f"Барлығы;{len(said)};" in told
    offices = list(csv.reader(io.StringIO(control.get("/boards/region?as=csv&table=offices").text), delimiter=";"))
    assert offices[-1][2:6] == ["5", "1", "0", "4"], offices
