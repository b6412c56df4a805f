"""Numbers with what they count, in the form that each language asks for: «2 рабочих дня», «5 рабочих дней».

The forms stand in the order of CLDR's categories one, few, many for Russian (the last one also for `other`), one, other
for English; Kazakh nouns behind a number do not change.
"""

from babel import Locale

UNITS: dict[str, dict[str, tuple[str, ...]]] = {
    "times": {"kk": ("рет",), "ru": ("раз", "раза", "раз"), "en": ("time", "times")},
    "working_days": {
        "kk": ("жұмыс күні",),
        "ru": ("рабочий день", "рабочих дня", "рабочих дней"),
        "en": ("working day", "working days"),
    },
    "calendar_days": {
        "kk": ("күнтізбелік күн",),
        "ru": ("календарный день", "календарных дня", "календарных дней"),
        "en": ("calendar day", "calendar days"),
    },
    "days": {"kk": ("күн",), "ru": ("день", "дня", "дней"), "en": ("day", "days")},
    "working_minutes": {
        "kk": ("жұмыс минуты",),
        "ru": ("рабочая минута", "рабочие минуты", "рабочих минут"),
        "en": ("working minute", "working minutes"),
    },
    "years": {"kk": ("жыл",), "ru": ("год", "года", "лет"), "en": ("year", "years")},
    "copies": {"kk": ("көшірме",), "ru": ("копия", "копии", "копий"), "en": ("copy", "copies")},
    "papers": {"kk": ("қағаз",), "ru": ("бумага", "бумаги", "бумаг"), "en": ("paper", "papers")},
}
_FORMS = {"kk": (), "ru": ("one", "few", "many"), "en": ("one", "other")}


def counted(unit: str, count: int, language: str) -> str:
    """«2 рабочих дня», with a blank that does not break. Raises KeyError for a unit or a language that is not known."""
    forms = UNITS[unit][language]
    category = Locale(language).plural_form(count)
    known = _FORMS[language]
    form = forms[known.index(category) if category in known else -1]
    return f"{count}\u00a0{form}"
