"""What the numbers and hours of a region count, and in which bounds: units, terms, times of the day."""

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from services.deadlines import BadTimeRule, TimeRule, parse_rule
from services.soundness import sentences as say
from services.soundness.fault import RegionFault
from services.soundness.reading import Package, TableLine

#: parameter -> what Komek counts by it: the same number in another unit would be another law, and nobody would see it
UNITS: Mapping[str, str] = {
    "outer_limit_calendar_days": "calendar_days", "registry_cutoff": "local_time", "courier_runs": "local_times",
    "escalation_warn_at": "local_time", "escalation_after_working_days": "working_days",
    "missing_told_after_minutes": "working_minutes", "return_rounds_limit": "rounds", "share_percent": "percent",
    "norm_area_person": "square_metres_per_person", "norm_area_single": "square_metres",
    "norm_gas": "cubic_metres_per_person", "norm_cold_water": "cubic_metres_per_person",
    "norm_hot_water": "cubic_metres_per_person", "norm_heat": "gigacalories_per_square_metre", "norm_lift": "tenge",
    "norm_phone": "tenge", "norm_condominium": "tenge_per_square_metre", "income_months": "months",
    "appeal_months": "months", "assignment_term_months": "months", "unclaimed_result_months": "months",
    "answer_sheets": "sheets", "recheck_days_before": "days", "drafter_may_sign": "yes_no", "archive_years": "years",
    "retention_years": "years", "lookups_per_hour": "lookups", "told_from": "local_time", "told_until": "local_time",
}  # fmt: skip
#: of the parameters that count who takes applications in at each kind of office
STAFF, OF_STAFF = "intake_staff_", "persons"
#: what is counted one by one
WHOLE_UNITS = frozenset({
    "calendar_days", "working_days", "working_minutes", "rounds", "months", "days", "sheets", "persons", "years",
    "lookups",
})  # fmt: skip
WHOLE, TIME = re.compile("[0-9]{1,4}"), re.compile("[0-9]{2}:[0-9]{2}")
#: the longest term of a step by its kind: a working month of minutes, a year of working days, a year
LONGEST: Mapping[str, int] = {"MIN": 10_080, "WD": 250, "TOTAL": 366}


class Open(NamedTuple):
    """From the first hour to the last of a day, breaks and all."""

    since: str
    until: str


def measure_faults(package: Package) -> Iterator[RegionFault]:
    """Of a package whose cells can be read."""
    for line in package.tables["parameters"]:
        yield from _unit(line)
    outer = _outer_days(package)
    for line in package.tables["steps"]:
        yield from _term(line, outer)
    if all(_is_span(row) for row in package.rows("hours")):  # else it is told there what is wrong
        weeks = _weeks(package)
        yield from _times(package, weeks)
        yield from _roads(package, weeks)


def _is_span(row: Mapping[str, str]) -> bool:
    return row["weekday"] in tuple("1234567") and all(TIME.fullmatch(row[each]) for each in ("from", "to"))


def _unit(line: TableLine) -> Iterator[RegionFault]:
    key, unit, value = (line.row[each] for each in ("key", "unit", "value"))
    counted = OF_STAFF if key.startswith(STAFF) else UNITS.get(key, unit)
    if unit and unit != counted:
        yield line.fault(say.NOT_ONE_OF, column="unit", value=unit, known=counted)
    elif unit in WHOLE_UNITS and not WHOLE.fullmatch(value):
        yield line.fault(say.NOT_WHOLE, value=value)


def _outer_days(package: Package) -> int | None:
    """Of the whole service; None where it cannot be read, which is told elsewhere."""
    said = [row["value"] for row in package.rows("parameters") if row["key"] == "outer_limit_calendar_days"]
    return int(said[0]) if said and WHOLE.fullmatch(said[0]) else None


