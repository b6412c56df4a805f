"""Decision tables as Camunda Modeler saves them: FEEL entries, hit policies, several decisions in a file."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lxml import etree

from services.engine.errors import BadDiagram, ExpressionError, Problem
from services.engine.expressions import Closure, Test, compile_expression, compile_test
from services.engine.rules import (
    BAD_EXPRESSION,
    DECISION_EMPTY,
    DECISION_REQUIRES,
    ENTRIES_MISSING,
    HIT_POLICY,
    NO_INPUT,
    NO_OUTPUT_NAME,
    Rule,
)
from services.engine.xml import local_name

HIT_POLICIES = frozenset({"UNIQUE", "FIRST", "ANY", "COLLECT", "RULE ORDER"})


class _Bad(Exception):
    """A rule that a decision breaks, and where."""

    def __init__(self, node: etree._Element, rule: Rule, **details: object) -> None:
        self.node, self.rule, self.details = node, rule, details


@dataclass(frozen=True)
class _Rule:
    number: int
    tests: tuple[Test, ...]
    outputs: tuple[Closure | None, ...]


@dataclass(frozen=True)
class Decision:
    """A decision table, or a single expression."""

    id: str
    name: str
    policy: str
    inputs: tuple[Closure, ...]
    outputs: tuple[str, ...]
    rules: tuple[_Rule, ...]
    literal: Closure | None = None

    def decide(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Output name -> value; a list of values for COLLECT and RULE ORDER; empty when no rule fits.

        Raises ExpressionError when UNIQUE or ANY is violated, or an entry does not work with these values.
        """
        if self.literal is not None:
            return {self.outputs[0]: self.literal(data)}
        values = [read(data) for read in self.inputs]
        hits = [rule for rule in self.rules if self._fits(rule, data, values)]
        if self.policy in ("COLLECT", "RULE ORDER"):
            answers = [self._answer(rule, data) for rule in hits]
            return {name: [answer[name] for answer in answers] for name in self.outputs} if hits else {}
        if self.policy == "UNIQUE" and len(hits) > 1:
            raise ExpressionError(self.name, f"the rules {[rule.number for rule in hits]} all fit; UNIQUE allows one")
        answers = [self._answer(rule, data) for rule in (hits if self.policy == "ANY" else hits[:1])]
        if any(answer != answers[0] for answer in answers):
            raise ExpressionError(self.name, f"the rules {[rule.number for rule in hits]} differ; ANY wants one answer")
        return answers[0] if answers else {}

    @staticmethod
    def _fits(rule: _Rule, data: Mapping[str, Any], values: list[Any]) -> bool:
        return all(test(data, value) for test, value in zip(rule.tests, values, strict=True))

    def _answer(self, rule: _Rule, data: Mapping[str, Any]) -> dict[str, Any]:
        found = zip(self.outputs, rule.outputs, strict=True)
        return {name: None if closure is None else closure(data) for name, closure in found}


def read_decisions(resource: str, root: etree._Element) -> dict[str, Decision]:
    """Every decision of the file, by id. Raises BadDiagram with all that is wrong."""
    decisions, problems = {}, []
    for node in root:
        if not isinstance(node.tag, str) or local_name(node) != "decision":
            continue
        try:
            decisions[node.get("id", "")] = _decision(node)
        except _Bad as bad:
            line = bad.node.sourceline if isinstance(bad.node.sourceline, int) else None
            key = node.get("id", "")
            problems.append(Problem(resource, key, node.get("name", ""), line, bad.rule, bad.details))
    if problems:
        raise BadDiagram(problems)
    return decisions


def _decision(node: etree._Element) -> Decision:
    if _child(node, "informationRequirement") is not None:
        raise _Bad(node, DECISION_REQUIRES)
    key, name = node.get("id", ""), node.get("name", "") or node.get("id", "")
    literal = _child(node, "literalExpression")
    if literal is not None:
        variable = _child(node, "variable")
        output = variable.get("name", key) if variable is not None else key
        return Decision(key, name, "FIRST", (), (output,), (), _compiled(literal, _text(literal)))
    table = _child(node, "decisionTable")
    if table is None:
        raise _Bad(node, DECISION_EMPTY)
    policy = table.get("hitPolicy", "UNIQUE")
    if policy not in HIT_POLICIES or table.get("aggregation"):
        raise _Bad(table, HIT_POLICY, policy=f"{policy} {table.get('aggregation', '')}".strip())
    inputs = tuple(_input(each) for each in _children(table, "input"))
    outputs = tuple(each.get("name") or each.get("label") or "" for each in _children(table, "output"))
    if not outputs or not all(outputs):
        raise _Bad(table, NO_OUTPUT_NAME)
    rules = tuple(_rule(number, each) for number, each in enumerate(_children(table, "rule"), start=1))
    for rule in rules:
        if len(rule.tests) != len(inputs) or len(rule.outputs) != len(outputs):
            raise _Bad(table, ENTRIES_MISSING, number=rule.number)
    return Decision(key, name, policy, inputs, outputs, rules)


def _input(node: etree._Element) -> Closure:
    expression = _child(node, "inputExpression")
    text = _text(expression) if expression is not None else ""
    if not text:
        raise _Bad(node, NO_INPUT, column=node.get("label") or node.get("id"))
    return _compiled(node, "=" + text)


def _rule(number: int, node: etree._Element) -> _Rule:
    tests = tuple(_tested(each) for each in _children(node, "inputEntry"))
    entries = [(each, _text(each)) for each in _children(node, "outputEntry")]
    return _Rule(number, tests, tuple(_compiled(each, "=" + text) if text else None for each, text in entries))


def _compiled(node: etree._Element, text: str) -> Closure:
    try:
        return compile_expression(text)
    except ExpressionError as error:
        raise _Bad(node, BAD_EXPRESSION, expression=error.expression, reason=error.reason) from None


def _tested(node: etree._Element) -> Test:
    try:
        return compile_test(_text(node))
    except ExpressionError as error:
        raise _Bad(node, BAD_EXPRESSION, expression=error.expression, reason=error.reason) from None


def _children(node: etree._Element, name: str) -> list[etree._Element]:
    return [each for each in node if isinstance(each.tag, str) and local_name(each) == name]


def _child(node: etree._Element, name: str) -> etree._Element | None:
    return next(iter(_children(node, name)), None)


def _text(node: etree._Element) -> str:
    text = _child(node, "text")
    return ((text.text if text is not None else node.text) or "").strip()
