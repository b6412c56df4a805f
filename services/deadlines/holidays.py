"""The public holidays of Kazakhstan, as the package `holidays` lists them: what a calendar is first filled with.

Never asked at run time: it fills the table that the administrator confirms and edits.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from importlib import metadata

from services.deadlines.calendar import SpecialDay

SOURCE = f"holidays {metadata.version('holidays')}"

#: the library's English name -> Kazakh, Russian. It has no Russian, and its Kazakh needs an editor here and there
NAMES = {
    "New Year's Day": ("Жаңа жыл", "Новый год"),
    "Orthodox Christmas": ("Православиелік Рождество", "Православное Рождество"),
    "International Women's Day": ("Халықаралық әйелдер күні", "Международный женский день"),
    "Nowruz Holiday": ("Наурыз мейрамы", "Наурыз мейрамы"),
    "Kazakhstan's People Solidarity Holiday": (
        "Қазақстан халқының бірлігі мерекесі",
        "Праздник единства народа Казахстана",
    ),
    "Defender of the Fatherland Day": ("Отан қорғаушы күні", "День защитника Отечества"),
    "Victory Day": ("Жеңіс күні", "День Победы"),
    "Capital Day": ("Астана күні", "День столицы"),
    "Constitution Day": ("Қазақстан Республикасының Конституциясы күні", "День Конституции Республики Казахстан"),
    "Republic Day": ("Республика күні", "День Республики"),
    "First President Day": (
        "Қазақстан Республикасының Тұңғыш Президенті күні",
        "День Первого Президента Республики Казахстан",
    ),
    "Independence Day": ("Тәуелсіздік күні", "День независимости"),
    "Eid al-Adha": ("Құрбан айт", "Курбан айт"),
}

#: what the library says in brackets
REMARKS = {
    "observed": ("демалыс ауыстырылды", "перенос"),
    "estimated": ("болжам", "оценка"),
    "observed, estimated": ("демалыс ауыстырылды, болжам", "перенос, оценка"),
}

#: days that no text settles: the administrator has to say
QUESTIONS = (
    SpecialDay(
        on=date(2026, 8, 31),
        working=True,
        name_kk="Конституция күнінен кейінгі дүйсенбі: демалыс па, растау қажет",
        name_ru="Понедельник после Дня Конституции: выходной ли, требуется подтверждение",
        name_en="Monday after Constitution Day: whether it is off has to be confirmed",
        source=f"{SOURCE} has no Constitution Day in 2026, news of 2026 still name 30 August",
        confirmed=False,
    ),
)

_NAME = re.compile(r"(?P<name>.+?)(?: \((?P<remark>observed|estimated|observed, estimated)\))?")
_MOVED = re.compile(r"Day off \(substituted from (\d\d/\d\d/\d{4})\)")


def special_days(years: Iterable[int]) -> list[SpecialDay]:
    """Holidays, days off that were moved, Saturdays and Sundays that are worked: of those years, in order."""
    wanted = sorted(set(years))
    if not wanted:
        return []
    # one year more: the Saturday worked for a day of January stands in the December before
    import holidays as library

    listed = library.country_holidays("KZ", years=range(wanted[0], wanted[-1] + 2), language="en_US")
    days = {day.on: day for on in listed for day in _days(on, listed.get_list(on))}
    days |= {day.on: day for day in QUESTIONS if day.on not in days}
    return [days[on] for on in sorted(days) if on.year in wanted]


def _days(on: date, names: list[str]) -> Iterator[SpecialDay]:
    """What the library says of one day off: the day, and the day that is worked for it."""
    for name in names:
        if moved := _MOVED.fullmatch(name):
            worked_on = datetime.strptime(moved[1], "%m/%d/%Y").date()  # noqa: DTZ007  (a date)
            yield from _exchange(on, worked_on)
            return
    kk, ru, en = ("; ".join(words) for words in zip(*(_translated(name) for name in names), strict=True))
    estimated = any("estimated" in name for name in names)
    yield SpecialDay(on, False, kk, ru, en, SOURCE, confirmed=not estimated)


def _exchange(off_on: date, worked_on: date) -> Iterator[SpecialDay]:
    off, worked = f"{off_on:%d.%m.%Y}", f"{worked_on:%d.%m.%Y}"
    yield SpecialDay(
        off_on,
        False,
        f"Ауыстырылған демалыс күні ({worked} орнына)",
        f"Перенесённый выходной день (вместо {worked})",
        f"Moved day off (for {worked})",
        SOURCE,
    )
    yield SpecialDay(
        worked_on,
        True,
        f"Жұмыс күні (демалыс {off} күніне ауыстырылды)",
        f"Рабочий день (выходной перенесён на {off})",
        f"Working day (the day off was moved to {off})",
        SOURCE,
    )


def _translated(name: str) -> tuple[str, str, str]:
    """A name in Kazakh, Russian and English; one we do not know stays as the library has it."""
    found = _NAME.fullmatch(name)
    if found is None or found["name"] not in NAMES:
        return name, name, name
    kk, ru = NAMES[found["name"]]
    if remark := found["remark"]:
        in_kk, in_ru = REMARKS[remark]
        return f"{kk} ({in_kk})", f"{ru} ({in_ru})", name
    return kk, ru, name
