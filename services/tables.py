"""A region's files: which of them are law, and the rows of a table."""

import csv
from pathlib import Path

from services.letters import tidy


class BadTable(ValueError):
    """A region's table cannot be read: the message names the file and the line."""


def is_law(place: str) -> bool:
    """Whether a file at that place of a region's folder is law: a table, its facts, a printed form, a diagram."""
    folder, _, name = place.rpartition("/")
    if not folder:
        return name == "region.toml" or (name.endswith(".csv") and name != "editions.csv")
    return folder == "documents" or (folder == "bpmn" and name.endswith((".bpmn", ".dmn", ".form")))


def rows_of(file: Path) -> dict[tuple[str, ...], dict[str, str]]:
    """Key -> row of one table's file, stars dropped. Raises BadTable."""
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    with file.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(map(tidy, stream), strict=True)
        headings = list(reader.fieldnames or ())
        keys = [heading for heading in headings if heading.endswith("*")]
        if not keys:
            raise BadTable(f"{file}: no key column (a heading ending in *)")
        for row in reader:
            if None in row or None in row.values():
                raise BadTable(f"{file}, line {reader.line_num}: not {len(headings)} values")
            key = tuple(row[heading] for heading in keys)
            if key in rows:
                raise BadTable(f"{file}, line {reader.line_num}: {key} is there twice")
            rows[key] = {heading.rstrip("*"): (value or "").strip() for heading, value in row.items()}
    return rows
