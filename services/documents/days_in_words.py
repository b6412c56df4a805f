"""Days in words, as Kazakh and Russian papers write them."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from babel.dates import get_month_names

from services.kazakh import with_ending

#: «наурызында», as the talon of appendix 4 needs it, from January on; the other forms are CLDR's
_WITHIN = ("қаңтарында", "ақпанында", "наурызында", "сәуірінде", "мамырында", "маусымында", "шілдесінде", "тамызында",
           "қыркүйегінде", "қазанында", "қарашасында", "желтоқсанында")  # fmt: skip


def local_day(text: str, zone: ZoneInfo) -> date:
    """The day of an ISO date, or of a moment in that zone. Raises ValueError."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return datetime.fromisoformat(text).astimezone(zone).date()


def day_words(day: date) -> dict[str, str]:
    """«2013 жылғы 4 наурыз», «…наурызға» before «дейін», «…наурызда» it happened,
    «…наурыздағы» of what bears that day; "4 марта 2013 года".

    And the parts that appendix 4 leaves blank.
    """
    month, russian = (get_month_names("wide", locale=language)[day.month] for language in ("kk", "ru"))
    return {
        "kk": f"{day.year} жылғы {day.day} {month}",
        "kk_until": with_ending(f"{day.year} жылғы {day.day} {month}", "ға"),
        "kk_on": (on := with_ending(f"{day.year} жылғы {day.day} {month}", "да")),
        "kk_of": f"{on}{'ғы' if on.endswith('а') else 'гі'}",
        "ru": f"{day.day} {russian} {day.year} года",
        "year": str(day.year),
        "day": str(day.day),
        "month_within": _WITHIN[day.month - 1],
    }


def moment_words(at: datetime, zone: ZoneInfo) -> str:
    """04.03.2013 10:15, local."""
    return f"{at.astimezone(zone):%d.%m.%Y %H:%M}"
