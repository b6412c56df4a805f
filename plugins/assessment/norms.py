"""What counts of an expense: as billed, and no more than the region's norms, which the act leaves to others.

Norms are the parameters `norm_*`: areas in square metres, of metered use per person (gas, water) or per square metre
(heat), and most tenge for a lift, a phone, a square metre of the condominium. Money is whole tenge a month.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from services.plugin import FormCall

#: expense -> the norm of what a meter counts for each person of the household
PER_PERSON = {"gas": "norm_gas", "cold_water": "norm_cold_water", "hot_water": "norm_hot_water"}
#: expense -> the most tenge that count
MOST = {"lift": "norm_lift", "telephone": "norm_phone"}
#: what is paid by the dwelling's area counts for the area of the norm only
BY_AREA = ("maintenance", "heating", "rent")

NO_NORM = "No norm."
NO_AREA = "Counts whole: the area of the dwelling is not entered."
NO_USE = "Counts whole: what was used is not entered."
IN_CUBIC_METRES = "Up to %(norm)s m³; used %(used)s"
IN_GIGACALORIES = "Up to %(norm)s Gcal; used %(used)s"
IN_SQUARE_METRES = "For %(norm)s of %(area)s m²"
IN_TENGE = "Up to %(norm)s ₸"
IN_BOTH = "For %(area)s m², up to %(norm)s ₸"


@dataclass(frozen=True)
class CountedExpense:
    """One kind of expense: all its bills of the month, and what counts of them."""

    kind: str
    billed: int
    counts: int
    norm: str  #: the norm, or why none is reckoned: a msgid
    words: Mapping[str, str]  #: what stands in its placeholders

    @property
    def cut(self) -> bool:
        return self.counts < self.billed


@dataclass(frozen=True)
class _Bill:
    """All of one kind: tenge, what was used (None: not entered for each bill), area and people of the dwelling."""

    billed: int
    used: Fraction | None
    area: Fraction | None
    people: int


def count(call: FormCall, answers: Mapping[str, object]) -> list[CountedExpense]:
    """Every kind of expense that was entered, in the order of the form."""
    norms = {row["key"]: Fraction(row["value"]) for row in call.table("parameters") if row["key"].startswith("norm_")}
    lines = [line for line in _rows(answers, "expenses") if line.get("kind") and line.get("amount") is not None]
    found = []
    for kind in dict.fromkeys(str(line["kind"]) for line in lines):
        own = [line for line in lines if line["kind"] == kind]
        used = [_number(line.get("used")) for line in own]
        bill = _Bill(
            sum(int(_number(line.get("amount")) or 0) for line in own),
            None if None in used else sum((each for each in used if each is not None), Fraction(0)),
            _number(answers.get("area")),
            max(len(_rows(answers, "members")), 1),
        )
        counts, norm, words = _counted(kind, bill, norms)
        # half a tenge is a whole one
        found.append(CountedExpense(kind, bill.billed, min(bill.billed, int(counts + Fraction(1, 2))), norm, words))
    return found


def _counted(kind: str, bill: _Bill, norms: Mapping[str, Fraction]) -> tuple[Fraction, str, dict[str, str]]:
    """Tenge that count, the norm and what stands in its placeholders."""
    whole = Fraction(bill.billed)
    if (most := norms.get(MOST.get(kind, ""))) is not None:
        return min(whole, most), IN_TENGE, {"norm": _said(most)}
    if (each := norms.get(PER_PERSON.get(kind, ""))) is not None:
        return _of_use(whole, bill.used, each * bill.people, IN_CUBIC_METRES)
    if kind not in BY_AREA or "norm_area_person" not in norms:
        return whole, NO_NORM, {}
    if not bill.area:
        return whole, NO_AREA, {}
    area = min(bill.area, _area(bill.people, norms))
    if kind == "heating" and bill.used is not None and "norm_heat" in norms:
        return _of_use(whole, bill.used, area * norms["norm_heat"], IN_GIGACALORIES)
    words = {"norm": _said(area), "area": _said(bill.area)}
    by_area = whole * area / bill.area
    if kind == "maintenance" and "norm_condominium" in norms:
        most = area * norms["norm_condominium"]
        return min(by_area, most), IN_BOTH, {"area": _said(area), "norm": _said(most)}
    return by_area, IN_SQUARE_METRES, words


def _area(people: int, norms: Mapping[str, Fraction]) -> Fraction:
    """Of the dwelling: so many square metres for each, more for who lives alone."""
    alone = people == 1 and "norm_area_single" in norms
    return norms["norm_area_single"] if alone else people * norms["norm_area_person"]


def _of_use(whole: Fraction, used: Fraction | None, norm: Fraction, said: str) -> tuple[Fraction, str, dict[str, str]]:
    if used is None:
        return whole, NO_USE, {}
    counts = whole if used <= norm else whole * norm / used
    return counts, said, {"norm": _said(norm), "used": _said(used)}


def _said(number: Fraction) -> str:
    """12; 1.35; 0.025; 1 300."""
    return f"{float(number):,.3f}".rstrip("0").rstrip(".").replace(",", "\u00a0")


def _number(value: object) -> Fraction | None:
    """What is no number yet counts nothing: the form is still being filled in."""
    return Fraction(str(value)) if isinstance(value, int | float) and not isinstance(value, bool) else None


def _rows(answers: Mapping[str, object], name: str) -> Sequence[Mapping[str, object]]:
    rows = answers.get(name)
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list | tuple) else []
