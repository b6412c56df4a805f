"""Dates and times as people say them in Kazakh, Russian and English, on the office's clock."""

from datetime import date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from services import clock
from services.errors import Invalid
from services.kazakh import with_ending

DAYS = {
    "kk": {-1: "кеше", 0: "бүгін", 1: "ертең"},
    "ru": {-1: "вчера", 0: "сегодня", 1: "завтра"},
    "en": {-1: "yesterday", 0: "today", 1: "tomorrow"},
}
DATES = {"kk": "{year} жылғы {day} {month}", "ru": "{day} {month} {year} года", "en": "{day} {month} {year}"}


def in_words(at: datetime, language: str, zone: ZoneInfo) -> str:
    """«бүгін 16:00», «ертең 18:00», «15 наурыз 18:00»; the year when it is not this one."""
    there, today = at.astimezone(zone), clock.now().astimezone(zone).date()
    days = DAYS[language]
    away = (there.date() - today) // timedelta(days=1)
    if away in days:
        return f"{days[away]} {there:%H:%M}"
    month = _month(there.month, language)
    if there.year == today.year:
        return f"{there.day} {month} {there:%H:%M}"
    return f"{there:%d.%m.%Y %H:%M}"


def day(on: date, language: str) -> str:
    """«26 қараша»."""
    return f"{on.day} {_month(on.month, language)}"


def whole_day(on: date, language: str) -> str:
    """«2013 жылғы 15 наурыз»."""
    return DATES[language].format(day=on.day, month=_month(on.month, language), year=on.year)


def exactly(at: datetime, language: str, zone: ZoneInfo, *, seconds: bool = False) -> str:
    """«2013 жылғы 15 наурыз, 18:00»: the whole of it, for print and for those who ask."""
    there = at.astimezone(zone)
    return f"{whole_day(there.date(), language)}, {there.strftime('%H:%M:%S' if seconds else '%H:%M')}"


#: what a moment begins or ends, as each language says it: the Kazakh ending and the word behind it, the others' word
BOUNDS = {
    "since": {"kk": ("дан", "бастап"), "ru": "с", "en": "since"},
    "until": {"kk": ("ға", "дейін"), "ru": "до", "en": "until"},
    "by": {"kk": ("ға", "дейін"), "ru": "до", "en": "by"},
}


def bound(word: str, at: datetime, language: str, zone: ZoneInfo, *, exact: bool = False) -> str:
    """«бүгін 06:14-тен бастап», «сегодня до 18:00», "since 15 March 18:00": `word` is one of `BOUNDS`."""
    said = (exactly if exact else in_words)(at, language, zone)
    spoken = BOUNDS[word][language]
    if not isinstance(spoken, str):
        ending, behind = spoken
        return f"{with_ending(said, ending)} {behind}"
    near, _, hour = said.partition(" ")
    if near not in DAYS[language].values():
        return f"{spoken} {said}"
    return f"{near} {spoken} {hour}" if language == "ru" else f"{spoken} {hour} {near}"


def hour_at(hour: time, language: str) -> str:
    """«сағат 09:30-да», «в 09:30», "at 09:30"."""
    said = f"{hour:%H:%M}"
    return f"сағат {with_ending(said, 'да')}" if language == "kk" else f"{'в' if language == 'ru' else 'at'} {said}"


def hour_until(hour: str, language: str) -> str:
    """«15:30-ға дейін», «до 15:30», "until 15:30"."""
    return with_ending(hour, "ға") + " дейін" if language == "kk" else f"{'до' if language == 'ru' else 'until'} {hour}"


def day_since(on: date, language: str) -> str:
    """«26 қарашадан», "с 26 ноября", "from 26 November"."""
    said = day(on, language)
    return with_ending(said, "дан") + " бастап" if language == "kk" else f"{'с' if language == 'ru' else 'from'} {said}"


def day_until(on: date, language: str) -> str:
    """«26 қарашаға дейін», "до 26 ноября", "until 26 November"."""
    said = day(on, language)
    return with_ending(said, "ға") + " дейін" if language == "kk" else f"{'до' if language == 'ru' else 'until'} {said}"


@cache
def _month(number: int, language: str) -> str:
    """As it stands behind a day: «наурыз», «марта», "March" (CLDR)."""
    return str(get_month_names("wide", locale=language)[number])


HOURS = {"kk": ("сағ", "мин"), "ru": ("ч", "мин"), "en": ("h", "min")}


def worked(seconds: int, language: str) -> str:
    """«12 сағ 05 мин» of working time, with blanks that do not break; minutes alone below an hour."""
    hours, minutes = divmod(round(seconds / 60), 60)
    of_hours, of_minutes = HOURS[language]
    if not hours:
        return f"{minutes}\u00a0{of_minutes}"
    return f"{hours}\u00a0{of_hours}" + (f"\u00a0{minutes:02}\u00a0{of_minutes}" if minutes else "")


def grouped(number: object) -> str:
    """«26 000» for a field: thousands apart, with blanks that do not break; what is no number stays as it was typed."""
    digits = "".join(str(number).split())
    return f"{int(digits):,}".replace(",", "\u00a0") if digits.isascii() and digits.isdigit() else str(number)


def decimal(number: object, language: str) -> str:
    """«12,50» in Kazakh and Russian, "12.50" in English; what is no number stays as it was typed."""
    text = str(number)
    if language == "en" or text.count(".") != 1 or not text.replace(".", "").replace("-", "").isdigit():
        return text
    return text.replace(".", ",")


def money(tenge: object) -> str:
    """«26 000 ₸», with blanks that do not break."""
    try:
        return f"{int(str(tenge)):,}".replace(",", "\u00a0") + "\u00a0₸"
    except ValueError:
        raise Invalid("%(value)s is not an amount of money.", value=tenge) from None
