"""Dates as people say them, on the office's clock."""

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from babel.messages.pofile import read_po

from services import clock
from services.config import ROOT
from services.errors import Invalid
from services.kazakh import ablative, dative
from webapp.dates import exactly, grouped, in_words, money, since

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


def _endings(told: str) -> dict[str, tuple[str, str]]:
    """What is said -> its endings before «дейін» and «бастап»."""
    return {said: (to, onward) for said, to, onward in (each.split(" ") for each in told.split(", "))}


#: Kazakh school grammar (барыс and шығыс септік): the ending follows the last word as it is spoken
SPOKEN = _endings(
    "06:14 ке тен, 15:30 ға дан, 07:00 ге ден, 18:00 ге ден, 10:00 ға нан, 09:00 ға дан, 12:20 ға дан, "
    "12:40 қа тан, 12:50 ге ден, 00:00 ге ден, 08:01 ге ден, 08:02 ге ден, 08:03 ке тен, 08:05 ке тен, "
    "08:06 ға дан, 08:17 ге ден, 08:29 ға дан, 2013 ке тен, 2026 ға дан, 2030 ға дан, 60 қа тан, "
    "70 ке тен, 80 ге нен, 90 ға нан, 100 ге ден, 1000 ға нан"
)
MONTHS_END = _endings(
    "қаңтар ға дан, ақпан ға нан, наурыз ға дан, сәуір ге ден, мамыр ға дан, маусым ға нан, "
    "шілде ге ден, тамыз ға дан, қыркүйек ке тен, қазан ға нан, қараша ға дан, желтоқсан ға нан"
)


def test_times_numbers_and_months_take_the_kazakh_ending_of_how_they_are_spoken() -> None:
    for said, (to, onward) in SPOKEN.items():
        assert (dative(said), ablative(said)) == (f"{said}-{to}", f"{said}-{onward}")
    for said, (to, onward) in MONTHS_END.items():
        assert (dative(f"15 {said}"), ablative(f"15 {said}")) == (f"15 {said}{to}", f"15 {said}{onward}")
    assert (dative(""), ablative("?")) == ("", "?")


def test_since_when_is_said_as_people_say_it() -> None:
    at = datetime(2013, 3, 15, 1, 0, tzinfo=UTC)
    said = {language: since(at, language, ALMATY) for language in ("kk", "ru", "en")}
    assert said == {"kk": "бүгін 07:00-ден бастап", "ru": "сегодня с 07:00", "en": "since today 07:00"}
    assert since(datetime(2013, 3, 4, 0, 14, tzinfo=UTC), "ru", ALMATY) == "с 4 марта 06:14"


def test_no_russian_noun_stands_behind_a_number_it_would_have_to_agree_with() -> None:
    """«2 раза», but «5 раз»: the words are put so that any number is right (CLDR knows four forms for Russian)."""
    nouns = r"%\(\w+\)s (?:раз|дн|ден|рабоч|час|минут|месяц|строк|бумаг|лет|календарн)[а-яё]*"
    with (ROOT / "webapp/translations/ru/LC_MESSAGES/messages.po").open("rb") as file:
        said = {str(each.string) for each in read_po(file)}
    wrong = [each for each in said if re.search(nouns, each) and "версии %(version)s календаря" not in each.casefold()]
    assert not wrong


def test_no_kazakh_time_stands_before_its_postposition_without_an_ending() -> None:
    """What stands in front is given its ending by `dates.up_to` and `dates.from_then`; these are all such sentences."""
    with (ROOT / "webapp/translations/kk/LC_MESSAGES/messages.po").open("rb") as file:
        said = [str(each.id)[:24] for each in read_po(file) if re.search(r"%\(\w+\)s (дейін|бастап)", str(each.string))]
    assert sorted(said) == sorted(["%(office)s: too few take", "Runs under version %(ver", "Runs under version %(ver",
                                   "The day’s registry takes"])  # fmt: skip
