"""What the docs name of a region is what its tables have and what code reads: no key and no column for nothing."""

import ast
import csv
import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import get_args

import pytest

from services.config import ROOT
from services.deadlines.region import MARKS
from services.deadlines.terms import Kind
from services.soundness import columns

#: every region of the tree, and what each edition of its act says otherwise
REGIONS = [
    folder
    for facts in sorted((ROOT / "plugins").glob("*/region.toml"))
    for folder in (facts.parent, *sorted((facts.parent / "editions").glob("*")))
]
DOCS = (ROOT / "docs/plugin-authors.md").read_text(encoding="utf-8").partition("## A region")[2].partition("\n## ")[0]
#: rows of these names in code are rows of a region's tables, or of the database beside them
ROWS = ("row", "office", "limit", "role", "step", "before")
#: of the database, imported calendars and lists, of what a designer drew
OTHERS = {
    "for_id", "for_name", "id", "office_key", "on", "order_number", "staff_id", "title", "week", "zone", "date",
    "decree", "full_name", "language", "login", "request",
}  # fmt: skip
#: what asks for a parameter by its key
ASKS = {"parameter", "whole_number", "years_after", "months_after", "months_before", "minutes_after"}
#: says only on which rules a parameter bears
EXPLAINS = "unsettled.py"


@cache
def code() -> list[tuple[str, ast.AST]]:
    """Whatever of the code can say a name of a region: name of the file, and what stands there."""
    said = (ast.Call, ast.JoinedStr, ast.Subscript, ast.Tuple, ast.Constant)
    return [
        (file.name, node)
        for place in ("services", "webapp", "plugins")
        for file in sorted((ROOT / place).rglob("*.py"))
        if "migrations" not in file.parts
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, said)
    ]


def text_of(node: ast.AST | None) -> str:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def begun(node: ast.JoinedStr) -> str:
    return text_of(node.values[0])


def asked_by_name() -> Iterator[tuple[str, str]]:
    """(variable, key) of `row["key"]` and `row.get("key")`."""
    for _, node in code():
        if isinstance(node, ast.Subscript) and (key := text_of(node.slice)):
            yield node.value.id if isinstance(node.value, ast.Name) else "", key
        called = node.func if isinstance(node, ast.Call) and node.args else None
        if isinstance(node, ast.Call) and isinstance(called, ast.Attribute) and called.attr == "get":
            yield called.value.id if isinstance(called.value, ast.Name) else "", text_of(node.args[0])


#: what asks for roles by a column that says yes
ROLES = {"roles_that", "role_that", "_holds"}


@cache
def read() -> set[str]:
    """Columns that are asked for by their names, or that stand in tuples of those that are taken over together."""
    roles = {
        text_of(each)
        for _, node in code()
        if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in ROLES
        for each in node.args
    }
    together = {text_of(each) for _, node in code() if isinstance(node, ast.Tuple) for each in node.elts}
    return {key for _, key in asked_by_name()} - {""} | roles | together


@cache
def begins() -> set[str]:
    """The beginnings of names that end in a language: `f"title_{language}"`."""
    return {begun(node) for _, node in code() if isinstance(node, ast.JoinedStr) and begun(node).endswith("_")}


FORMS = "\n".join(
    file.read_text(encoding="utf-8")
    for folder in (ROOT, *REGIONS)
    for file in sorted((folder / "documents").glob("*.typ"))
)


def is_read(column: str) -> bool:
    if column in ("kk", "ru", "en"):
        return True  # each[language()]
    kind, _, language = column.rpartition("_")
    return column in read() or (language in ("kk", "ru", "en") and f"{kind}_" in begins())


def documented(file: str) -> list[str]:
    line = next(line for line in DOCS.splitlines() if line.startswith(f"| `{file}`"))
    words = re.sub(r"\([^)]*\)", "", line.split("|")[3])
    return re.findall(r"`([a-z_.]+)`", words)


