"""Incomes of the household: each member's average a month over the months that count, and how it is reckoned.

The months are the whole ones before the application was taken in: for each member, income of three months before it is
shown by certificates (egov.kz, about 2020); how many they are is the region's parameter `income_months`, and not in the
act. A certificate that states an average only is entered as that. Money is whole tenge; half a tenge is a whole one.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import cast

from services.plugin import Answers, Field, FormCall

MOST_MONTHS = 12
SOME_MISSING = "One of the months is empty: enter nought for a month without income."


def months(call: FormCall) -> list[date]:
    """The first days of the months that count, the earliest first: whole ones before the application was taken in."""
    row = next((row for row in call.table("parameters") if row["key"] == "income_months"), None)
    on = call.case.opened_at.astimezone(call.now.tzinfo).date().replace(day=1)
    found: list[date] = []
    for _ in range(min(int(row["value"]), MOST_MONTHS) if row else 0):
        on = date(on.year - (on.month == 1), (on.month - 2) % 12 + 1, 1)
        found.append(on)
    return found[::-1]


def columns(call: FormCall, most: int) -> tuple[Field, ...]:
    """A column for each month, and the average, which is asked only where no month is entered."""
    count = len(months(call))
    asked = tuple(
        Field(f"month_{at}", "money", "Income for %(month)s, tenge", minimum=0, maximum=most, width="third",
              fill=_named(f"{on:%m.%Y}"))
        for at, on in enumerate(months(call), start=1)
    )  # fmt: skip
    average = Field("income", "money", "Income a month, tenge", required=True, minimum=0, maximum=most, width="third",
                    help="Where the certificate states the average alone.",
                    hide=lambda known: by_months(_line(known), count))  # fmt: skip
    return (*asked, average)


def _named(month: str) -> Callable[[str], str]:
    return lambda said: said % {"month": month} if "%(month)s" in said else said


def _line(known: Mapping[str, object]) -> Mapping[str, object]:
    return cast("Mapping[str, object]", known.get("this") or {})


def _of(line: Mapping[str, object], count: int) -> list[int | None]:
    """What stands for each month; None where nothing does."""
    found = [line.get(f"month_{at}") for at in range(1, count + 1)]
    return [each if isinstance(each, int) and not isinstance(each, bool) else None for each in found]


def by_months(line: Mapping[str, object], count: int) -> bool:
    """Whether months are entered there."""
    return any(each is not None for each in _of(line, count))


def average(line: Mapping[str, object], count: int) -> int | None:
    """A member's income a month: reckoned where the months are entered, else as it was entered; None for neither."""
    entered = [each for each in _of(line, count) if each is not None]
    if entered:
        return int(Fraction(sum(entered), count) + Fraction(1, 2))
    typed = line.get("income")
    return typed if isinstance(typed, int) and not isinstance(typed, bool) else None


def averaged(call: FormCall, answers: Answers) -> Answers:
    """The answers, each member with the income a month that is reckoned from the months."""
    count = len(months(call))
    lines = [{**line, "income": average(line, count)} for line in rows(answers)]
    return {**answers, "members": [{name: said for name, said in line.items() if said is not None} for line in lines]}


def fault(call: FormCall, answers: Answers) -> str:
    """What is wrong with the months; "" when nothing is."""
    count = len(months(call))
    some = [[each is None for each in _of(line, count)] for line in rows(answers)]
    return SOME_MISSING if any(any(empty) and not all(empty) for empty in some) else ""


def reckoned(line: Mapping[str, object], count: int) -> str:
    """How the average came about: «(40 000 + 50 000 + 45 000) : 3 = 45 000»; the average alone where it was entered."""
    value = average(line, count)
    if value is None:
        return ""
    entered = [each or 0 for each in _of(line, count)]
    whole = f"({' + '.join(map(said, entered))}) : {count} = {said(value)}"
    return whole if by_months(line, count) else said(value)


def all_reckoned(members: object, count: int) -> str:
    """How everybody's average came about, and their sum: numbers and names, alike in every language."""
    lines = [line for line in cast("Sequence[object]", members or ()) if isinstance(line, Mapping)]
    known = [(str(line.get("name") or "…"), line) for line in lines if average(line, count) is not None]
    if not known:
        return ""
    each = "; ".join(f"{name}: {reckoned(line, count)}" for name, line in known)
    values = [average(line, count) or 0 for _, line in known]
    return f"{each}. Σ {' + '.join(map(said, values))} = {said(sum(values))}" if len(values) > 1 else each


def rows(answers: Answers) -> list[Mapping[str, object]]:
    """The household's lines."""
    lines = answers.get("members")
    return [line for line in lines if isinstance(line, Mapping)] if isinstance(lines, list | tuple) else []


def said(tenge: int) -> str:
    """45 000."""
    return f"{tenge:,}".replace(",", "\u00a0")
