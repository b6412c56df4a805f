"""Decision tables, tried with every value that can make a difference: cases that no rule answers, rules that collide.

A table whose entries are plain values and comparisons is decided exactly; any other is left alone.
"""

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import product

from lxml import etree

from services.dmn.tables import MULTIPLE
from services.engine import ExpressionError
from services.engine.expressions import Test, compile_test
from services.engine.xml import local_name
from services.processes.doctor import rules
from services.processes.doctor.bench import Bench, decisions_of
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet

#: values tried in one table
MOST_TRIED = 20_000
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_TEXT = re.compile(r"\"((?:\\.|[^\"\\])*)\"")
#: an entry of plain values: numbers, texts, truth values, comparisons, ranges
_PLAIN = re.compile(
    r"(?:not\s*+\(|\s|,|\.\.|[<>=\[\]()-]|\"(?:\\.|[^\"\\])*+\"|\d++(?:\.\d++)?|\b(?:true|false|null)\b)*+"
)
OTHER = "…"
_NULL = re.compile(r"\bnull\b")


def check_tables(bench: Bench, sheet: Sheet) -> Notes:
    """Every table of the file."""
    for decision in decisions_of(sheet):
        table = next((each for each in decision if _is(each, "decisionTable")), None)
        if table is not None:
            yield from _table(decision, table)


def _table(decision: etree._Element, table: etree._Element) -> Notes:
    columns = [each for each in table if _is(each, "input")]
    entries = [[_text(each) for each in rule if _is(each, "inputEntry")] for rule in table if _is(rule, "rule")]
    if any(len(row) != len(columns) for row in entries):
        return  # the engine's own list says so
    policy = table.get("hitPolicy", "UNIQUE")
    answered_always = any(all(entry in ("", "-") for entry in row) for row in entries) or any(
        _is(each, "defaultOutputEntry") for output in table if _is(output, "output") for each in output
    )
    kinds = [_kind(column) for column in columns]
    tried = _tried(kinds, entries)
    if tried is None:
        if not answered_always and policy not in MULTIPLE:
            yield Note(rules.NO_DEFAULT_RULE, decision)
        return
    tests = [[compile_test(entry) for entry in row] for row in entries]
    gap = clash = None
    reached: set[int] = set()
    for values in product(*tried):
        hits = _hits(tests, values)
        reached.update(hits[:1] if policy == "FIRST" else hits)
        if not hits and gap is None:
            gap = values
        if len(hits) > 1 and clash is None:
            clash = hits, values
    names = [column.get("label") or _expression(column) for column in columns]
    if gap is not None and not answered_always and policy not in MULTIPLE:
        yield Note(rules.GAP, decision, {"values": _said(names, gap)})
    if clash is not None and policy == "UNIQUE":
        numbers = ", ".join(str(number) for number in clash[0])
        yield Note(rules.OVERLAP, decision, {"rules": numbers, "values": _said(names, clash[1])})
    never = [number for number, row in enumerate(entries, start=1)
             if number not in reached and not any(_NULL.search(_TEXT.sub("", entry)) for entry in row)]  # fmt: skip
    if never:
        yield Note(rules.RULE_NEVER_REACHED, decision, {"rules": ", ".join(map(str, never))})


def _hits(tests: Sequence[Sequence[Test]], values: Sequence[object]) -> list[int]:
    """Numbers of the rules that fit; a value of the wrong kind fits none."""
    found = []
    for number, row in enumerate(tests, start=1):
        try:
            if all(test({}, value) for test, value in zip(row, values, strict=True)):
                found.append(number)
        except ExpressionError:
            continue
    return found


def _tried(kinds: Sequence[str], entries: Sequence[Sequence[str]]) -> list[list[object]] | None:
    """For every column the values that tell its entries apart; None when the table cannot be decided so."""
    tried = []
    total = max(1, len(entries))
    for number, kind in enumerate(kinds):
        column = [row[number] for row in entries]
        if not all(len(entry) < 500 and _PLAIN.fullmatch(entry) for entry in column):
            return None
        values = list(_values(kind, column))
        total *= len(values)
        if total > MOST_TRIED:
            return None
        tried.append(values)
    return tried


def _values(kind: str, column: Sequence[str]) -> Iterator[object]:
    texts = sorted({each for entry in column for each in _TEXT.findall(entry)})
    numbers = sorted({Decimal(n) for entry in column for n in _NUMBER.findall(_TEXT.sub("", entry))})
    if kind == "boolean" or any(re.search(r"\b(true|false)\b", _TEXT.sub("", entry)) for entry in column):
        yield from (True, False)
    elif texts:
        yield from texts
        yield OTHER
    elif numbers:
        yield numbers[0] - 1
        for number, following in zip(numbers, [*numbers[1:], numbers[-1] + 2], strict=True):
            yield number
            yield (number + following) / 2
    else:
        yield OTHER if kind == "string" else Decimal(0)


def _said(names: Sequence[str], values: Sequence[object]) -> str:
    shown = {True: "true", False: "false"}
    told = [str(shown.get(each, each)) if isinstance(each, bool) else str(each) for each in values]
    return ", ".join(f"{name} = {value}" for name, value in zip(names, told, strict=True))[:300]


def _kind(column: etree._Element) -> str:
    expression = next((each for each in column if _is(each, "inputExpression")), None)
    return "" if expression is None else expression.get("typeRef") or ""


def _expression(column: etree._Element) -> str:
    expression = next((each for each in column if _is(each, "inputExpression")), None)
    return "" if expression is None else _text(expression)


def _is(node: etree._Element, name: str) -> bool:
    return isinstance(node.tag, str) and local_name(node) == name


def _text(node: etree._Element) -> str:
    text = next((each for each in node if _is(each, "text")), None)
    return ((text.text if text is not None else node.text) or "").strip()
