"""Decision tables, tried with every value that can make a difference: cases that no rule answers, rules that collide.

A table whose entries compare with constants is decided exactly (services/dmn/coverage.py); any other is left alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import etree

from services.bpmn import local_name
from services.dmn import MULTIPLE, OTHER, Covered, Definitions, TooManyCombinations, telling
from services.feel import FeelRefused, Test, Value, text_of, unary_tests
from services.feel.types import FeelType
from services.processes.doctor import decision_catalogue
from services.processes.doctor.bench import Bench
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet


@dataclass(frozen=True)
class _Examined:
    """As it is drawn: the texts of its entries, a list a rule."""

    owner: etree._Element  #: the decision or knowledge model
    columns: Sequence[etree._Element]
    entries: Sequence[Sequence[str]]
    answers: Sequence[Sequence[str]]
    policy: str
    has_default: bool

    @property
    def answers_always(self) -> bool:
        return self.has_default or any(all(entry in ("", "-") for entry in row) for row in self.entries)


def notes_on_tables(bench: Bench, sheet: Sheet) -> Notes:
    """Every table of the file."""
    if sheet.kind != "dmn" or sheet.root is None:
        return
    types = Definitions(sheet.root)
    for node in sheet.root.iter("{*}decisionTable"):
        owners = (each for each in node.iterancestors() if local_name(each) in ("decision", "businessKnowledgeModel"))
        owner = next(owners, None)
        table = None if owner is None else _read(node, owner)
        if table is not None:
            yield from _table(table, types)


def _read(node: etree._Element, owner: etree._Element) -> _Examined | None:
    """None for one whose rules have too few or too many entries: the engine's own list says so."""
    columns = list(node.iterchildren("{*}input"))
    entries, answers = (
        [[_text(each) for each in rule.iterchildren("{*}" + kind)] for rule in node.iterchildren("{*}rule")]
        for kind in ("inputEntry", "outputEntry")
    )
    if any(len(row) != len(columns) for row in entries):
        return None
    has_default = next(node.iterfind("{*}output/{*}defaultOutputEntry"), None) is not None
    return _Examined(owner, columns, entries, answers, node.get("hitPolicy", "UNIQUE"), has_default)


def _table(table: _Examined, types: Definitions) -> Notes:
    may_miss = not table.answers_always and table.policy not in MULTIPLE
    covered = _covered(table, types)
    try:
        gap = covered.gap() if covered is not None and may_miss else None
    except TooManyCombinations:
        covered = None
    if covered is None:
        if may_miss:
            yield Note(decision_catalogue.NO_DEFAULT_RULE, table.owner)
        return
    if gap is not None:
        yield Note(decision_catalogue.GAP, table.owner, {"values": _said(table, covered, gap)})
    yield from _collisions(table, covered)
    if never := [str(at + 1) for at in range(covered.rules) if not _reached(table, covered, at)]:
        yield Note(decision_catalogue.RULE_NEVER_REACHED, table.owner, {"rules": ", ".join(never)})


def _collisions(table: _Examined, covered: Covered) -> Notes:
    """The first rules that answer together: where UNIQUE allows one, and where ANY wants them to say the same."""
    if table.policy == "UNIQUE":
        rule, pair = decision_catalogue.OVERLAP, next(covered.meeting(), None)
    elif table.policy == "ANY":
        rule = decision_catalogue.DIFFERENT
        pair = next((each for each in covered.meeting() if table.answers[each[0]] != table.answers[each[1]]), None)
    else:
        return
    if pair is not None:
        values, hits = covered.where(*pair)
        numbers = ", ".join(str(each + 1) for each in (hits if table.policy == "UNIQUE" else pair))
        yield Note(rule, table.owner, {"rules": numbers, "values": _said(table, covered, values)})


def _reached(table: _Examined, covered: Covered, rule: int) -> bool:
    """Whether some values lead to the rule; one that asks for what is missing may always be reached."""
    if any("null" in entry for entry in table.entries[rule]):
        return True
    if table.policy != "FIRST":
        return covered.any(rule)
    try:
        return covered.alone(rule) is not None
    except TooManyCombinations:
        return True


def _covered(table: _Examined, types: Definitions) -> Covered | None:
    """The table over the values that tell its entries apart; None where entries do more than compare."""
    columns = []
    for at, node in enumerate(table.columns):
        column = _column(node, [row[at] for row in table.entries], types)
        if column is None:
            return None
        columns.append(column)
    return Covered(columns, len(table.entries))


def _column(node: etree._Element, entries: Sequence[str], types: Definitions) -> list[tuple[Value, int]] | None:
    asked = next(node.iterchildren("{*}inputExpression"), None)
    reference = None if asked is None else asked.get("typeRef")
    try:
        tests = [unary_tests(each) for each in entries]
        allowed = [unary_tests(each) for each in _allowed(node, types.nodes.get(reference or ""))]
    except FeelRefused:
        return None
    type_ = types.asked(reference)
    values = telling([*tests, *allowed])
    if values is None:
        return None
    if not values or (type_ is not None and type_.kind == "boolean"):
        values = (True, False) if type_ is not None and type_.kind == "boolean" else (OTHER,)
    meant = [each for each in values if _is_allowed(each, type_, allowed)]
    return [(each, _fitting(tests, each)) for each in meant or values]


def _allowed(column: etree._Element, definition: etree._Element | None) -> Iterator[str]:
    """The lists of values that a column, or the type that it names, allows."""
    for owner, name in ((column, "inputValues"), (definition, "allowedValues"), (definition, "typeConstraint")):
        given = None if owner is None else next(owner.iterchildren("{*}" + name), None)
        if given is not None and (text := _text(given)):
            yield text


def _is_allowed(value: Value, type_: FeelType | None, allowed: Sequence[Test]) -> bool:
    if type_ is not None and type_.allows is not None and value != OTHER and not type_.allows(value):
        return False
    return all(each.evaluate({}, value).value is True for each in allowed)


def _fitting(tests: Sequence[Test], value: Value) -> int:
    """The rules whose entries fit the value, a bit each; one of the wrong kind fits none."""
    found = 0
    for at, test in enumerate(tests):
        try:
            found |= (test.tree is None or test.evaluate({}, value).value is True) << at
        except FeelRefused:
            continue
    return found


def _said(table: _Examined, covered: Covered, values: Sequence[Value]) -> str:
    """«income = 5, kind = …»: of the columns whose value makes a difference."""
    said = [
        f"{node.get('label') or _asked(node)} = {text_of(value)}"
        for node, ways, value in zip(table.columns, covered.ways, values, strict=True)
        if len(ways) > 1
    ]
    return ", ".join(said)[:300]


def _asked(column: etree._Element) -> str:
    expression = next(column.iterchildren("{*}inputExpression"), None)
    return "" if expression is None else _text(expression)


def _text(node: etree._Element) -> str:
    text = next(node.iterchildren("{*}text"), None)
    return ((text.text if text is not None else node.text) or "").strip()
