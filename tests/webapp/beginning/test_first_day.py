"""An office begins without demo mode: from nothing to an opened case, by the page and by the command."""

import csv
import io
import re
import zipfile
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from openpyxl import Workbook
from playwright.sync_api import Page
from sqlalchemy import select, text

from komek.testing.rows import as_replica
from komek.testing.surfer import Surfer
from services import beginning, directory, documents, journal, registry
from services.db import db
from services.documents.models import NumberSeries
from services.errors import InvalidAnswers
from services.letters import FORMULA
from services.postgres import Server
from services.sheets import as_text
from tests.people.office import APPLICATION
from tests.services.cases.at_once import at_once
from tests.webapp.axe import faults_in_light_and_dark, wider_than_a_phone
from webapp.cli import komek
from webapp.language.vocabulary import SERIES

PASSWORD = "жаңбырлы күз кеші 17"
OWN = "тау-бұлақ-4-көпір"
LIST = """login;full_name;office;role;phone
a.clerk;Омарова Айгүл Серікқызы;TALDYKORGAN;clerk;8 700 000 00 11
b.head;Серіков Болат Ахметұлы;Талдықорған қаласы;head;
c.exec;Ахметов Ерлан Болатұлы;19;executor;
d.control;Болатова Дана Ерланқызы;OBLAST;control;
"""


