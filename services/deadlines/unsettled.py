"""What is not in the act: every value of the tables that nobody has confirmed yet, and what rests on it (I-48)."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from services.deadlines.changes import CONFIRMED_TABLES, write_spans
from services.deadlines.region import SETTLED, VALUE_COLUMNS, RegionTime, said_of, value_key
from services.registry import Registry

#: parameters that dates are counted with -> the rules that ask them
RESTS = {
    "outer_limit_calendar_days": "R-TOTAL",
    "registry_cutoff": "R-REG",
    "courier_runs": "R-COUR",
    "escalation_warn_at": "R-ESC",
    "escalation_after_working_days": "R-ESC",
}
#: rules that no step is counted by, but the case, and what is told of it
OF_THE_WHOLE = ("R-TOTAL", "R-ESC")


@dataclass(frozen=True)
class Unsettled:
    """A value that is not in the act."""

    table: str
    key: str  #: "parameters/registry_cutoff"; "hours/psc"
    name_kk: str
    name_ru: str
    name_en: str
    value: str  #: empty where only the row itself is in question
    mark: str  #: default, verified, recalled; "confirmed" once somebody did
    source: str
    clause: str
    rests: tuple[str, ...]  #: codes of steps, or rules, that are counted with it
    was: str = ""  #: what the table says, where something else was confirmed


def unsettled(registry: Registry, region: RegionTime) -> tuple[list[Unsettled], list[Unsettled]]:
    """What waits for somebody to confirm it, and what was confirmed: in the order of the tables."""
    everything = [*_rows(registry, region), *_hours(registry, region)]
    waiting = [each for each in everything if each.mark not in SETTLED]
    return waiting, [each for each in everything if each.mark == "confirmed"]


def _rows(registry: Registry, region: RegionTime) -> Iterator[Unsettled]:
    rules = {*OF_THE_WHOLE, *(row["rule"].partition("(")[0] for row in registry.table("steps"))}
    for name in CONFIRMED_TABLES:
        for before, row in zip(registry.table(name), region.table(name), strict=True):
            if before.get("mark", "act") in SETTLED:
                continue
            key, column = value_key(name, row), VALUE_COLUMNS.get(name, "")
            value, was = (row[column], before[column]) if column else ("", "")
            said = said_of(region.timetable, name, before) is not None
            told = row["source"] if said else row.get("source") or row.get("note", "")
            yield Unsettled(
                name, key, *_names(row), value, row["mark"], told,
                row.get("clause", ""), _rests(name, row, rules), was if was != value else "",
            )  # fmt: skip


def _names(row: Mapping[str, str]) -> tuple[str, str, str]:
    kk, ru, en = (
        row.get(f"title_{language}") or row.get(f"name_{language}") or row.get(f"note_{language}") or row["key"]
        for language in ("kk", "ru", "en")
    )
    return kk, ru, en


def _rests(table: str, row: Mapping[str, str], rules: Collection[str]) -> tuple[str, ...]:
    """`rules` are those by which anything is counted here: what another one asks is kept for what else it says."""
    if table == "steps":
        return (row["code"],) if row["code"] else ()
    rule = RESTS.get(row["key"], "") if table == "parameters" else ""
    return (rule,) if rule in rules else ()


def _hours(registry: Registry, region: RegionTime) -> Iterator[Unsettled]:
    """The hours of an office or a kind of office, all seven days as one value."""
    said = {row["office"]: row for row in registry.table("hours") if row["mark"] not in SETTLED}
    roles = {row["key"]: row["office"] for row in region.table("roles")}
    for office, row in said.items():
        hours = region.timetable.hours.get(office)
        codes = {step.code for step in region.steps.values() if step.code and roles.get(step.role) == office}
        week = "; ".join(dict.fromkeys(filter(None, map(write_spans, region.weeks[office]))))
        mark, source = ("confirmed", hours.source) if hours else (row["mark"], row["source"])
        yield Unsettled(
            "hours", f"hours/{office}", office, office, office, week, mark, source, "", tuple(sorted(codes))
        )
