"""Differences of decision tables, row by row."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from lxml import etree

from services.bpmn import FileSet, local_name
from services.processes.changes import sentences
from services.processes.changes.sentences import Change, Detail, NameDrawn, RowDrawn

#: what of an element of DMN has no sentence of its own
_ATTRIBUTES = ("label", "typeRef", "href", "expressionLanguage", "kind")
#: columns and rows of a decision table, whose settings are theirs; and what sentences tell of a row
_PARTS, _TOLD = ("input", "output", "rule"), ("inputEntry", "outputEntry")


class _Setting(NamedTuple):
    """Something else that stands in a decision, in the file's words."""

    owner: str  #: id of the column, row or decision that it belongs to
    label: str  #: what people call that; empty for the decision itself
    name: str
    value: str


@dataclass(frozen=True)
class _Column:
    id: str
    name: NameDrawn
    reads: str  #: expression of a condition, name of an answer


@dataclass(frozen=True)
class _RowsOfTable:
    context: str
    id: str
    name: NameDrawn
    policy: str
    expression: str
    conditions: Sequence[_Column]
    answers: Sequence[_Column]
    rows: Mapping[str, tuple[str, ...]]  #: id -> its entries
    settings: Sequence[_Setting]  #: whatever else stands there

    @property
    def parts(self) -> set[str]:
        """Ids of all that may have settings."""
        return {self.id, *(each.id for each in (*self.conditions, *self.answers)), *self.rows}

    def change(self, kind: sentences.Kind, element: str, text: str, **details: Detail) -> Change:
        return Change(kind, self.context, element, text, {"name": self.name, **details})

    def row(self, entries: Sequence[str]) -> RowDrawn:
        """The row as it is said: conditions that hold for anything are left out."""
        names = [each.name for each in (*self.conditions, *self.answers)]
        pairs = list(zip(names, entries, strict=False))
        count = len(self.conditions)
        asked = tuple((name, text) for name, text in pairs[:count] if text not in ("", "-"))
        return RowDrawn(asked, tuple(pairs[count:]))


def changed_decisions(before: FileSet, after: FileSet) -> Iterator[Change]:
    """Of every decision and knowledge model in `after`, and those that are gone from its files."""
    former, now = _tables(before), _tables(after)
    for key, table in now.items():
        known = former.get(key)
        if known is None:
            yield Change("added", table.context, key, sentences.DECISION_NEW, {"name": table.name})
        else:
            yield from _table(known, table)
    files = {table.context for table in now.values()}
    for key in [key for key in former if key not in now and former[key].context in files]:
        yield former[key].change("removed", key, sentences.DECISION_REMOVED)


def names_of_answers(files: Mapping[str, bytes]) -> dict[str, dict[str, str]]:
    """Decision -> its output by name -> what people read there, as drawn. Raises BadDiagram."""
    return {
        key: {each.reads: each.name.text for each in table.answers} for key, table in _tables(FileSet.of(files)).items()
    }


def _table(old: _RowsOfTable, new: _RowsOfTable) -> Iterator[Change]:
    if old.name.text != new.name.text:
        yield new.change("changed", new.id, sentences.RENAMED, before=old.name)
    if old.policy != new.policy:
        yield new.change("changed", new.id, sentences.POLICY, before=old.policy, after=new.policy)
    if old.expression != new.expression:
        yield new.change("changed", new.id, sentences.EXPRESSION, before=old.expression, after=new.expression)
    before, after = _apart(old, new), _apart(new, old)
    if before != after:
        yield new.change("changed", new.id, sentences.SETTINGS, before=before, after=after)
    was = {each.id: each for each in (*old.conditions, *old.answers)}
    now = {each.id: each for each in (*new.conditions, *new.answers)}
    for key in [key for key in now if key not in was]:
        yield new.change("added", key, sentences.COLUMN_ADDED, after=now[key].name)
    for key in [key for key in was if key not in now]:
        yield new.change("removed", key, sentences.COLUMN_REMOVED, before=was[key].name)
    for key in [key for key in now if key in was and now[key].reads != was[key].reads]:
        reads = {"before": was[key].reads, "after": now[key].reads}
        yield new.change("changed", key, sentences.COLUMN_READS, column=now[key].name, **reads)
    yield from _rows(old, new)


def _apart(table: _RowsOfTable, other: _RowsOfTable) -> str:
    """What stands in one and not in the other; what is new or gone as a whole says so itself."""
    known = {(each.owner, each.name, each.value) for each in other.settings}
    apart = (each for each in table.settings if (each.owner, each.name, each.value) not in known)
    return sentences.listed(
        [(f"{each.label} {each.name}".strip(), each.value) for each in apart if each.owner in other.parts]
    )


