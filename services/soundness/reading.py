"""The files of a region's package as its checks read them: rows with their lines, facts, and what cannot be read."""

import csv
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from services import law
from services.letters import LOST, tidy
from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.columns import TABLES, Columns
from services.soundness.fault import RegionFault
from services.soundness.sentences import fault

BOM = "\ufeff"
_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
_AT = re.compile(r"\(at line (\d+), column \d+\)")
_SECTION = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")


@dataclass(frozen=True)
class TableLine:
    """A row, and where it stands."""

    file: str
    line: int
    row: Mapping[str, str]

    def fault(self, text: str, **details: object) -> RegionFault:
        """One of the sentences, said of this row: where it stands, and what to do."""
        return fault(self.file, self.line, text, details)


@dataclass(frozen=True)
class Facts:
    """What `region.toml` says, and at which line."""

    said: Mapping[str, Any] = field(default_factory=dict)
    text: str = ""

    def get(self, dotted: str) -> Any:
        """What stands there; None where nothing does."""
        found: Any = self.said
        for name in dotted.split("."):
            found = found.get(name) if isinstance(found, Mapping) else None
        return found

    def line(self, dotted: str) -> int:
        """The line of that key, else of its section; nought where there is neither."""
        section, _, key = dotted.rpartition(".")
        here, at_section = "", 0
        for number, line in enumerate(self.text.splitlines(), start=1):
            if header := _SECTION.match(line):
                here = header[1]
                at_section = at_section or (number if here == section else 0)
            elif here == section and re.match(rf'\s*"?{re.escape(key)}"?\s*=', line):
                return number
        return at_section

    def line_with(self, text: str) -> int:
        """The first line that has that text; nought for none."""
        return next((number for number, line in enumerate(self.text.splitlines(), 1) if text in line), 0)

    def fault(self, dotted: str, text: str, **details: object) -> RegionFault:
        """One of the sentences, said of the line where this key stands, or of its section."""
        return fault("region.toml", self.line(dotted), text, details)

    def routes(self) -> list[str]:
        """Keys of the routes; none where the list cannot be read."""
        found = self.get("service.routes")
        return [str(each) for each in found] if isinstance(found, list) else []


@dataclass
class Package:
    """The tables of a region, the common ones laid under them, and its facts."""

    tables: dict[str, list[TableLine]]
    facts: Facts
    unreadable: list[RegionFault]

    def rows(self, name: str) -> list[Mapping[str, str]]:
        """The rows of a table, without their lines."""
        return [line.row for line in self.tables[name]]

    def keys(self, name: str) -> list[str]:
        """What the rows of a table are called."""
        return [row.get("key", "") for row in self.rows(name)]


def read_package(registry: Registry) -> Package:
    """Everything that can be read, and what cannot."""
    found: list[RegionFault] = []
    facts = _facts(registry, found)
    tables = {name: _table(registry, name, found) for name in TABLES}
    try:
        law.read_editions(registry.folders[0])
    except law.BadEditions as error:
        found.append(fault("editions.csv", error.line, error.text, error.details))
    return Package(tables, facts, found)


def text_of(file: Path, place: str, found: list[RegionFault]) -> str | None:
    """The file's text without the mark at its beginning; None when it is no UTF-8, which is then told."""
    content = file.read_bytes()
    if content.startswith(_UTF_16) or b"\0" in content[:200]:
        found.append(fault(place, 0, say.UTF_16))
        return None
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        found.append(fault(place, line, say.UNREADABLE, {"why": str(error)}))
        return None
    if BOM in text:
        found.append(fault(place, text[: text.index(BOM)].count("\n") + 1, say.BOM_INSIDE))
    return text


def read_toml(text: str, place: str, found: list[RegionFault]) -> Mapping[str, Any] | None:
    """What it says; None when it is no TOML, which is then told."""
    try:
        return tomllib.loads(tidy(text))
    except tomllib.TOMLDecodeError as error:
        at = _AT.search(str(error))
        found.append(fault(place, int(at[1]) if at else 0, say.UNREADABLE, {"why": str(error)}))
        return None


def headings_of(file: Path) -> list[str]:
    """The headings of a table, stars dropped."""
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [tidy(each).rstrip("*") for each in next(csv.reader(stream), [])]


def _facts(registry: Registry, found: list[RegionFault]) -> Facts:
    places = registry.files("region.toml")
    if not places:
        found.append(fault("region.toml", 0, say.MISSING, {"key": "region.toml"}))
        return Facts()
    text = text_of(places[0], "region.toml", found)
    return Facts() if text is None else Facts(read_toml(text, "region.toml", found) or {}, text)


def _table(registry: Registry, name: str, found: list[RegionFault]) -> list[TableLine]:
    """Rows of one table, the region's over the common ones."""
    files, place = registry.files(f"{name}.csv"), f"{name}.csv"
    if not files and not TABLES[name].optional:
        found.append(fault(place, 0, say.MISSING, {"key": place}))
    rows: dict[tuple[str, ...], TableLine] = {}
    for file in reversed(files):
        if (text := text_of(file, place, found)) is not None:
            rows |= _rows(TABLES[name], place, text, found)
    for each in TABLES[name].somewhere if rows else ():
        if not any(each in line.row for line in rows.values()):
            found.append(fault(place, 1, say.COLUMN_MISSING, {"column": each}))
    return list(rows.values())


def _rows(columns: Columns, place: str, text: str, found: list[RegionFault]) -> dict[tuple[str, ...], TableLine]:
    rows: dict[tuple[str, ...], TableLine] = {}
    try:
        reader = csv.DictReader(map(tidy, text.splitlines(keepends=True)), strict=True)
        headings = list(reader.fieldnames or ())
        wrong, keys = _of_headings(columns, place, headings)
        found += wrong
        if not keys:
            return {}
        for row in reader:
            told = TableLine(place, reader.line_num, {})
            if None in row or None in row.values():
                found.append(told.fault(say.NOT_SO_MANY, count=len(headings)))
                continue
            key = tuple(row[each] for each in keys)
            if key in rows:
                found.append(told.fault(say.TWICE, key=", ".join(key)))
            cells = {each.rstrip("*"): (value or "").strip() for each, value in row.items()}
            if any(LOST in cell for cell in cells.values()):
                found.append(told.fault(say.UNREADABLE, why="U+FFFD"))
            rows[key] = TableLine(place, reader.line_num, cells)
    except csv.Error as error:
        found.append(fault(place, 0, say.UNREADABLE, {"why": str(error)}))
    return rows


def _of_headings(columns: Columns, place: str, headings: Sequence[str]) -> tuple[list[RegionFault], list[str]]:
    """What is wrong with the first line, and the headings that are keys: none where nothing further can be read."""
    named = [each.rstrip("*") for each in headings]
    if len(headings) == 1 and (";" in headings[0] or "\t" in headings[0]):
        return [fault(place, 1, say.SEMICOLONS)], []
    wrong = [(say.COLUMN_MISSING, each) for each in columns.needed if each not in named]
    wrong += [(say.COLUMN_UNKNOWN, each) for each in named if columns.misspells(each)]
    wrong += [(say.COLUMN_TWICE, each) for each in dict.fromkeys(named) if named.count(each) > 1]
    found = [fault(place, 1, text, {"column": each}) for text, each in wrong]
    keys = [each for each in headings if each.endswith("*")]
    return found if keys else [*found, fault(place, 1, say.NO_KEY)], keys
