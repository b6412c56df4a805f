"""From and to when the assistance is assigned: whole months, to the end of the term in which they lie.

The act says neither (DIGEST I-21); «from the month of application to the end of the quarter»: balkhash.gov.kz, [V].
"""

from calendar import monthrange
from datetime import date, timedelta

from services.plugin import Answers, FormCall

#: nobody assigns further ahead
MOST_YEARS = 10
TOO_FAR = "That day is more than ten years ahead."


def first_day(call: FormCall, answers: Answers) -> date | None:
    """The day from which it is assigned: as typed, else as the region's rule has it."""
    typed = str(answers.get("period_from") or "")
    proposed = call.period()
    try:
        return date.fromisoformat(typed) if typed else proposed.first if proposed else None
    except ValueError:
        return None


def last_day(first: date, months: int) -> date:
    """The last of so many months, the one of `first` among them."""
    past = first.month - 1 + months - 1
    year, month = first.year + past // 12, past % 12 + 1
    return date(year, month, monthrange(year, month)[1])


def last_of(call: FormCall, answers: Answers) -> date | None:
    """The last day of what stands in the fields now; None as long as they do not say."""
    first, months = first_day(call, answers), answers.get("period_months")
    if first is None or is_too_far(call, first) or not str(months or "").isdigit() or not 1 <= int(str(months)) <= 120:
        return None
    return last_day(first, int(str(months)))


def is_too_far(call: FormCall, first: date) -> bool:
    """Whether that first day is a slip of the pen."""
    return first.year > call.now.year + MOST_YEARS


def months_left(call: FormCall) -> int | None:
    """Months from the first to the last day of the region's rule; None where it has none: the table knows."""
    period = call.period()
    if period is None:
        return None
    after = period.last + timedelta(days=1)
    return (after.year - period.first.year) * 12 + after.month - period.first.month


def kept(call: FormCall, answers: Answers) -> dict[str, str]:
    """First and last day as papers, conditions and lists have them; both empty for a refusal."""
    first, last = first_day(call, answers), last_of(call, answers)
    if answers["decision"] != "approve" or first is None or last is None:
        return {"period_from": "", "period_until": ""}
    return {"period_from": first.isoformat(), "period_until": last.isoformat()}
