"""Days from files as calendars and spreadsheets really write them; what would have to be guessed is refused in words.

RFC 5545, 3.6.1: "The DTEND property … specifies the non-inclusive end of the event"; with VALUE=DATE it is a day.
"""

from datetime import date

import pytest

from services import deadlines
from services.deadlines import refusals
from services.deadlines.imports import NoDays


def event(*lines: str) -> str:
    return "\r\n".join(("BEGIN:VEVENT", *lines, "SUMMARY:Наурыз\\, мейрам", "END:VEVENT"))


def calendar(*events: str, head: str = "VERSION:2.0") -> str:
    return "\r\n".join(("BEGIN:VCALENDAR", head, *events, "END:VCALENDAR", ""))


def read(text: str) -> list[date]:
    return [day.on for day in deadlines.read_days(text, decree="№ 1", source="үлгі")]


def wrong(text: str) -> list[tuple[int, str]]:
    with pytest.raises(deadlines.BadLines) as caught:
        read(text)
    return caught.value.faults


NAURYZ = [date(2027, 3, day) for day in (21, 22, 23)]


@pytest.mark.parametrize(("said", "days"), [
    (("DTSTART;VALUE=DATE:20270321", "DTEND;VALUE=DATE:20270324"), NAURYZ),
    (("DTSTART;VALUE=DATE:20270321", "DURATION:P3D"), NAURYZ),
    (("DTSTART;VALUE=DATE:20270321",), NAURYZ[:1]),
    (("DTSTART;VALUE=DATE:20270321", "DTEND;VALUE=DATE:20270322"), NAURYZ[:1]),
    (("DTSTART;VALUE=DATE:20270321", "DTEND;VALUE=DATE:20270321"), NAURYZ[:1]),
])  # fmt: skip
def test_an_event_brings_each_of_its_days_and_not_the_one_it_ends_before(
    said: tuple[str, ...], days: list[date]
) -> None:
    assert read(calendar(event(*said))) == days
    assert deadlines.read_days(calendar(event(*said)), decree="1", source="x")[0].name_kk == "Наурыз, мейрам"


@pytest.mark.parametrize(("said", "fault"), [
    (("DTSTART:20270320T190000Z", "DTEND:20270323T190000Z"), refusals.MOMENT),
    (("DTSTART;TZID=Asia/Almaty:20270321T000000",), refusals.MOMENT),
    (("DTSTART;VALUE=DATE:20270321", "RRULE:FREQ=YEARLY"), refusals.REPEATS),
    (("DTSTART;VALUE=DATE:20270321", "RDATE;VALUE=DATE:20270401"), refusals.REPEATS),
    (("DTSTART;VALUE=DATE:20270321", "DTEND;VALUE=DATE:20270320"), refusals.NO_DAYS),
    (("DTSTART;VALUE=DATE:20270321", "DTEND;VALUE=DATE:20280321"), refusals.LONG_SPAN),
    (("X-NO:1",), refusals.NO_DAYS),
    (("DTSTART;VALUE=DATE:2013-W52-2",), refusals.UNREADABLE),
    (("DTSTART;VALUE=DATE:20270321", "DTSTART;VALUE=DATE:20270322"), refusals.NO_DAYS),
])  # fmt: skip
def test_what_would_have_to_be_guessed_is_refused_at_its_line(said: tuple[str, ...], fault: str) -> None:
    good = event("DTSTART;VALUE=DATE:20270501")
    assert wrong(calendar(good, event(*said))) == [(7, fault)]


def test_a_cancelled_event_brings_no_day() -> None:
    gone = event("DTSTART;VALUE=DATE:20270321", "STATUS:CANCELLED")
    assert read(calendar(gone, event("DTSTART;VALUE=DATE:20270322"))) == [date(2027, 3, 22)]
    with pytest.raises(NoDays):
        read(calendar(event("DTSTART;VALUE=DATE:20270321"), head="METHOD:CANCEL"))


@pytest.mark.parametrize("text", [
    calendar("BEGIN:VEVENT", "DTSTART;VALUE=DATE:20270321"), calendar("BEGIN:VEVENT", "no line", "END:VEVENT"),
    calendar("no line"),
])  # fmt: skip
def test_a_calendar_that_cannot_be_read_is_not_taken(text: str) -> None:
    assert [fault for _, fault in wrong(text)] == [refusals.UNREADABLE]


def test_many_events_are_read_and_too_many_refused() -> None:
    many = [event(f"DTSTART;VALUE=DATE:{date.fromordinal(735000 + number):%Y%m%d}") for number in range(600)]
    assert len(read(calendar(*many))) == 600


ROWS = ("date;kind;name_kk;name_ru;name_en;decree;source", "22.03.2027 0:00;off;Наурыз;;;№ 1;үлгі", ";;;;;;", "",
        "2027-03-23 00:00:00;off;Наурыз;;;№ 1;үлгі", ";;;;;;")  # fmt: skip


@pytest.mark.parametrize("mark", [";", ",", "\t"])
@pytest.mark.parametrize("head", ["", "\ufeff", "sep=%s\r\n", "\ufeffsep=%s\r\n", '"sep=%s"\r\n'])
def test_a_table_is_read_as_spreadsheets_save_it(head: str, mark: str) -> None:
    table = (head % mark if "%" in head else head) + "\r\n".join(ROWS).replace(";", mark)
    assert read(table) == [date(2027, 3, 22), date(2027, 3, 23)]


def test_a_row_that_is_wrong_is_named_by_the_line_that_a_spreadsheet_shows() -> None:
    table = "sep=;\r\n" + "\r\n".join((*ROWS, "22.03.2027 8:30;off;Түс;;;№ 1;үлгі", "2013-W52-2;off;Апта;;;1;x"))
    assert wrong(table) == [(8, refusals.NOT_A_DATE), (9, refusals.NOT_A_DATE)]
