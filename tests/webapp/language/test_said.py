"""What is said beside a number, an hour or a day, in Kazakh, Russian and English.

Kazakh endings: pairs of UniMorph (github.com/unimorph/kaz, `kaz.noun.tsv`, from the Polish Wiktionary), and the numbers
as they are spoken. Russian forms: CLDR's plural rules (one, few, many), which Babel brings.
"""

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

import pytest
from babel import Locale
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import gettext

from services import clock
from services.config import ROOT
from services.kazakh import with_ending
from webapp.language import counts, dates, vocabulary

UNIMORPH = {
    ("май", "ға"): "майға", ("май", "дан"): "майдан", ("май", "да"): "майда", ("бор", "ға"): "борға",
    ("от", "ға"): "отқа", ("от", "дан"): "оттан", ("от", "да"): "отта", ("Қазақстан", "ға"): "Қазақстанға",
    ("Қазақстан", "дан"): "Қазақстаннан", ("Қазақстан", "да"): "Қазақстанда", ("спорт", "ға"): "спортқа",
    ("президент", "ға"): "президентке", ("президент", "дан"): "президенттен", ("парламент", "да"): "парламентте",
    ("алгоритм", "ға"): "алгоритмге", ("алгоритм", "дан"): "алгоритмнен", ("көз", "ға"): "көзге",
    ("көз", "дан"): "көзден", ("газ", "ға"): "газға", ("мыс", "дан"): "мыстан", ("ата", "дан"): "атадан",
    ("калий", "ға"): "калийге", ("Польша", "ға"): "Польшаға", ("не", "дан"): "неден", ("аяқ", "ға"): "аяққа",
}  # fmt: skip
SPOKEN = {
    "15:30": ("15:30-ға", "15:30-дан"), "06:14": ("06:14-ке", "06:14-тен"), "18:00": ("18:00-ге", "18:00-ден"),
    "16:00": ("16:00-ға", "16:00-дан"), "09:05": ("09:05-ке", "09:05-тен"), "20:00": ("20:00-ға", "20:00-дан"),
    "00:00": ("00:00-ге", "00:00-ден"), "07:02": ("07:02-ге", "07:02-ден"), "08:13": ("08:13-ке", "08:13-тен"),
    "10:40": ("10:40-қа", "10:40-тан"), "11:50": ("11:50-ге", "11:50-ден"), "12:19": ("12:19-ға", "12:19-дан"),
    "100": ("100-ге", "100-ден"), "1000": ("1000-ға", "1000-нан"), "2013": ("2013-ке", "2013-тен"),
}  # fmt: skip
MONTHS = (
    "қаңтардан", "ақпаннан", "наурыздан", "сәуірден", "мамырдан", "маусымнан",
    "шілдеден", "тамыздан", "қыркүйектен", "қазаннан", "қарашадан", "желтоқсаннан",
)  # fmt: skip
UNTIL = (
    "қаңтарға", "ақпанға", "наурызға", "сәуірге", "мамырға", "маусымға",
    "шілдеге", "тамызға", "қыркүйекке", "қазанға", "қарашаға", "желтоқсанға",
)  # fmt: skip
#: Kazakh school grammar (барыс and шығыс септік): the ending follows the last word as it is spoken
SCHOOL = (
    "06:14 ке тен, 15:30 ға дан, 07:00 ге ден, 18:00 ге ден, 10:00 ға нан, 09:00 ға дан, 12:20 ға дан, "
    "12:40 қа тан, 12:50 ге ден, 00:00 ге ден, 08:01 ге ден, 08:02 ге ден, 08:03 ке тен, 08:05 ке тен, "
    "08:06 ға дан, 08:17 ге ден, 08:29 ға дан, 2013 ке тен, 2026 ға дан, 2030 ға дан, 60 қа тан, "
    "70 ке тен, 80 ге нен, 90 ға нан, 100 ге ден, 1000 ға нан"
)
OFFICE = timezone(timedelta(hours=6))


@pytest.mark.parametrize(("word", "ending"), UNIMORPH)
def test_a_kazakh_word_takes_the_ending_that_others_wrote_down(word: str, ending: str) -> None:
    assert with_ending(word, ending) == UNIMORPH[word, ending]


