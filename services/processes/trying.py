"""Try what a diagram reckons before it is deployed: every condition, mapping and decision of files, over values."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from lxml import etree

from services import bpmn, clock, deadlines, directory, expressions, registry
from services.bpmn import B, C, read_extensions
from services.processes.in_force import check_looks_after

#: of how many expressions of a file the first are reckoned
MOST = 200
Kind = Literal["expression", "condition", "input", "output", "passed_in", "passed_out", "repeats", "decision"]
#: elements whose text is reckoned -> what it is
REPEATS = ("loopCardinality", "completionCondition", "loopCondition")


@dataclass(frozen=True)
class Tried:
    """An expression or a decision, and what it came to over the values."""

    kind: Kind
    element: str  #: id of the flow, task or decision that has it
    name: str  #: of that element, as drawn
    called: str  #: the parameter's or variable's name; empty for a condition
    text: str  #: as written; empty for a decision
    value: object = None
    rules: str | None = None  #: of a decision table, the numbers of the rules that fired
    fault: expressions.ExpressionError | None = None


def evaluate(
    files: Mapping[str, bytes], values: Mapping[str, object], person: directory.Person, *, expression: str = ""
) -> list[Tried]:
    """What each of them comes to now, the expression first; what cannot be reckoned carries the fault.

    Raises NotTheirs, BadDiagram for a file that cannot be read.
    """
    check_looks_after(person)
    plugins = registry.current()
    now = clock.now().astimezone(deadlines.zone(plugins, str(plugins.facts()["control_office"])))
    found = [Tried("expression", "", "", "", expression)] if expression.strip() else []
    read = bpmn.FileSet.of(files)
    for name in read:
        if name.endswith(".bpmn"):
            found += _drawn(read.root(name))
    return [_reckoned(each, values, now) for each in found[:MOST]] + _decided(read, values, now)


def _drawn(root: etree._Element) -> Iterator[Tried]:
    for node in root.iter(f"{B}*"):
        key, name = node.get("id", ""), node.get("name", "")
        condition = node.find(f"{B}conditionExpression") if node.tag == f"{B}sequenceFlow" else None
        if condition is not None and (condition.text or "").strip():
            yield Tried("condition", key, name or _between(root, node), "", (condition.text or "").strip())
        said = read_extensions(node)
        for kind, pairs in (("input", said.inputs), ("output", said.outputs)):
            yield from (Tried(kind, key, name, called, text) for called, text in pairs)  # type: ignore[arg-type]
        for kind, pairs in (("passed_in", said.into), ("passed_out", said.out_of)):
            yield from (Tried(kind, key, name, to, text) for text, to in pairs if text != "*")  # type: ignore[arg-type]
        loop = node.find(f"{B}multiInstanceLoopCharacteristics")
        if loop is not None:
            yield from (Tried("repeats", key, name, "", text) for text in _repeats(loop))


def _between(root: etree._Element, flow: etree._Element) -> str:
    """A flow without a name is called by what it joins."""
    ends = flow.get("sourceRef", ""), flow.get("targetRef", "")
    names = {key: each.get("name") or key for each in root.iter(f"{B}*") if (key := each.get("id")) in ends}
    return " → ".join(str(names.get(end, end)) for end in ends)


def _repeats(loop: etree._Element) -> Iterator[str]:
    collection = loop.get(f"{C}collection", "")
    if "{" in collection:
        yield collection
    for tag in REPEATS:
        text = loop.findtext(f"{B}{tag}", "").strip()
        if text:
            yield text


def _reckoned(each: Tried, values: Mapping[str, object], now: datetime) -> Tried:
    try:
        return replace(each, value=expressions.reckon(each.text, values, now))
    except expressions.ExpressionError as fault:
        return replace(each, fault=fault)


def _decided(files: bpmn.FileSet, values: Mapping[str, object], now: datetime) -> list[Tried]:
    found = []
    for key, decision in files.decisions.items():
        tried = Tried("decision", key, decision.name, "", "")
        try:
            said = bpmn.decide_over(files.decisions, key, values, now)
            own = [table for table in said.tables if table.decision == key]
            rules = ", ".join(str(rule.number) for table in own for rule in table.rules) if own else None
            found.append(replace(tried, value=said.outputs, rules=rules))
        except expressions.ExpressionError as fault:
            found.append(replace(tried, fault=fault))
    return found
