"""The clauses of a region's act, and what of its tables and printed forms names each. Pure, over a registry.

`clauses.csv` lists them with their first words, and says of each whether it asks for anything of the process: that is
how its author reads it, and so it is marked. What names `N421/app1/7` stands for `N421/app1` where that is the
narrowest in the list.
"""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from services.law.differences import TABLES, names_of
from services.registry import Registry

#: columns of a table that name clauses; of `source` only what reads like one
NAMING = ("clause", "table_ref", "source")
#: tables whose rows may name one -> their key columns: those of the law, and what the public is told of it
MAY_NAME: Mapping[str, tuple[str, ...]] = {**TABLES, "public": ("part", "key")}
#: a clause's own row names it, and is nothing that stands for it
OWN = "clauses"


@dataclass(frozen=True)
class Clause:
    """A clause of the act."""

    key: str
    words: Mapping[str, str]  #: its first words: kk, ru, en
    asks: bool  #: whether it asks for anything of the process
    through: Sequence[str]  #: clauses that carry it out for it
    mark: str
    note: str


@dataclass(frozen=True)
class NamingRow:
    """A row of a table, and the clauses that it names: none, when the act says nothing of it."""

    table: str
    key: str
    route: str  #: of a step; empty of any other row
    names: Mapping[str, str]
    clauses: Sequence[str]
    mark: str


def clauses_of(registry: Registry) -> Sequence[Clause]:
    """In the order of the act; none where the region has no such table."""
    return [
        Clause(
            row["key"],
            {language: row[f"text_{language}"] for language in ("kk", "ru", "en")},
            row["asks"] == "yes",
            tuple(each for each in row.get("through", "").split(";") if each),
            row["mark"],
            row.get("note", ""),
        )
        for row in registry.table(OWN)
    ]


def naming_rows(registry: Registry) -> Sequence[NamingRow]:
    """Every row that may name a clause, in the order of the tables."""
    reads, routes = _reader(registry), registry.facts()["service"]["routes"]
    found = []
    for table, keys in MAY_NAME.items():
        for row in registry.table(table) if table != OWN else ():
            if (
                table == "public" and row["part"] in routes
            ):  # what the public is told of a step: `steps.csv` names its clause
                continue
            clauses = dict.fromkeys(each for column in NAMING for each in reads.findall(row.get(column, "")))
            key = " ".join(row[column] for column in keys)
            found.append(
                NamingRow(table, key, row.get("route", ""), names_of(row), tuple(clauses), row.get("mark", ""))
            )
    return found


def naming_papers(registry: Registry) -> Mapping[str, Sequence[str]]:
    """Place of every printed form -> clauses that its text names."""
    reads = _reader(registry)
    return {
        place: tuple(dict.fromkeys(reads.findall(file.read_text(encoding="utf-8"))))
        for place, file in registry.matching("documents/*.typ").items()
        if not file.name.startswith("_")
    }


def narrowest(clause: str, known: Collection[str]) -> str | None:
    """The clause of the list under which one that something names stands; None when there is none."""
    while clause and clause not in known:
        clause = clause.rpartition("/")[0]
    return clause or None


def _reader(registry: Registry) -> re.Pattern[str]:
    """Finds in a text whatever is written like a clause of this region: `N421/11a/direct/4`."""
    acts = sorted({re.escape(each.key.partition("/")[0]) for each in clauses_of(registry)})
    return re.compile(rf"\b(?:{'|'.join(acts) or '(?!)'})(?:/[A-Za-z0-9]+)+")