@pytest.mark.parametrize("number", SPOKEN)
def test_a_number_or_an_hour_takes_the_ending_of_its_last_spoken_word(number: str) -> None:
    assert (with_ending(number, "ға"), with_ending(number, "дан")) == SPOKEN[number]


def test_hours_years_and_counts_take_the_endings_that_school_grammar_gives_them() -> None:
    for said, to, onward in (each.split(" ") for each in SCHOOL.split(", ")):
        assert (with_ending(said, "ға"), with_ending(said, "дан")) == (f"{said}-{to}", f"{said}-{onward}")
    assert (with_ending("", "ға"), with_ending("?", "дан")) == ("", "?")


def test_every_minute_of_a_day_takes_an_ending_of_the_four_that_there_are() -> None:
    hours = [f"{minute // 60:02}:{minute % 60:02}" for minute in range(24 * 60)]
    assert {with_ending(hour, "ға")[5:] for hour in hours} == {"-ға", "-ге", "-қа", "-ке"}
    assert {with_ending(hour, "дан")[5:] for hour in hours} == {"-дан", "-ден", "-тан", "-тен", "-нан"}


@pytest.mark.parametrize("month", range(1, 13))
def test_a_month_is_inflected_where_a_day_begins_or_ends_something(month: int) -> None:
    assert dates.day_since(date(2026, month, 5), "kk") == f"5 {MONTHS[month - 1]} бастап"
    assert dates.day_until(date(2026, month, 5), "kk") == f"5 {UNTIL[month - 1]} дейін"


