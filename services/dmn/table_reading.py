"""Decision tables, from XML to closures (DMN 1.5, chapter 8)."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from lxml import etree

from services.dmn.elements import child, children, text_of
from services.dmn.requirements import Logic, Output, RuleFired
from services.dmn.tables import AGGREGATIONS, POLICIES, DecisionTable, TableColumn, TableRow, agreed
from services.dmn.texts import Texts, Wrong
from services.feel import nodes
from services.feel.run import FeelScope
from services.feel.values import Value


def read_table(texts: Texts, node: etree._Element) -> DecisionTable:
    """A decision table. Raises Wrong."""
    policy, aggregation = node.get("hitPolicy", "UNIQUE"), node.get("aggregation")
    if policy not in POLICIES or (aggregation and (policy != "COLLECT" or aggregation not in AGGREGATIONS)):
        raise Wrong(node, "policy", policy=f"{policy} {aggregation or ''}".strip())
    columns = tuple(_column(texts, each) for each in children(node, "input"))
    found = children(node, "output")
    outputs = tuple(_output(texts, node, each, len(found)) for each in found)
    if not outputs:
        raise Wrong(node, "output")
    texts.check_names(node, [each.name for each in outputs])
    rows = tuple(_row(texts, number, each) for number, each in enumerate(children(node, "rule"), start=1))
    for row in rows:
        if len(row.entries) != len(columns) or len(row.outputs) != len(outputs):
            raise Wrong(node, "incomplete", number=row.rule.number)
    if not texts.lenient:
        asked = [frozenset[str]().union(*(row.entries[at].kinds for row in rows)) for at in range(len(columns))]
        told = [frozenset[str]().union(*(row.kinds[at] for row in rows)) for at in range(len(outputs))]
        agree = partial(agreed, by_day=texts.manner.former)
        columns = tuple(replace(each, type=agree(each.type, of)) for each, of in zip(columns, asked, strict=True))
        outputs = tuple(replace(each, type=agree(each.type, of)) for each, of in zip(outputs, told, strict=True))
    defaults = tuple(texts.optional(child(each, "defaultOutputEntry")) for each in found)
    order = tuple(_ranks(texts, child(each, "outputValues")) for each in found)
    if not any(order) and policy in ("PRIORITY", "OUTPUT ORDER"):
        order = tuple(_ranks_of(texts, each) for each in found)
        if not any(order) and texts.manner.refuses:
            raise Wrong(node, "order", policy=policy)
    held = texts.manner.defaults_are_held
    return DecisionTable(texts.owner, texts.title, policy, aggregation, columns, outputs, rows, defaults, order, held)


def _output(texts: Texts, table: etree._Element, node: etree._Element, count: int) -> Output:
    name = (node.get("name") or (node.get("label") if not texts.lenient else "") or "").strip()
    if not name and count > 1:
        raise Wrong(table, "output")
    name = name or ("" if texts.lenient else texts.owner)
    return Output(name, texts.types.asked(node.get("typeRef")), _listed(texts, child(node, "outputValues")))


def _listed(texts: Texts, node: etree._Element | None) -> Callable[[FeelScope, Value], bool | None] | None:
    """Whether a value is among those that a column lists; None where it lists none."""
    return texts.cell(node).test if node is not None and text_of(node) else None


def _column(texts: Texts, node: etree._Element) -> TableColumn:
    given = child(node, "inputExpression")
    text = text_of(given) if given is not None else ""
    if given is None or not text:
        raise Wrong(node, "input", column=node.get("label") or node.get("id"))
    allows = _listed(texts, child(node, "inputValues"))
    named = [node.get(key) for key in node.keys() if str(key).endswith("}inputVariable")]  # noqa: SIM118
    names = [str(each) for each in named if each] or ([] if texts.lenient else ["cellInput"])
    label = node.get("label") or text
    return TableColumn(label, texts.text(given, text), texts.types.asked(given.get("typeRef")), allows, tuple(names))


def _row(texts: Texts, number: int, node: etree._Element) -> TableRow:
    entries = tuple(texts.cell(each) for each in children(node, "inputEntry"))
    outputs = children(node, "outputEntry")
    said = child(node, "description")
    notes = [text_of(each) for each in children(node, "annotationEntry")]
    says = text_of(said) if said is not None else "; ".join(note for note in notes if note)
    written = tuple(text_of(each) for each in outputs)
    logic = tuple(map(texts.optional, outputs))
    tests = tuple("" if each.text == "-" else each.text for each in entries)
    kinds = tuple(map(texts.kinds, written))
    return TableRow(RuleFired(number, node.get("id", ""), says, tests), entries, logic, written, kinds)


def _ranks(texts: Texts, node: etree._Element | None) -> Logic | None:
    """The values of a list, the first highest."""
    text = text_of(node) if node is not None else ""
    if node is None or not text:
        return None
    ranks = texts.lenient or texts.manner.former
    if not ranks and any(isinstance(each, nodes.RangeOf) for each in texts.parts(f"[{text}]")):
        return None  # a range has no order of its own
    return texts.text(node, f"[{text}]")


def _ranks_of(texts: Texts, output: etree._Element) -> Logic | None:
    """The ranks of the output's type, when the column lists none."""
    name = output.get("typeRef") or ""
    definition = texts.types.nodes.get(name)
    return None if definition is None else _ranks(texts, child(definition, "allowedValues"))