def _term(line: TableLine, outer: int | None) -> Iterator[RegionFault]:
    rule = _rule(line.row["rule"])
    if rule is None:
        return
    if not line.row["code"]:
        yield line.fault(say.EMPTY, column="code")  # by which its clock is known
    if rule.kind in LONGEST and rule.count > LONGEST[rule.kind]:
        told = {"key": line.row["key"], "value": line.row["rule"], "least": 1, "most": LONGEST[rule.kind]}
        yield line.fault(say.NO_SENSE, **told)
        return
    in_service = line.row["clause"] and line.row.get("part") not in ("complains", "considers")
    if outer is not None and in_service and rule.escalates and rule.count > outer:
        yield line.fault(say.OUTLASTS, step=line.row["key"], value=line.row["rule"], days=outer)


def _rule(said: str) -> TimeRule | None:
    try:
        return parse_rule(said) if said else None
    except BadTimeRule:  # told by itself
        return None


def _weeks(package: Package) -> Mapping[str, Mapping[str, Open]]:
    """Office or kind of office -> weekday -> its hours; of offices where people work on cases."""
    idle = {"control", *(row["key"] for row in package.rows("offices") if row["kind"] == "control")}
    weeks: dict[str, dict[str, Open]] = {}
    for row in package.rows("hours"):
        if row["office"] not in idle:
            week = weeks.setdefault(row["office"], {})
            known = week.get(row["weekday"], Open(row["from"], row["to"]))
            week[row["weekday"]] = Open(min(known.since, row["from"]), max(known.until, row["to"]))
    return weeks


def _times(package: Package, weeks: Mapping[str, Mapping[str, Open]]) -> Iterator[RegionFault]:
    """Times of the day at which nobody is at the office: what is to be done then is done by nobody."""
    kinds = {rule.kind for row in package.rows("steps") if (rule := _rule(row["rule"])) is not None}
    lines = {line.row["key"]: line for line in package.tables["parameters"]}
    for key, needed in (("courier_runs", "COUR"), ("registry_cutoff", "REG"), ("escalation_warn_at", "")):
        if key in lines and (not needed or needed in kinds):
            # whoever is warned may be warned before the office opens, and no more once the day is over
            open_for = {who: _early(week) if not needed else week for who, week in weeks.items()}
            for at in lines[key].row["value"].split(";"):
                yield from _time(lines[key], at, open_for)


def _early(week: Mapping[str, Open]) -> Mapping[str, Open]:
    return {day: Open("00:00", each.until) for day, each in week.items()}


def _time(line: TableLine, at: str, weeks: Mapping[str, Mapping[str, Open]]) -> Iterator[RegionFault]:
    """Refused where it is in nobody's day; told where it is not in everybody's."""
    shut = {who: [day for day, each in week.items() if not each.since <= at <= each.until]
            for who, week in weeks.items()}  # fmt: skip
    if weeks and all(len(days) == len(weeks[who]) for who, days in shut.items()):
        yield line.fault(say.OUT_OF_HOURS, key=line.row["key"], value=at)
        return
    for who, days in shut.items():
        if days:
            told = {"key": line.row["key"], "value": at, "office": who, "days": ", ".join(sorted(days))}
            yield line.fault(say.PARTLY_OUT_OF_HOURS, **told)


def _roads(package: Package, weeks: Mapping[str, Mapping[str, Open]]) -> Iterator[RegionFault]:
    """Two offices that never work on one day have no courier between them."""
    if not any(row["rule"] == "R-COUR" for row in package.rows("steps")):
        return
    kinds = {row["key"]: row["kind"] for row in package.rows("offices")}

    def days(office: str) -> set[str]:
        return set(weeks.get(office) or weeks.get(kinds.get(office, ""), {}))

    for line in package.tables["offices"]:
        here, body = days(line.row["key"]), days(line.row["parent"])
        if line.row["kind"] not in ("body", "control") and here and body and not here & body:
            yield line.fault(say.NO_COMMON_DAY, office=line.row["key"], body=line.row["parent"])
