"""Dates and times as people say them in Kazakh, Russian and English, on the office's clock."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from services import clock, kazakh
from services.errors import Invalid

MONTHS = {
    "kk": ("қаңтар", "ақпан", "наурыз", "сәуір", "мамыр", "маусым",
           "шілде", "тамыз", "қыркүйек", "қазан", "қараша", "желтоқсан"),
    "ru": ("января", "февраля", "марта", "апреля", "мая", "июня",
           "июля", "августа", "сентября", "октября", "ноября", "декабря"),
    "en": ("January", "February", "March", "April", "May", "June",
           "July", "August", "September", "October", "November", "December"),
}  # fmt: skip
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
    month = MONTHS[language][there.month - 1]
    if there.year == today.year:
        return f"{there.day} {month} {there:%H:%M}"
    return f"{there:%d.%m.%Y %H:%M}"


def since(at: datetime, language: str, zone: ZoneInfo) -> str:
    """«бүгін 06:14-тен бастап», «сегодня с 07:00», «с 15 марта 18:00», "since today 07:00"."""
    said = in_words(at, language, zone)
    if language == "kk":
        return f"{kazakh.ablative(said)} бастап"
    if language == "ru":
        near, _, hour = said.partition(" ")
        return f"{near} с {hour}" if near in DAYS["ru"].values() else f"с {said}"
    return f"since {said}"


def from_then(said: str, language: str) -> str:
    """What stands before «бастап» in Kazakh, with its ending; as it is in the other languages."""
    return kazakh.ablative(said) if language == "kk" else said


def up_to(said: str, language: str) -> str:
    """What stands before «дейін» in Kazakh, with its ending; as it is in the other languages."""
    return kazakh.dative(said) if language == "kk" else said


def day(on: date, language: str) -> str:
    """«26 қараша»."""
    return f"{on.day} {MONTHS[language][on.month - 1]}"


def exactly(at: datetime, language: str, zone: ZoneInfo) -> str:
    """«2013 жылғы 15 наурыз 18:00»: the whole of it, for print and for those who ask."""
    there = at.astimezone(zone)
    month = MONTHS[language][there.month - 1]
    return DATES[language].format(day=there.day, month=month, year=there.year) + f", {there:%H:%M}"


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


def money(tenge: object) -> str:
    """«26 000 ₸», with blanks that do not break."""
    try:
        return f"{int(str(tenge)):,}".replace(",", "\u00a0") + "\u00a0₸"
    except ValueError:
        raise Invalid("%(value)s is not an amount of money.", value=tenge) from None