def _rows(old: _RowsOfTable, new: _RowsOfTable) -> Iterator[Change]:
    same = set(old.rows.values()) & set(new.rows.values())
    for number, (key, entries) in enumerate(new.rows.items(), start=1):
        former = old.rows.get(key)
        if former is None and entries not in same:
            yield new.change("added", key, sentences.ROW_ADDED, after=new.row(entries))
        elif former is not None and former != entries:
            yield from _row(old, new, key, number)
    for key, entries in old.rows.items():
        if key not in new.rows and entries not in same:
            yield new.change("removed", key, sentences.ROW_REMOVED, before=old.row(entries))
    if [key for key in new.rows if key in old.rows] != [key for key in old.rows if key in new.rows]:
        yield new.change("changed", new.id, sentences.ROWS_MOVED)


def _row(old: _RowsOfTable, new: _RowsOfTable, key: str, number: int) -> Iterator[Change]:
    """Cell by cell, where the columns are the same; else the whole row."""
    columns, was, now = [*new.conditions, *new.answers], old.rows[key], new.rows[key]
    if [each.id for each in columns] != [each.id for each in (*old.conditions, *old.answers)]:
        rows = {"before": old.row(was), "after": new.row(now)}
        yield new.change("changed", key, sentences.ROW_CHANGED, number=str(number), **rows)
        return
    for column, before, after in zip(columns, was, now, strict=False):
        if before != after:
            cell = {"before": before or sentences.ANYTHING, "after": after or sentences.ANYTHING}
            yield new.change("changed", key, sentences.CELL_CHANGED, number=str(number), column=column.name, **cell)


def _tables(files: FileSet) -> dict[str, _RowsOfTable]:
    found: dict[str, _RowsOfTable] = {}
    for name in files:
        if name.endswith(".dmn"):
            nodes = [each for each in files.root(name) if _named(each, "decision", "businessKnowledgeModel")]
            context = f"dmn:{nodes[0].get('id', '')}" if nodes else "dmn:"
            found |= {node.get("id", ""): _read(context, node) for node in nodes}
    return found


def _read(context: str, node: etree._Element) -> _RowsOfTable:
    table = next((each for each in node if _named(each, "decisionTable")), None)
    literal = next((_text(each) for each in node if _named(each, "literalExpression")), "")
    parts = [] if table is None else list(table)
    conditions = [_column(context, each, _read_by(each)) for each in parts if _named(each, "input")]
    answers = [_column(context, each, each.get("name", "")) for each in parts if _named(each, "output")]
    rows = {
        each.get("id", str(at)): tuple(_text(entry) for entry in each if _named(entry, "inputEntry", "outputEntry"))
        for at, each in enumerate(each for each in parts if _named(each, "rule"))
    }
    policy = "" if table is None else f"{table.get('hitPolicy', 'UNIQUE')} {table.get('aggregation', '')}".strip()
    name = NameDrawn(context, node.get("name") or node.get("id") or "")
    key = node.get("id", "")
    settings = list(_settings(node, key))
    return _RowsOfTable(context, key, name, policy, literal, conditions, answers, rows, settings)


def _settings(node: etree._Element, owner: str, label: str = "", *, boxed: bool = False) -> Iterator[_Setting]:
    """Types, lists of values, requirements, reasons of rows, boxed expressions: all that has no sentence of its own.

    `boxed`: inside of what no other sentence tells anything.
    """
    rules = 0
    for each in (each for each in node if isinstance(each.tag, str)):
        kind, its, called = local_name(each), owner, label
        if kind == "extensionElements" or (kind in _TOLD and not boxed):
            continue
        if kind in _PARTS and not boxed:
            rules += kind == "rule"
            its, called = each.get("id", ""), each.get("label") or each.get("name") or f"{kind} {rules or ''}".strip()
        yield from (_Setting(its, called, name, value) for name in _ATTRIBUTES if (value := each.get(name)))
        text = " ".join((each.text or "").split()) if kind == "description" else _text(each)
        told = kind == "inputExpression" or (kind == "literalExpression" and _named(node, "decision"))
        if text and (boxed or not told):
            yield _Setting(its, called, kind, text)
        yield from _settings(each, its, called, boxed=boxed or kind not in ("decisionTable", *_PARTS))


def _column(context: str, node: etree._Element, reads: str) -> _Column:
    shown = node.get("label") or node.get("name") or reads or node.get("id") or ""
    return _Column(node.get("id", ""), NameDrawn(context, shown), reads)


def _read_by(node: etree._Element) -> str:
    return next((_text(each) for each in node if _named(each, "inputExpression")), "")


def _text(node: etree._Element) -> str:
    return next((" ".join((each.text or "").split()) for each in node if _named(each, "text")), "")


def _named(node: etree._Element, *names: str) -> bool:
    return isinstance(node.tag, str) and local_name(node) in names