@pytest.fixture
def bare(house: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """As `komek db upgrade` and `komek deploy` leave it: offices, calendar, diagrams, and nobody; no demo."""
    as_replica(*(f"DELETE FROM {name}" for name in ("worker_topic", "appointment", "staff")))
    monkeypatch.setitem(house.config, "KOMEK", replace(house.config["KOMEK"], demo=False))
    return house


def account(secret: str, **more: str) -> dict[str, str]:
    return {
        "secret": secret, "full_name": "Үлгібаева Мысал", "new_login": "m.admin", "new_password": PASSWORD,
        "new_password_again": PASSWORD, **more,
    }  # fmt: skip


def begun(app: Flask) -> Surfer:
    """The first administrator, signed in."""
    surfer = Surfer(app)
    surfer.get("/")
    assert surfer.submit("/begin/account", account(beginning.make_secret())).status_code == 200
    return surfer


def opened_by(app: Flask, login: str, password: str) -> str:
    """The number of an application that they register, signed in with their first password, in place of theirs."""
    clerk = Surfer(app).sign_in(login, password)
    assert clerk.page is not None and clerk.page.request.path == "/account/first-password"
    told = dict.fromkeys(("new_password", "new_password_again"), OWN)
    assert clerk.submit("/account/password", {"old_password": password, **told}).request.path == "/inbox"
    page = clerk.submit("/cases", {"route": "direct"})
    task = re.search(r'action="/inbox/([^"/]+)/complete"', page.text)
    assert task, page.text
    answer = clerk.submit(f"/inbox/{task[1]}/complete", APPLICATION)
    assert answer.status_code == 200, answer.text
    found = re.search(r"19-\d{4}-\d{5}", answer.text)
    assert found
    return found[0]


def test_an_office_is_set_up_from_nothing_on_the_pages_and_opens_a_case(bare: Flask) -> None:
    surfer = begun(bare)
    assert surfer.page is not None and surfer.page.request.path == "/begin/offices"
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    assert surfer.page.request.path == "/begin/staff"
    seen = surfer.submit("/begin/staff", {"text": LIST})
    assert seen.status_code == 200 and directory.id_of("a.clerk") is None, "nothing is added by looking"
    taken = surfer.submit("/begin/staff/add")
    passwords = dict(re.findall(r'<td class="code">([a-z.]+)</td><td class="code">([a-z0-9-]+)</td>', taken.text))
    assert set(passwords) == {"a.clerk", "b.head", "c.exec", "d.control"}
    for step in ("hours", "holidays"):
        surfer.get(f"/begin/{step}")
        surfer.submit(f"/begin/{step}/confirm")
    surfer.get("/begin/numbers")
    surfer.submit("/begin/numbers", {"TALDYKORGAN.in": "1204"})
    assert beginning.missing() == []
    year = directory.today().year
    assert opened_by(bare, "a.clerk", passwords["a.clerk"]) == f"19-{year}-01205"
    assert journal.verify() == []


def test_without_an_administrator_every_visit_leads_to_the_first_day_and_with_one_to_the_sign_in(bare: Flask) -> None:
    assert Surfer(bare).get("/").request.path == "/begin/"
    begun(bare)
    assert Surfer(bare).get("/").request.path == "/sign-in"
    assert Surfer(bare).get("/begin/").request.path == "/sign-in"


@pytest.mark.parametrize("secret", ["", "wrong", "abcd-efgh-jkmn-pqrs"])
def test_a_stranger_without_the_secret_becomes_nobody(bare: Flask, secret: str) -> None:
    right = beginning.make_secret()
    stranger = Surfer(bare)
    stranger.get("/begin/")
    assert stranger.submit("/begin/account", account(secret)).status_code == 403
    assert not beginning.has_begun() and directory.id_of("m.admin") is None
    stranger.get("/begin/")
    assert stranger.submit("/begin/account", account(right.upper().replace("-", " "))).status_code == 200


def test_a_secret_opens_once_and_only_the_last_one_made_does(bare: Flask) -> None:
    first, last = beginning.make_secret(), beginning.make_secret()
    surfer, other = Surfer(bare), Surfer(bare)
    surfer.get("/begin/")
    other.get("/begin/")
    assert surfer.submit("/begin/account", account(first)).status_code == 403
    surfer.submit("/begin/account", account(last))
    assert beginning.has_begun()
    again = other.submit("/begin/account", account(last, new_login="m.other"))
    assert again.request.path == "/sign-in" and directory.id_of("m.other") is None


def test_two_who_have_the_secret_at_once_make_one_administrator(bare: Flask) -> None:
    secret, config = beginning.make_secret(), bare.config["KOMEK"]
    db.session.remove()
    first, second = (
        partial(beginning.begin, secret, login, "Үлгібаева Мысал", PASSWORD, config=config)
        for login in ("m.admin", "n.admin")
    )
    said = at_once(bare, first, second)
    assert sorted(type(each).__name__ for each in said) == ["HasBegun", "int"], said
    assert [each.own_password for each in directory.everybody()] == [True]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_list_is_read_in_whatever_letters_and_marks_a_spreadsheet_writes_it(
    bare: Flask, encoding: str, mark: str
) -> None:
    begun(bare).submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    sent = as_text(LIST.replace(";", mark).encode(encoding))
    found = beginning.look_at_staff(sent, actor="console")
    assert [(each.full_name, each.does) for each in found][:1] == [("Омарова Айгүл Серікқызы", "new")]
    assert {each.does for each in found} == {"new"} and len(found) == 4


def test_what_is_wrong_with_the_account_is_said_and_the_secret_stays_good(bare: Flask) -> None:
    secret = beginning.make_secret()
    surfer = Surfer(bare)
    surfer.get("/begin/")
    for wrong in ({"new_login": "Ә"}, {"new_password": "qwerty", "new_password_again": "qwerty"},
                  {"new_password_again": "another"}, {"full_name": " "}):  # fmt: skip
        told = surfer.submit("/begin/account", account(secret, **wrong))
        assert told.status_code in (400, 422) and 'role="alert"' in told.text, told.text
        assert not beginning.has_begun()
    assert surfer.submit("/begin/account", account(secret)).status_code == 200


def test_only_an_administrator_walks_the_steps(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    surfer.submit("/begin/staff", {"text": LIST})
    taken = surfer.submit("/begin/staff/add")
    password = re.search(r'a\.clerk</td><td class="code">([a-z0-9-]+)', taken.text)
    assert password
    clerk = Surfer(bare).sign_in("a.clerk", password[1])
    told = dict.fromkeys(("new_password", "new_password_again"), OWN)
    assert clerk.page and clerk.submit("/account/password", {"old_password": password[1], **told}).status_code == 200
    for path in ("/begin/", "/begin/offices", "/begin/numbers"):
        assert clerk.get(path).status_code == 403, path


def test_a_list_of_staff_is_looked_at_line_by_line_and_taken_whole_or_not_at_all(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    lines = LIST + (
        "Ә;Біреу Біреу;TALDYKORGAN;clerk;\n"
        "e.one;Біреу Біреу;ALMATY;clerk;\n"
        "e.two;Біреу Біреу;TALGAR;clerk;\n"
        "e.three;Біреу Біреу;TALDYKORGAN;clerk;12\n"
        "e.four;Біреу Біреу;TALDYKORGAN;psc_inspector;\n"
        "a.clerk;Омарова Айгүл Серікқызы;TALDYKORGAN;clerk;\n"
        "a.clerk;Басқа Біреу;TALDYKORGAN;head;\n"
        "m.admin;Басқа Біреу;TALDYKORGAN;head;\n"
        "e.five;Біреу Біреу;TALDYKORGAN;бастық емес;\n"
    )
    before = len(directory.everybody())
    told = surfer.submit("/begin/staff", {"text": lines})
    found = {line.number: line.fault for line in beginning.look_at_staff(lines, actor="console") if line.fault}
    assert set(found) == set(range(6, 15)) and len(set(found.values())) == 9, found
    assert told.text.count('<tr class="wrong">') == 9 and "/begin/staff/add" not in told.text
    with pytest.raises(beginning.BadLines) as refused:
        beginning.add_staff_of(lines, actor="console", config=bare.config["KOMEK"])
    assert [number for number, _ in refused.value.faults] == list(range(6, 15))
    assert len(directory.everybody()) == before


def test_a_workbook_is_read_as_the_same_list_and_sent_again_changes_nothing(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    book = Workbook()
    for row in LIST.splitlines():
        book.active.append(row.split(";"))
    kept = io.BytesIO()
    book.save(kept)
    seen = surfer.submit("/begin/staff", {"text": "", "file": (io.BytesIO(kept.getvalue()), "staff.xlsx")})
    assert seen.text.count('<tr class="new">') == 4
    surfer.submit("/begin/staff/add")
    surfer.get("/begin/staff")
    seen = surfer.submit("/begin/staff", {"text": LIST})
    assert seen.text.count('<tr class="nothing">') == 4
    with pytest.raises(beginning.NobodyNew):
        beginning.add_staff_of(LIST, actor="console", config=bare.config["KOMEK"])


def test_a_longer_list_than_is_taken_at_once_is_refused_before_it_is_looked_at(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.get("/begin/staff")
    lines = LIST.splitlines()[0] + "\n" + "".join(f"p.n{at};Біреу;TALDYKORGAN;clerk;\n" for at in range(2001))
    told = surfer.submit("/begin/staff", {"text": "", "file": (io.BytesIO(lines.encode()), "staff.csv")})
    assert told.status_code == 422 and "2001" in told.text and "<tr" not in told.text


def test_a_name_that_no_paper_can_print_is_a_wrong_line(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    lost = LIST.replace("Омарова", "Ома\0рова").replace("Серіков", "Сер\ue000іков")
    found = beginning.look_at_staff(lost, actor="console")
    assert [line.does for line in found] == ["wrong", "wrong", "new", "new"]


def test_a_name_that_a_spreadsheet_would_reckon_is_a_text_on_the_slips(
    bare: Flask, server: Server, tmp_path: Path
) -> None:
    surfer = begun(bare)
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    lines = LIST.replace("Омарова Айгүл", '"=cmd|/c calc!A1"')
    surfer.submit("/begin/staff", {"text": lines})
    assert "=cmd|/c calc!A1" in surfer.page.text  # type: ignore[union-attr]
    db.session.remove()
    file, slips = tmp_path / "staff.csv", tmp_path / "slips.csv"
    file.write_text(lines, encoding="utf-8")
    made = run(server, "staff", "import", str(file), "--passwords", str(slips))
    assert made.exit_code == 0, made.output
    cells = [cell for row in csv.reader(slips.read_text(encoding="utf-8-sig").splitlines()) for cell in row]
    assert "'=cmd|/c calc!A1 Серікқызы" in cells and not [cell for cell in cells if cell.startswith(FORMULA)]


def test_nobody_is_added_when_their_passwords_cannot_be_written(bare: Flask, server: Server, tmp_path: Path) -> None:
    begun(bare).submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    db.session.remove()
    file = tmp_path / "staff.csv"
    file.write_text(LIST, encoding="utf-8")
    told = run(server, "staff", "import", str(file), "--passwords", str(tmp_path / "nowhere" / "slips.csv"))
    assert told.exit_code == 1 and "nothing was done" in told.output and "Traceback" not in told.output
    assert directory.id_of("a.clerk") is None


def test_wrong_lines_stand_first_in_a_list_that_was_looked_at(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    surfer.submit("/begin/staff", {"text": LIST + "e.one;Біреу Біреу;NOWHERE;clerk;\n"})
    rows = surfer.tree.xpath("//*[contains(@class, 'list-preview')]//tbody/tr")
    assert [(row.get("class"), row[0].text_content()) for row in rows] == [
        ("wrong", "6"), ("new", "2"), ("new", "3"), ("new", "4"), ("new", "5")
    ]  # fmt: skip


def test_everything_that_is_missing_leads_to_where_it_is_put_right(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.get("/begin/")
    links = {each.get("href") for each in surfer.tree.xpath("//*[@class='lacking']//a")}
    assert links == {"/begin/offices", "/begin/staff", "/begin/hours", "/begin/holidays", "/begin/numbers"}
    assert {surfer.get(link).status_code for link in links} == {200}


def damaged() -> dict[str, bytes]:
    """Workbooks that the library does not refuse by an error of its own."""
    kept = io.BytesIO()
    Workbook().save(kept)
    whole = kept.getvalue()
    at = whole.index(b"xl/worksheets/sheet1.xml") + 30
    torn = whole[:at] + bytes(each ^ 0x5A for each in whole[at : at + 40]) + whole[at + 40 :]
    locked, packed = bytearray(whole), bytearray(whole)
    for found in re.finditer(b"PK\x01\x02", whole):
        locked[found.start() + 8] |= 1
        packed[found.start() + 10] = 99
    unpacked = io.BytesIO()
    with zipfile.ZipFile(unpacked, "w", zipfile.ZIP_DEFLATED) as bomb:
        bomb.writestr("xl/worksheets/sheet1.xml", b"0" * 31_000_000)
    return {
        "torn": torn, "locked by a password": bytes(locked), "packed in another way": bytes(packed),
        "cut": whole[: len(whole) // 2], "bomb": unpacked.getvalue(),
    }  # fmt: skip


def test_a_damaged_a_locked_and_an_endless_workbook_are_refused_in_words() -> None:
    for what, sent in damaged().items():
        with pytest.raises(InvalidAnswers) as refused:
            as_text(sent)
        assert list(refused.value.errors) == ["file"], what


@pytest.mark.parametrize(
    "sent", [b"PK\x03\x04 no workbook", b"\x00\x01\x02", b"one;two\n1;2\n", b'login;full_name;office;role\n"a']
)
def test_a_file_that_is_no_list_is_refused_in_words(bare: Flask, sent: bytes) -> None:
    surfer = begun(bare)
    surfer.get("/begin/staff")
    told = surfer.submit("/begin/staff", {"text": "", "file": (io.BytesIO(sent), "staff.xlsx")})
    assert told.status_code in (200, 422) and "Traceback" not in told.text
    assert 'role="alert"' in told.text or 'class="error"' in told.text or 'role="status"' in told.text


def test_a_psc_needs_the_body_that_it_serves_and_an_office_with_staff_stays_in_use(bare: Flask) -> None:
    surfer = begun(bare)
    assert surfer.submit("/begin/offices", {"office": ["PSC_TALGAR"]}).status_code == 400
    assert surfer.submit("/begin/offices", {"office": []}).status_code == 400
    assert beginning.offices_in_use() == ["OBLAST"]
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN", "TALGAR", "PSC_TALGAR"]})
    lacks = {(each.office_key, each.role): each.needed for each in beginning.missing() if each.what == "staff"}
    assert lacks["PSC_TALGAR", "psc_inspector"] == 2 and lacks["PSC_TALGAR", "courier"] == 1
    assert lacks["TALGAR", "head"] == lacks["TALDYKORGAN", "clerk"] == 1
    beginning.add_staff_of(LIST, actor="console", config=bare.config["KOMEK"])
    surfer.get("/begin/offices")
    assert surfer.submit("/begin/offices", {"office": ["TALGAR"]}).status_code == 409
    assert "PSC_TALGAR" in beginning.offices_in_use()


def test_a_book_goes_on_after_its_last_number_and_never_back(bare: Flask) -> None:
    surfer = begun(bare)
    surfer.submit("/begin/offices", {"office": ["TALDYKORGAN"]})
    year = directory.today().year
    surfer.get("/begin/numbers")
    surfer.submit("/begin/numbers", {"TALDYKORGAN.in": "7", "TALDYKORGAN.out": ""})
    assert documents.last_numbers(year) == {("19", "in"): 7}
    for wrong in ({"TALDYKORGAN.in": "6"}, {"TALDYKORGAN.in": "x"}, {"TALDYKORGAN.out": "3", "TALDYKORGAN.in": "6"},
                  {"TALDYKORGAN.in": "99999999"}):  # fmt: skip
        surfer.get("/begin/numbers")
        assert surfer.submit("/begin/numbers", wrong).status_code in (400, 409, 422), wrong
        assert documents.last_numbers(year) == {("19", "in"): 7}, "all of them, or none"


def test_every_series_of_numbers_that_an_office_gives_is_asked_for_and_has_a_name(region: Flask) -> None:
    admin = Surfer(region).sign_in("admin")
    admin.get("/begin/numbers")
    asked = set(admin.tree.xpath("//table//input/@name"))
    assert {f"TALDYKORGAN.{series}" for series in documents.MARKS} <= asked
    keys = {row["number"]: row["key"] for row in registry.current().table("offices")}
    given = {f"{keys[row.office_number]}.{row.series}" for row in db.session.scalars(select(NumberSeries))}
    assert len({each.partition(".")[2] for each in given}) >= 3 and given <= asked, given - asked
    assert "PSC_TALDYKORGAN.out" not in asked, "a PSC gives no answers"
    assert SERIES.keys() == documents.MARKS.keys()


# ---------------------------------------------------------------- the command


def run(server: Server, *words: str) -> Result:
    return CliRunner().invoke(komek, words, env={"DATABASE_URL": server.application_address, "KOMEK_DEMO": "0"})


def test_an_office_is_set_up_by_the_command_and_opens_a_case(bare: Flask, server: Server, tmp_path: Path) -> None:
    db.session.remove()
    file, slips = tmp_path / "staff.csv", tmp_path / "slips.csv"
    file.write_text(LIST, encoding="utf-8")
    assert run(server, "office", "missing").exit_code == 1
    made = run(
        server, "office", "begin", "m.admin", "Үлгібаева Мысал", "--password", PASSWORD, "--use", "TALDYKORGAN",
        "--staff", str(file), "--continue", "TALDYKORGAN:in:41", "--passwords", str(slips),
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    left = run(server, "office", "missing")
    assert left.exit_code == 0 and "missing" not in left.output, left.output
    assert oct(slips.stat().st_mode)[-3:] == "600"
    password = re.search(r"a\.clerk,([a-z0-9-]+)", slips.read_text(encoding="utf-8"))
    assert password
    assert opened_by(bare, "a.clerk", password[1]).endswith("-00042")
    again = run(server, "office", "begin", "m.two", "Үлгібаева Мысал", "--password", PASSWORD)
    assert again.exit_code == 1 and "administrator already" in again.output


def test_a_wrong_line_leaves_no_administrator_behind_and_is_named(bare: Flask, server: Server, tmp_path: Path) -> None:
    db.session.remove()
    file = tmp_path / "staff.csv"
    file.write_text(LIST + "e.one;Біреу Біреу;NOWHERE;clerk;\n", encoding="utf-8")
    words = ("office", "begin", "m.admin", "Үлгібаева Мысал", "--password", PASSWORD, "--use", "TALDYKORGAN")
    told = run(server, *words, "--staff", str(file))
    assert told.exit_code == 1 and "line 6:" in told.output and "Traceback" not in told.output
    assert db.session.scalar(text("SELECT count(*) FROM staff")) == 0
    db.session.remove()
    assert run(server, *words).exit_code == 0
    dry = run(server, "staff", "import", str(file), "--dry-run")
    assert dry.exit_code == 1 and "6: e.one: " in dry.output and directory.id_of("a.clerk") is None


def test_the_secret_is_printed_once_and_never_when_somebody_is_administrator(bare: Flask, server: Server) -> None:
    db.session.remove()
    first = run(server, "office", "secret", "--once").output
    secret = re.search(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", first)
    assert secret
    assert secret[0] not in run(server, "office", "secret", "--once").output
    assert re.search(r"[a-z0-9]{4}(-[a-z0-9]{4}){3}", run(server, "office", "secret").output)
    begun(bare)
    db.session.remove()
    assert run(server, "office", "secret", "--once").output == ""
    assert run(server, "office", "secret").exit_code == 1


@pytest.mark.browser
def test_the_first_day_in_a_browser(bare: Flask, page: Page) -> None:
    page.emulate_media(reduced_motion="reduce")  # no colour is half way
    page.goto("/")
    page.fill("#secret", beginning.make_secret())
    page.fill("#full_name", "Үлгібаева Мысал")
    page.fill("#new_login", "m.admin")
    page.fill("#new_password", PASSWORD)
    page.fill("#new_password_again", PASSWORD)
    page.click("main button.primary")
    assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0
    page.check("input[value=TALDYKORGAN]")
    page.click("main button.primary")
    page.fill("#text", LIST)
    page.click("main form[enctype] button")
    page.wait_for_selector("tr.new")
    assert page.locator("tr.new").count() == 4
    assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0
    page.click("main form[action$=add] button")
    assert page.locator("td.code").count() == 8
    given = page.locator("td.code").nth(1).inner_text()
    page.click("main a.button")
    for _ in ("hours", "holidays", "numbers"):
        page.click("main button.primary")
        page.wait_for_load_state()
    assert page.locator(".lacking .ready").count() == 1
    for path in ("/begin/hours", "/begin/holidays", "/begin/numbers", "/admin/take-over/", "/admin/retention/",
                 "/admin/archive/", "/admin/person-file"):  # fmt: skip
        page.goto(path)
        assert faults_in_light_and_dark(page) == [], path
        assert wider_than_a_phone(page) == 0, path
    page.context.clear_cookies()
    page.goto("/sign-in")
    page.fill("#login", "a.clerk")
    page.fill("#password", given)
    page.click("main button.primary")
    assert page.url.endswith("/account/first-password")
    assert faults_in_light_and_dark(page) == [] and wider_than_a_phone(page) == 0
    page.fill("#old_password", given)
    page.fill("#new_password", OWN)
    page.fill("#new_password_again", OWN)
    page.click("main button.primary")
    assert "/inbox" in page.url
