"""An administrator's calendar over HTTP: what would move, saving it, importing, confirming; and why a date."""

import csv
import io
from collections.abc import Iterator
from datetime import date

import pytest
from flask import Flask

from komek.testing.surfer import Surfer
from services import clock, deadlines, registry
from services.db import db
from tests.people.office import Office
from tests.services.cases.a_morning import at
from webapp.calendar.changes import write_csv

PAGES = ("/admin/calendar/", "/admin/calendar/?year=2013", "/admin/calendar/day", "/admin/calendar/day/2026-08-31",
         "/admin/calendar/import", "/admin/calendar/hours", "/admin/calendar/hours/psc", "/admin/calendar/versions",
         "/admin/calendar/hours/TEKELI", "/admin/not-in-the-act",
         "/admin/not-in-the-act/parameters/registry_cutoff", "/admin/calendar/2013.csv")  # fmt: skip
DAY = {
    "on": "14.03.2013", "kind": "off", "name_kk": "Сынақ", "name_ru": "Проба", "name_en": "Trial",
    "decree": "N 1 of 01.03.2013", "source": "a letter",
}  # fmt: skip


@pytest.fixture
def morning(house: Flask) -> Iterator[Flask]:
    with clock.stopped(at("2013-03-04T10:00")):
        yield house


@pytest.fixture
def admin(morning: Flask) -> Surfer:
    return Surfer(morning).sign_in("admin")


def known(on: date) -> deadlines.SpecialDay | None:
    db.session.rollback()
    return deadlines.region_at(registry.current()).timetable.days.get(on)


def test_every_page_opens_in_every_language_for_an_administrator_and_for_nobody_else(
    morning: Flask, admin: Surfer
) -> None:
    clerk = Surfer(morning).sign_in("clerk.taldykorgan")
    for path in PAGES:
        for language in ("kk", "ru", "en"):
            admin.get("/")
            admin.submit("/language", {"language": language})
            assert admin.get(path).status_code == 200, path
        assert clerk.get(path).status_code == 403, path
    for path in ("/admin/calendar/preview", "/admin/calendar/save"):
        clerk.get("/")
        token = clerk.tree.xpath("//input[@name='csrf_token']/@value")[0]
        sent = {"csrf_token": token, "what": "days", **DAY}
        assert clerk.client.post(path, data=sent).status_code == 403
    assert "/admin/" not in clerk.get("/").text


def test_a_day_is_shown_with_what_it_moves_and_then_saved(morning: Flask, admin: Surfer) -> None:
    case_id = Office(morning).run(until=1)
    admin.get("/admin/calendar/day")
    page = admin.submit("/admin/calendar/preview", DAY)
    assert page.status_code == 200, page.text
    assert page.text.count("<tr>") == 2, "the heading and one outer date"
    assert known(date(2013, 3, 14)) is None
    page = admin.submit("/admin/calendar/save", {"reason": "a letter came"})
    assert page.status_code == 200 and page.request.path == "/admin/calendar/", page.text
    day = known(date(2013, 3, 14))
    assert day and (day.decree, day.confirmed, day.filled) == ("N 1 of 01.03.2013", True, False)
    assert "a letter came" in admin.get("/admin/calendar/versions").text
    clerk = Office(morning).person("clerk")
    assert clerk.json(f"/cases/{case_id}/steps.json")["outer"]["due_at"] == "2013-03-15T18:00:00+06:00"  # type: ignore[index]


def test_two_windows_save_one_calendar(admin: Surfer) -> None:
    admin.get("/admin/calendar/day")
    admin.submit("/admin/calendar/preview", DAY)
    form = {each.name: each.value for each in admin.form("/admin/calendar/save").inputs if each.name}
    assert admin.submit("/admin/calendar/save").status_code == 200
    late = admin.client.post("/admin/calendar/save", data={**form, "on": "15.03.2013"})
    assert late.status_code == 409
    assert known(date(2013, 3, 15)) is None


def test_the_open_question_is_asked_until_it_is_answered(admin: Surfer) -> None:
    assert "31.08.2026" in admin.get("/admin/calendar/?year=2026").text.split('class="year"')[0]
    admin.get("/admin/calendar/day/2026-08-31")
    said = {**DAY, "on": "31.08.2026", "kind": "working"}
    admin.submit("/admin/calendar/preview", said)
    admin.submit("/admin/calendar/save")
    assert "31.08.2026" not in admin.get("/admin/calendar/?year=2026").text.split('class="year"')[0]
    day = known(date(2026, 8, 31))
    assert day and day.working and day.confirmed


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(admin: Surfer) -> None:
    admin.get("/admin/calendar/day")
    page = admin.submit("/admin/calendar/preview", {**DAY, "decree": " ", "on": "31.02.2013"})
    assert page.status_code == 422
    assert 'href="#on"' in page.text and 'value="Сынақ"' in page.text
    page = admin.submit("/admin/calendar/preview", {**DAY, "decree": " "})
    assert page.status_code == 422 and 'href="#decree"' in page.text