@pytest.mark.parametrize(
    ("word", "away", "kk", "ru", "en"),
    [
        ("since", 0, "бүгін 06:14-тен бастап", "сегодня с 06:14", "since 06:14 today"),
        ("since", -1, "кеше 06:14-тен бастап", "вчера с 06:14", "since 06:14 yesterday"),
        ("until", 1, "ертең 06:14-ке дейін", "завтра до 06:14", "until 06:14 tomorrow"),
        ("until", 10, "25 наурыз 06:14-ке дейін", "до 25 марта 06:14", "until 25 March 06:14"),
    ],
)
def test_a_moment_that_begins_or_ends_something_is_said_as_people_say_it(
    word: str, away: int, kk: str, ru: str, en: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime(2013, 3, 15, 4, 0, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: now)
    at = datetime(2013, 3, 15, 6, 14, tzinfo=OFFICE) + timedelta(days=away)
    said = [dates.bound(word, at, language, OFFICE) for language in ("kk", "ru", "en")]  # type: ignore[arg-type]
    assert said == [kk, ru, en]


def test_an_hour_at_which_something_happens_is_said_with_its_ending() -> None:
    assert [dates.hour_at(time(9, 30), each) for each in ("kk", "ru", "en")] == [
        "сағат 09:30-да",
        "в 09:30",
        "at 09:30",
    ]
    assert dates.hour_until("15:30", "kk") == "15:30-ға дейін"


@pytest.mark.parametrize("unit", counts.UNITS)
def test_every_count_stands_in_the_form_that_cldr_asks_for(unit: str) -> None:
    one, few, many = counts.UNITS[unit]["ru"]
    forms = {"one": one, "few": few, "many": many}
    for count in (*range(131), 1000, 1001, 1002, 10011):
        wanted = forms[Locale("ru").plural_form(count)]
        assert counts.counted(unit, count, "ru") == f"{count}\u00a0{wanted}"
        assert counts.counted(unit, count, "en").endswith(counts.UNITS[unit]["en"][count != 1])
        assert counts.counted(unit, count, "kk") == f"{count}\u00a0{counts.UNITS[unit]['kk'][0]}"


def test_two_times_and_two_working_days_are_said_so_in_russian() -> None:
    assert counts.counted("times", 2, "ru").split() == ["2", "раза"]
    assert counts.counted("working_days", 2, "ru").split() == ["2", "рабочих", "дня"]
    assert counts.counted("working_days", 21, "ru").split() == ["21", "рабочий", "день"]


#: an ending that another number may not take, or a word behind which there has to be one; «3-нұсқа» suits every number
LOOSE = re.compile(
    r"%\(\w+\)s(?:</?\w+>)*"
    r"(?:-(?:[ғгқк][ае]|[дтн][ае]н?|[ндт][ыі]ң|[ндт][ыі]|[мбп]ен)(?:гі|ғы)?\b| (?:дейін|бастап|кейін|бұрын)\b)"
)


def test_no_kazakh_text_leaves_an_ending_to_chance_behind_a_number_or_a_moment() -> None:
    """«%(until)s дейін» or «%(hour)s-де» would be wrong for most hours: the whole phrase is handed in instead."""
    with (ROOT / "webapp/translations/kk/LC_MESSAGES/messages.po").open("rb") as stream:
        texts = [str(message.string) for message in read_po(stream) if message.id]
    loose = [text for text in texts if LOOSE.search(text)]
    assert loose == []


def test_no_russian_noun_stands_behind_a_number_it_would_have_to_agree_with() -> None:
    """«2 раза», but «5 раз»: the words are put so that any number is right (CLDR knows four forms for Russian)."""
    nouns = r"%\(\w+\)s (?:раз|дн|ден|рабоч|час|минут|месяц|строк|бумаг|лет|календарн)[а-яё]*"
    with (ROOT / "webapp/translations/ru/LC_MESSAGES/messages.po").open("rb") as file:
        said = {str(each.string) for each in read_po(file)}
    wrong = [each for each in said if re.search(nouns, each) and "версии %(version)s календаря" not in each.casefold()]
    assert not wrong


#: what is called by one word only -> words that were used for the same thing
OTHERWISE = {
    "webapp/translations/kk/LC_MESSAGES/messages.po": ("резолюция", "оқыс жағдай", "рөлімді күтуде"),
    "webapp/translations/ru/LC_MESSAGES/messages.po": ("бұрыштама", "инцидент", "ждут моей роли"),
    "docs/staff.kk.md": ("резолюция", "оқыс жағдай", "рөлімді күтуде"),
    "docs/staff.ru.md": ("бұрыштама", "инцидент", "ждут моей роли"),
}


@pytest.mark.parametrize("file", OTHERWISE)
def test_one_thing_has_one_word_in_pages_and_in_the_guide(file: str) -> None:
    text = (ROOT / file).read_text(encoding="utf-8").casefold()
    assert [word for word in OTHERWISE[file] if word in text] == []


def test_what_a_case_and_a_paper_can_go_through_has_words_for_people() -> None:
    """Every event that is written is said by its name in history and custody, not by its key."""
    custody = re.findall(r'(?:note|_event)\([^"]*?"([a-z_]+)"', source_of("services/custody"))
    assert {"called_back", "handed_over"} <= set(custody)
    assert {*custody, "posted", "issued"} <= set(vocabulary.CUSTODY_EVENTS)
    history = set(re.findall(r'"((?:case|paper)\.[a-z_]+)"', source_of("services")))
    assert history - {"case.id"} <= set(vocabulary.EVENTS)


def source_of(room: str) -> str:
    return "\n".join(file.read_text("utf-8") for file in (ROOT / room).rglob("*.py"))


def test_a_sentence_of_a_template_is_said_as_it_stands_with_its_places_escaped_in_markup(app: Flask) -> None:
    wrap = "{%% autoescape %s %%}{{ _(msgid, **details) }}{%% endautoescape %%}"
    with app.test_request_context("/", headers={"Accept-Language": "ru"}):
        for msgid, details in (("Take", {}), ("round %(round)s", {"round": "<b>2</b>"})):
            plain = gettext(msgid, **details)
            for switch, said in (("true", "&lt;b&gt;2&lt;/b&gt;"), ("false", "<b>2</b>")):
                made = app.jinja_env.from_string(wrap % switch)
                found = [made.render(msgid=msgid, details=details) for _ in range(2)]  # what is kept is the same
                assert found == [plain.replace("<b>2</b>", said)] * 2, "in markup what stands in a place is escaped"
        assert app.jinja_env.from_string("{{ _('Take') }}").render() == gettext("Take") != "Take"
