"""The stand's sheet: one page for the wall, its QR leads back, its edition says what it said, and who may print it."""

import io
import re
from collections.abc import Iterator
from datetime import datetime

import pypdfium2
import pytest
import zxingcpp
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select

from komek.testing.surfer import Surfer
from services import cases, clock, deadlines, directory, journal, registry
from services.db import db
from services.public.models import StandSheet
from webapp.public import kept

MONDAY = datetime.fromisoformat("2026-11-30T16:20:00+05:00")
A4, A3 = (595, 842), (842, 1191)


@pytest.fixture(autouse=True)
def now(house: Flask) -> Iterator[None]:
    kept.forget()
    with clock.stopped(MONDAY):
        yield
    kept.forget()


def surfer(house: Flask, login: str) -> Surfer:
    found = Surfer(house)
    found.sign_in(login)
    return found


def outdated_on_the_hub(person: Surfer) -> str:
    """The line that warns of sheets; empty without one."""
    lines = [
        line for line in person.get("/admin/").text.splitlines() if "alarm-line" in line and "/admin/stands/" in line
    ]
    return " ".join(lines)


def rows_of(person: Surfer) -> str:
    return person.get("/admin/stands/").text.partition("<tbody>")[2]


def printed(person: Surfer, office: str, size: str = "a4", language: str = "kk", status: int = 200) -> bytes:
    person.get("/admin/stands/")
    form = dict(person.form("/admin/stands/print").form_values())
    answer = person._ask(
        "POST", "/admin/stands/print", data={**form, "office": office, "size": size, "language": language}
    )
    assert answer.status_code == status, answer.text
    return answer.get_data()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
@pytest.mark.parametrize(("office", "size", "points"), [("TALDYKORGAN", "a4", A4), ("PSC_ENBEKSHIKAZAKH", "a3", A3)])
def test_a_sheet_is_one_page_and_its_code_leads_to_the_offices_page(
    house: Flask, language: str, office: str, size: str, points: tuple[int, int]
) -> None:
    pdf = printed(surfer(house, "admin"), office, size, language)
    reader = PdfReader(io.BytesIO(pdf))
    box = reader.pages[0].mediabox
    assert len(reader.pages) == 1 and (round(box.width), round(box.height)) == points
    text = " ".join(reader.pages[0].extract_text().replace("\u200b", "").split())
    assert directory.office(office).settings.get("phone_raw", "").split(";")[0] in text
    assert {"kk": "Күші жойылды", "ru": "Утратило силу", "en": "Repealed by"}[language] in text and "1414" in text
    (edition,) = db.session.scalars(select(StandSheet.edition))
    said = {"kk": "2026 жылғы 30 қараша", "ru": "30 ноября 2026 года", "en": "30 November 2026"}[language]
    assert f"{edition}, {said}." in text[-60:], text[-60:]
    picture = pypdfium2.PdfDocument(pdf)[0].render(scale=2).to_pil().convert("L")
    (code,) = zxingcpp.read_barcodes(picture)
    assert code.text == f"http://localhost/service/{language}/offices/{office}"
    with clock.stopped(MONDAY):
        assert Surfer(house).get(code.text.removeprefix("http://localhost")).status_code == 200


def test_a_printing_is_recorded_and_is_out_of_date_once_the_data_say_anything_else(house: Flask) -> None:
    admin = surfer(house, "admin")
    printed(admin, "TALDYKORGAN")
    printed(admin, "AKSU", "a3", "ru")
    lines = journal.read("stands")[::-1]
    assert [(each.event, each.details["office_key"], each.details["size"]) for each in lines] == [
        ("stand.printed", "TALDYKORGAN", "a4"), ("stand.printed", "AKSU", "a3"),
    ]  # fmt: skip
    assert "<b class" not in rows_of(admin) and "stands" not in outdated_on_the_hub(admin)
    hours = deadlines.SetHours("TALDYKORGAN", ("08:00-12:00",) * 5 + ("", ""), "бұйрық 1")
    version = deadlines.calendar_version(registry.current().region)
    cases.save_calendar(hours, version, directory.person(directory.staff_at("OBLAST", "admin")[0].id))
    assert rows_of(admin).count("ескірген") == 1 and "stands" in outdated_on_the_hub(admin)
    printed(admin, "TALDYKORGAN", "a3")
    assert "ескірген" not in rows_of(admin)


def test_heads_print_for_their_own_wall_administrators_for_any_and_nobody_else_prints(house: Flask) -> None:
    head = surfer(house, "head.taldykorgan")
    assert "TALDYKORGAN" in head.get("/admin/stands/").text and "AKSU" not in head.page.text  # type: ignore[union-attr]
    printed(head, "TALDYKORGAN")
    printed(head, "AKSU", status=403)
    for login in (
        "clerk.taldykorgan",
        "executor.taldykorgan",
        "inspector.taldykorgan",
        "operator",
        "control",
        "designer",
    ):
        other = surfer(house, login)
        assert other.get("/admin/stands/").status_code == 403, login
        token = re.search(r'name="csrf_token" value="([^"]+)"', other.get("/account").text)
        data = {"csrf_token": token[1] if token else "", "office": "TALDYKORGAN", "size": "a4", "language": "kk"}
        assert other._ask("POST", "/admin/stands/print", data=data).status_code == 403, login
    assert Surfer(house)._ask("GET", "/admin/stands/", follow_redirects=False).status_code == 302


def test_a_size_an_office_or_a_language_that_there_is_not_is_refused_in_a_sentence(house: Flask) -> None:
    admin = surfer(house, "admin")
    printed(admin, "TALDYKORGAN", "a0", status=400)
    printed(admin, "NOBODY", status=404)
    printed(admin, "TALDYKORGAN", language="de", status=400)
    assert db.session.scalars(select(StandSheet)).all() == []