def rows(file: str) -> Iterator[Mapping[str, str]]:
    """Of that table of every region."""
    for folder in REGIONS:
        if (folder / file).is_file():
            with (folder / file).open(encoding="utf-8", newline="") as stream:
                yield from csv.DictReader(stream)


def headings(file: str) -> set[str]:
    """Those of any region, but for the readers' own, and those that a region may add."""
    known = columns.TABLES.get(file.removesuffix(".csv"))
    there = {heading.rstrip("*") for row in rows(file) for heading in row if not heading.startswith("_")}
    return there | ({*known.needed, *known.more} if known else set())


TABLES = sorted({f"{name}.csv" for name in columns.TABLES} | {f.name for each in REGIONS for f in each.glob("*.csv")})


@pytest.mark.parametrize("file", TABLES)
def test_the_docs_name_every_column_of_a_table_and_code_reads_it(file: str) -> None:
    there = headings(file)
    assert set(documented(file)) == there
    assert {each for each in there if not is_read(each)} == set()


def test_code_reads_no_column_that_the_docs_do_not_name() -> None:
    named = {column for file in TABLES for column in documented(file)}
    assert {key.rstrip("*") for variable, key in asked_by_name() if variable in ROWS} - named - OTHERS - {""} == set()


def test_the_docs_name_every_parameter_and_code_asks_for_each_and_for_no_other() -> None:
    there = {row["key*"] for row in rows("parameters.csv")}
    lines = [line for line in DOCS.partition("| parameter |")[2].splitlines() if line.startswith("| `")]
    assert {key for line in lines for key in re.findall(r"`([a-z_]+)`", line.split("|")[1])} == there
    said = {text_of(node) for name, node in code() if name != EXPLAINS}
    asked = said | {key for key in there for prefix in begins() if prefix.startswith(("escalation_", "intake_staff_"))
                    and key.startswith(prefix)}  # fmt: skip
    assert there - asked == set()
    for _, node in code():
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            wanted = {text_of(each) for each in node.args} - {""} if name in ASKS else set()
            assert wanted <= there, wanted


def keys(facts: Mapping[str, object], before: str = "") -> Iterator[str]:
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from keys(value, f"{before}{name}.")
        elif isinstance(value, list) and all(isinstance(each, Mapping) for each in value):
            for each in value:
                yield from keys(each, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def facts_of(folder: Path) -> set[str]:
    facts = tomllib.loads((folder / "region.toml").read_text(encoding="utf-8"))
    named = {part: facts.pop(part, {}) for part in ("routes", "kinds")}
    return {*keys(facts), *(f"{part}.{name}" for part, each in named.items() for own in each.values() for name in own)}


def test_the_docs_name_every_fact_of_a_region_and_code_reads_it() -> None:
    there = {key for folder in REGIONS if (folder / "region.toml").is_file() for key in facts_of(folder)} - {
        "continues"
    }
    assert set(documented("region.toml")) == there
    unread = {
        key
        for key in there
        if not is_read(key.rpartition(".")[2]) and not re.search(rf"region\.{re.escape(key)}\b", FORMS)
    }
    assert unread == set()
    said = set(re.findall(r"region\.([a-z_.]+[a-z])\b(?!\()", FORMS)) - {"act.number"}
    assert {key for key in said if key not in there and not any(each.startswith(f"{key}.") for each in there)} == set()


def test_the_docs_name_every_kind_of_thing_that_a_column_may_say() -> None:
    kinds = {*MARKS, *columns.PARTS, *columns.TOLD, *columns.TOLD_EVENTS, *columns.PUBLIC_PARTS, *columns.LANDINGS}
    kinds |= {row["kind"] for row in rows("offices.csv")} | {row["place_kind"] for row in rows("offices.csv")} - {""}
    kinds |= {f"R-{kind}" for kind in get_args(Kind)}
    named = {each.partition("(")[0] for each in re.findall(r"`([^`\s]+)`", DOCS)}
    assert kinds - named == set()