def test_a_file_is_taken_whole_or_not_at_all_with_its_errors_by_line(admin: Surfer) -> None:
    head, good = "date,kind,name_kk,name_ru,name_en,decree,source", "2013-04-01,off,Бір,Один,One,N 1,a"
    bad = ("2013-04-31,off,Екі,Два,Two,N 1,a", "2013-04-02,holiday,Үш,Три,Three,N 1,a", "2013-04-01,off,Төрт,,,,")
    lines = (head, good, *bad)
    table = "\n".join(lines)
    admin.get("/admin/calendar/import")
    page = admin.submit("/admin/calendar/preview", {"text": table})
    assert page.status_code == 422
    assert [number for number in (2, 3, 4, 5) if f"{number}-жол" in page.text] == [3, 4, 5]
    assert known(date(2013, 4, 1)) is None
    page = admin.submit("/admin/calendar/preview", {"text": "\n".join(table.splitlines()[:2])})
    assert page.status_code == 200, page.text
    assert admin.submit("/admin/calendar/save").status_code == 200
    assert known(date(2013, 4, 1)) is not None


def test_a_calendar_file_brings_days_off(admin: Surfer) -> None:
    event = ("BEGIN:VEVENT", "DTSTART;VALUE=DATE:20130405", "SUMMARY:Сынақ", " күні", "END:VEVENT")
    events = "\r\n".join(("BEGIN:VCALENDAR", *event, "END:VCALENDAR"))
    admin.get("/admin/calendar/import")
    page = admin.submit("/admin/calendar/preview", {"text": events, "decree": "N 7", "source": "a file"})
    assert page.status_code == 200, page.text
    admin.submit("/admin/calendar/save")
    day = known(date(2013, 4, 5))
    assert day and (day.name_kk, day.decree, day.working) == ("Сынақкүні", "N 7", False)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "cp1251"])
def test_a_file_is_read_in_the_letters_that_its_spreadsheet_wrote(admin: Surfer, encoding: str) -> None:
    table = "date\tkind\tname_kk\tdecree\tsource\r\n05.04.2013 0:00\toff\tДем алыс\tN 7\ta file\r\n\t\t\t\t\r\n"
    admin.get("/admin/calendar/import")
    page = admin.submit("/admin/calendar/preview", {"file": (io.BytesIO(table.encode(encoding)), "days.txt")})
    assert page.status_code == 200, page.text
    admin.submit("/admin/calendar/save")
    assert (day := known(date(2013, 4, 5))) and day.name_kk == "Дем алыс"


def test_what_was_exported_can_be_imported(admin: Surfer) -> None:
    text = admin.get("/admin/calendar/2013.csv").get_data(as_text=True)
    days = deadlines.read_days(text, decree="N 0", source="x")
    assert [day.on for day in days] == sorted(on for on in deadlines.region_at(registry.current()).timetable.days
                                              if on.year == 2013)  # fmt: skip


@pytest.mark.parametrize("name", ["=1+1", "+7 728", "-", "@a", "'=1", "''", "'a"])
def test_an_exported_cell_is_no_formula_and_is_imported_as_it_was(name: str) -> None:
    text = write_csv([deadlines.SpecialDay(date(2013, 4, 5), False, name, name, name, name, decree=name)])
    row = next(csv.reader([text.splitlines()[1]]))
    assert all(not cell.startswith(("=", "+", "-", "@")) for cell in row)
    day = deadlines.read_days(text)[0]
    assert (day.name_kk, day.name_en, day.source, day.decree) == (name,) * 4


def test_a_value_is_confirmed_and_taken_back(admin: Surfer) -> None:
    path = "/admin/not-in-the-act/parameters/registry_cutoff"
    admin.get(path)
    admin.submit("/admin/calendar/preview", {"value": "16:00", "source": "an order"})
    page = admin.submit("/admin/calendar/save")
    assert page.request.path == "/admin/not-in-the-act" and "an order" in page.text
    db.session.rollback()
    assert f"{deadlines.day_plan(registry.current()).registry_cutoff:%H:%M}" == "16:00"
    admin.get(path)
    form = next(each for each in admin.tree.forms if each.fields.get("act") == "remove")
    page = admin.client.post(form.action, data=dict(form.fields))
    assert page.status_code == 200


@pytest.mark.parametrize("what", ["", "days' OR 1=1", "hours", "value", "import"])
def test_a_form_of_nobodys_changes_nothing(admin: Surfer, what: str) -> None:
    admin.get("/admin/calendar/day")
    token = admin.tree.xpath("//input[@name='csrf_token']/@value")[0]
    for path in ("/admin/calendar/preview", "/admin/calendar/save"):
        hostile = {"key": "x/\0", "office": "\0", "base": "1", "text": "\0", "after": "-1"}
        sent = {"csrf_token": token, "what": what, **hostile}
        assert admin.client.post(path, data=sent).status_code in (400, 404, 409, 422)


def test_why_a_date_is_what_it_is_stands_behind_every_date(morning: Flask) -> None:
    office = Office(morning)
    case_id = office.run(until=2)
    executor, task = office.person("executor"), office.task(case_id)
    links = executor.get(f"/cases/{case_id}").text
    assert f"/why/{task}" in links and f"/cases/{case_id}/why" in links
    assert f"/why/{task}" in executor.get("/").text or f"/cases/{case_id}/why" in executor.get("/").text
    page = executor.get(f"/why/{task}").text
    assert "11-тармақ, 4)-тармақша" in page and "08.03.2013" in page and "Халықаралық әйелдер күні" in page
    assert "2013 жылғы 15 наурыз, 18:00" in page
    whole = executor.get(f"/cases/{case_id}/why").text
    assert "9-тармақ" in whole and "2013 жылғы 14 наурыз, 18:00" in whole and "актіде жоқ" in whole
    assert Surfer(morning).sign_in("clerk.tekeli").get(f"/why/{task}").status_code == 403
    assert executor.get("/why/1.nothing").status_code == 404
