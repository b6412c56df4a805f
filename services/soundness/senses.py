"""Values that can be read, and make no sense: out of any range, in the wrong order, or for nobody."""

from collections.abc import Iterator, Mapping

from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.reading import Package, TableLine
from services.soundness.sentences import fault

#: parameter -> the least and the most that it can be
RANGES: Mapping[str, tuple[float, float]] = {
    "share_percent": (1, 100), "outer_limit_calendar_days": (1, 366), "income_months": (1, 36),
    "escalation_after_working_days": (1, 60), "recheck_days_before": (0, 366), "return_rounds_limit": (0, 20),
    "missing_told_after_minutes": (1, 2400), "archive_years": (1, 100), "retention_years": (1, 100),
    "appeal_months": (1, 60), "unclaimed_result_months": (1, 36), "answer_sheets": (1, 9),
    "lookups_per_hour": (1, 9999),
    "norm_area_person": (1, 500), "norm_area_single": (1, 500), "norm_heat": (0, 1),
}  # fmt: skip
#: how many months a term can have: what divides a year
TERMS = ("1", "2", "3", "4", "6", "12")
#: parameters of which the second cannot be less than the first: numbers, and times of the day
IN_ORDER = (("archive_years", "retention_years"), ("told_from", "told_until"))


def sense_faults(package: Package) -> Iterator[RegionFault]:
    """Of a package whose cells can be read."""
    lines = {line.row["key"]: line for line in package.tables["parameters"]}
    yield from _ranges(lines)
    yield from _order(lines)
    yield from _above(package)
    yield from _routes(package)


def _ranges(lines: Mapping[str, TableLine]) -> Iterator[RegionFault]:
    for key, (least, most) in RANGES.items():
        value = _number(lines, key)
        if value is not None and not least <= value <= most:
            yield lines[key].fault(say.NO_SENSE, key=key, value=lines[key].row["value"], least=least, most=most)
    term = lines.get("assignment_term_months")
    if term is not None and term.row["value"] not in TERMS:
        yield term.fault(say.NOT_ONE_OF, column="value", value=term.row["value"], known=", ".join(TERMS))


def _order(lines: Mapping[str, TableLine]) -> Iterator[RegionFault]:
    for first, second in IN_ORDER:
        if first in lines and second in lines:
            before, after = (lines[each].row["value"] for each in (first, second))
            numbers = _number(lines, first), _number(lines, second)
            wrong = before >= after if None in numbers else numbers[1] < numbers[0]  # type: ignore[operator]
            if wrong:
                yield lines[second].fault(say.OUT_OF_ORDER, value=after, other=f"{first} {before}")
    runs = lines["courier_runs"].row["value"].split(";") if "courier_runs" in lines else []
    if runs != sorted(set(runs)):
        yield lines["courier_runs"].fault(say.OUT_OF_ORDER, value=runs[-1], other=runs[0])


def _number(lines: Mapping[str, TableLine], key: str) -> float | None:
    try:
        return float(lines[key].row["value"])
    except (KeyError, ValueError):  # not there, or no number: told by itself
        return None


def _above(package: Package) -> Iterator[RegionFault]:
    """Each office stands below another, none below itself; whoever takes applications in, below a body."""
    lines = {line.row["key"]: line for line in package.tables["offices"]}
    for key, line in lines.items():
        over, seen = line.row["parent"], list[str]()
        while over in lines and over not in seen:
            seen.append(over)
            over = lines[over].row["parent"]
        if key in seen:
            yield line.fault(say.BELOW_ITSELF, office=key)
        elif line.row["kind"] not in ("body", "control"):
            parent = lines.get(line.row["parent"])
            if parent is None or parent.row["kind"] != "body":
                yield line.fault(say.BELOW_NO_BODY, office=key)


def _routes(package: Package) -> Iterator[RegionFault]:
    facts, steps = package.facts, package.rows("steps")
    names = facts.routes()
    for route in dict.fromkeys(names):
        of_route = [row for row in steps if row["route"] == route]
        if names.count(route) > 1:
            yield facts.fault("service.routes", say.TWICE, key=route)
        if not of_route:
            continue  # that no diagram or table has it is told elsewhere
        role = facts.get(f"routes.{route}.role")
        if role in package.keys("roles") and role not in {row["role"] for row in of_route}:
            yield facts.fault(f"routes.{route}.role", say.OPENS_AND_LEAVES, role=role, route=route)
        if not any(row["ends_outer"] == "yes" and row["rule"] for row in of_route):
            yield fault("steps.csv", 0, say.NEVER_STOPS, {"route": route})
