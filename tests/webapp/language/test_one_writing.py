"""What keyboards, scanners, spreadsheets, programs and consoles send is one writing, wherever it comes in."""

import sys
import unicodedata
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask_babel import force_locale, gettext

from komek.testing.surfer import Surfer
from services import deadlines, directory, loading
from services.answers import parse
from services.config import PLUGINS
from services.db import db
from services.documents import badge_payload, barcode_payload, read_badge, read_payload
from services.errors import InvalidAnswers
from services.letters import LOST, is_printable, tidy
from services.plugin import Field
from services.processes.catalogues import read_catalogue
from tests.people.office import APPLICATION, Office
from tests.webapp.rest.programs import basic
from webapp.cli import komek

UNSEEN = ["\u200b", "\u200e", "\u202e", "\ufeff", "\u2060", "\u00ad", "\u3164", "\U000e0001", "\ufe0f"]
IIN = str(APPLICATION["iin"])


@pytest.mark.parametrize("unseen", UNSEEN)
def test_what_no_eye_sees_is_not_there(unseen: str) -> None:
    assert tidy(f"{unseen}Үл{unseen}гі{unseen}") == "Үлгі"
    assert read_payload(f"{unseen}19-2013-{unseen}00042") == "19-2013-00042"
    assert read_payload(unseen.join(barcode_payload("19-2013-00042"))) == "19-2013-00042"
    assert read_badge(f"{badge_payload(12)}{unseen}") == 12


def test_no_format_character_can_be_printed() -> None:
    """Which spares most texts being gone through letter by letter."""
    every = map(chr, range(sys.maxunicode + 1))
    assert not [letter for letter in every if letter.isprintable() and unicodedata.category(letter) == "Cf"]


@pytest.mark.parametrize(
    ("written", "kept"), [("и\u0306", "й"), ("И\u0306", "Й"), ("е\u0308", "ё"), ("a\r\nb", "a\nb")]
)
def test_a_letter_of_two_characters_is_one(written: str, kept: str) -> None:
    assert tidy(written) == kept


@pytest.mark.parametrize("lost", ["\0", "\ud800", "a\udfffb"])
def test_what_cannot_be_kept_is_seen_where_it_stood_and_refused(lost: str) -> None:
    assert LOST in tidy(lost) and not is_printable(tidy(lost))


@pytest.mark.parametrize(
    ("typed", "fault"),
    [(f"\u200b{IIN}", None), (IIN.replace("5", "5\u202c"), None), (f"{IIN}\ufeff", None),
     (f"\u200b{IIN[:-1]}", "An IIN has 12 digits."),
     (f"\u200b{IIN[:-1]}{(int(IIN[-1]) + 1) % 10}",
      "The check digit of this IIN is wrong: one of its digits is mistyped."),
     (IIN.replace("0", "О"), "This has a letter or a sign among its digits."),
     (IIN.replace("1", "١"), "This has a letter or a sign among its digits."),
     (IIN[:5] + "\0" + IIN[6:], "This has a letter or a sign among its digits.")],
)  # fmt: skip
def test_what_is_said_of_an_iin_is_what_is_wrong_with_it(house: Flask, typed: str, fault: str | None) -> None:
    office = Office(house)
    page = office.work(office.open(), "clerk", {**APPLICATION, "iin": typed})
    kept = db.session.scalar(db.text("SELECT iin FROM applicant"))
    with force_locale("kk"):
        assert (page.status_code, kept) == (200, IIN) if fault is None else gettext(fault) in page.text


@pytest.mark.parametrize("name", ["\u200b\u200b", " \u00a0 ", "...", "12345", "-", "\u2800", "№ 7"])
@pytest.mark.parametrize("field", ["surname", "given_name"])
def test_a_name_without_a_letter_is_no_name(house: Flask, field: str, name: str) -> None:
    office = Office(house)
    assert office.work(office.open(), "clerk", {**APPLICATION, field: name}).status_code == 422
    assert db.session.scalar(db.text("SELECT count(*) FROM applicant")) == 0


@pytest.mark.parametrize("typed", ["45,000", "45.000", "1.234.567"])
def test_a_number_that_can_be_read_in_two_ways_is_asked_back(typed: str) -> None:
    with pytest.raises(InvalidAnswers):
        parse([Field("amount", "money", "Amount")], {"amount": typed})


def test_days_in_a_file_are_read_whatever_spreadsheet_wrote_it() -> None:
    table = "\ufeffdate,kind,name_kk,decree\r\n\u200e22.03.2027,\u200boff,Наурыз и\u0306\u200b,№ 1\r\n"
    (day,) = deadlines.read_days(table, source="үлгі")
    assert (day.on.isoformat(), day.working, day.name_kk) == ("2027-03-22", False, "Наурыз й")


@pytest.mark.parametrize("date", ["2013-W52-2", "٢٢.٠٣.2027", "22.3.27", "2027-3-22", "20270332", "2027\0-03-22"])
def test_what_is_no_day_is_told_by_its_line(date: str) -> None:
    with pytest.raises(deadlines.BadLines) as wrong:
        deadlines.read_days(f"date,kind,name_kk\n{date},off,Үлгі\n", decree="№ 1", source="үлгі")
    assert [line for line, _ in wrong.value.faults] == [2]


def test_translations_in_a_file_are_one_writing_and_keep_the_diagrams_own_words() -> None:
    head = '\ufeffmsgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    file = head + 'msgid "и\u0306"\nmsgstr "и\u0306\u200b"\n'
    assert read_catalogue(file.encode(), "ru") == {("", "и\u0306"): "й"}


def test_a_regions_tables_are_read_as_spreadsheets_save_them(tmp_path: Path) -> None:
    (tmp_path / "things.csv").write_bytes("\ufeffkey*,name_kk\r\nA,Ауданы и\u0306\u200b\r\n".encode())
    assert loading.load(PLUGINS, tmp_path).table("things") == ({"key": "A", "name_kk": "Ауданы й"},)


def test_a_person_added_at_a_console_has_the_name_that_is_seen(house: Flask) -> None:
    address = house.config["KOMEK"].database_url
    told = [
        "staff",
        "add",
        "y.clerk\u200b",
        "\u200eТестова Айгу\u0308л",
        "TALDYKORGAN\ufeff",
        "clerk",
        "--password",
        "қыс шам терезе",
    ]
    ended = CliRunner(env={"KOMEK_DATABASE_URL": address}).invoke(komek, told)
    assert ended.exit_code == 0, ended.output
    (person,) = directory.find_people("y.clerk", actor="console")
    assert person.full_name == tidy("Тестова Айгу\u0308л")
    Surfer(house).sign_in("\u200by.clerk", "қыс шам терезе")


def test_programs_texts_are_one_writing_too(house: Flask) -> None:
    answer = house.test_client().get("/engine-rest/task", headers={"Authorization": basic("clerk\u200b.taldykorgan")})
    assert answer.status_code == 200
