"""Dates as people say them, on the office's clock."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from services import clock
from services.errors import Invalid
from webapp.language.dates import exactly, grouped, in_words, money

ALMATY = ZoneInfo("Asia/Almaty")


@pytest.fixture(autouse=True)
def _in_march_2013():
    """Friday 15 March 2013, noon in Almaty (then UTC+6)."""
    with clock.stopped(datetime(2013, 3, 15, 6, tzinfo=UTC)):
        yield


@pytest.mark.parametrize(
    ("at", "kk", "ru", "en"),
    [
        ((2013, 3, 15, 10, 0), "бүгін 16:00", "сегодня 16:00", "today 16:00"),
        ((2013, 3, 16, 3, 5), "ертең 09:05", "завтра 09:05", "tomorrow 09:05"),
        ((2013, 3, 14, 12, 0), "кеше 18:00", "вчера 18:00", "yesterday 18:00"),
        ((2013, 3, 18, 12, 0), "18 наурыз 18:00", "18 марта 18:00", "18 March 18:00"),
        ((2012, 12, 31, 12, 0), "31.12.2012 18:00", "31.12.2012 18:00", "31.12.2012 18:00"),
    ],
)
def test_a_near_moment_is_said_in_words_and_a_far_one_with_its_date(at, kk: str, ru: str, en: str):
    moment = datetime(*at, tzinfo=UTC)
    assert [in_words(moment, language, ALMATY) for language in ("kk", "ru", "en")] == [kk, ru, en]


def test_the_day_is_the_offices_and_not_of_greenwich():
    late = datetime(2013, 3, 15, 18, 30, tzinfo=UTC)
    assert in_words(late, "kk", ALMATY) == "ертең 00:30"
    assert in_words(late, "kk", ZoneInfo("UTC")) == "бүгін 18:30"


def test_the_clock_of_almaty_moved_in_2024():
    before, after = (datetime(year, 6, 1, 6, tzinfo=UTC) for year in (2023, 2024))
    assert exactly(before, "en", ALMATY).endswith("12:00")
    assert exactly(after, "en", ALMATY).endswith("11:00")


def test_the_exact_moment_has_its_year_in_every_language():
    at = datetime(2013, 3, 15, 12, tzinfo=UTC)
    assert exactly(at, "kk", ALMATY) == "2013 жылғы 15 наурыз, 18:00"
    assert exactly(at, "ru", ALMATY) == "15 марта 2013 года, 18:00"
    assert exactly(at, "en", ALMATY) == "15 March 2013, 18:00"


def test_money_is_grouped_by_blanks_that_do_not_break():
    assert money(26000) == "26\u00a0000\u00a0₸"
    assert money("0") == "0\u00a0₸"


def test_what_is_no_amount_is_refused():
    with pytest.raises(Invalid):
        money("many")


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        (26000, "26\u00a0000"),
        ("1 234 567", "1\u00a0234\u00a0567"),
        ("", ""),
        ("26,5", "26,5"),
        ("²", "²"),
        ("-5", "-5"),
    ],
)
def test_a_field_shows_thousands_apart_and_leaves_alone_what_is_no_number(typed: object, shown: str):
    assert grouped(typed) == shown
