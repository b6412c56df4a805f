"""What one law says otherwise than another: two editions of an act, or two regions. Pure, over two registries."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.registry import Registry
from services.tables import is_law

#: in the order in which people read an act; key columns of a table whose rows have no `key` of their own
TABLES: Mapping[str, tuple[str, ...]] = {
    "steps": ("route", "key"),
    "parameters": ("key",),
    "documents": ("key",),
    "grounds": ("key",),
    "roles": ("key",),
    "hours": ("office", "weekday", "from"),
    "offices": ("key",),
    "stops": ("key",),
    "clauses": ("key",),
}
#: columns for readers of the table: another word in them is no other law
QUIET = frozenset({"note", "source", "note_kk", "note_ru", "note_en", "demo_logins"})
#: columns that say where an act says it: two acts number their clauses otherwise, which is no other law
CITES = frozenset({"clause", "table_ref"})
Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class ColumnChange:
    """A column that says something else."""

    column: str
    before: str
    after: str


@dataclass(frozen=True)
class RowChange:
    """A row of a table that came, went, or says something else."""

    table: str
    kind: Kind
    key: str
    route: str  #: of a step; empty of any other row
    names: Mapping[str, str]  #: kk, ru, en
    clause: str  #: that names it; of one that went, that named it
    was_clause: str = ""  #: that named it before, where that is another
    cells: Sequence[ColumnChange] = ()  #: of one that changed


@dataclass(frozen=True)
class FileChange:
    """A printed form, diagram, decision, form or table of other words that came, went, or is another; of `region.toml`
    what it says."""

    place: str
    kind: Kind
    cells: Sequence[ColumnChange] = ()


def changed_rows(before: Registry, after: Registry) -> list[RowChange]:
    """Row by row, in the order of the tables."""
    return [change for name in TABLES for change in _of_table(name, before, after)]


def changed_files(before: Registry, after: Registry) -> list[FileChange]:
    """File by file, by place; the tables of `TABLES` are told row by row, what the others say is not compared."""
    one, other = _files(before), _files(after)
    found = []
    for place in sorted(one.keys() | other.keys()):
        if place not in one or place not in other:
            found.append(FileChange(place, "added" if place in other else "removed"))
        elif one[place].read_bytes() != other[place].read_bytes():
            found.append(FileChange(place, "changed"))
    if before.facts() != after.facts():
        found.append(FileChange("region.toml", "changed", _cells(_flat(before.facts()), _flat(after.facts()))))
    return found


def _of_table(name: str, before: Registry, after: Registry) -> list[RowChange]:
    one, other = _rows(name, before), _rows(name, after)
    quiet = QUIET if before.region == after.region else QUIET | CITES
    found = []
    for key in dict.fromkeys([*other, *one]):
        kind: Kind = "changed" if key in one and key in other else "added" if key in other else "removed"
        row = other.get(key) or one[key]
        cells = _cells(_said(one[key], quiet), _said(other[key], quiet)) if kind == "changed" else ()
        if kind != "changed" or cells:
            clause, was = clause_of(row), clause_of(one.get(key, row))
            names, route = names_of(row), row.get("route", "")
            found.append(
                RowChange(name, kind, " ".join(key), route, names, clause, was if was != clause else "", cells)
            )
    return found


def clause_of(row: Mapping[str, str]) -> str:
    """The clause that names a row, in the text or in its tables; empty when none does."""
    return row.get("clause") or row.get("table_ref", "")


def _rows(name: str, registry: Registry) -> dict[tuple[str, ...], Mapping[str, str]]:
    return {tuple(row[column] for column in TABLES[name]): row for row in registry.table(name)}


def _said(row: Mapping[str, str], quiet: frozenset[str]) -> dict[str, str]:
    return {column: value for column, value in row.items() if column not in quiet and not column.startswith("_")}


def _cells(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ColumnChange, ...]:
    columns = dict.fromkeys([*after, *before])
    said = ((each, before.get(each, ""), after.get(each, "")) for each in columns)
    return tuple(ColumnChange(column, was, now) for column, was, now in said if was != now)


def names_of(row: Mapping[str, str]) -> dict[str, str]:
    """What people call a row: kk, ru, en."""

    def name(language: str) -> str:
        columns = (f"title_{language}", f"name_{language}", f"note_{language}", f"text_{language}", "key", "office")
        return next((row[each] for each in columns if row.get(each)), "")

    return {language: name(language) for language in ("kk", "ru", "en")}


def _files(registry: Registry) -> dict[str, Path]:
    """The region's own printed forms, diagrams, decisions and forms, and its tables that are not told row by row."""
    folder = registry.law or registry.folders[0]
    places = {file.relative_to(folder).as_posix(): file for each in ("*.csv", "*/*") for file in folder.glob(each)}
    return {
        place: file
        for place, file in places.items()
        if is_law(place) and file.is_file() and place.removesuffix(".csv") not in TABLES
    }


def _flat(facts: Mapping[str, object], path: str = "") -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in facts.items():
        if isinstance(value, Mapping):
            found |= _flat(value, f"{path}{name}.")
        elif name != "clauses":
            found[f"{path}{name}"] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return found
