"""Decisions as Camunda Modeler saves them: services/dmn behind the engine's door, over the variables of a case.

Variables are seen everywhere in a diagram, drawn as input data or not, and a required decision by its name, its id and
the names of its outputs, as Camunda 7 does. What a column's typeRef says is made of what variables hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import DecimalException
from typing import Any

from lxml import etree

from services.bpmn.decided import DecisionMade, Fired, FiredRule
from services.bpmn.decision_rules import (
    DECISION_CIRCLE,
    DECISION_EMPTY,
    ENTRIES_MISSING,
    HIT_POLICY,
    IMPORT_MISSING,
    LANGUAGE,
    NAME_TWICE,
    NO_INPUT,
    NO_ORDER,
    NO_OUTPUT_NAME,
    REQUIREMENT_MISSING,
)
from services.bpmn.errors import BadDiagram, Problem, UnknownDecision
from services.bpmn.readings import DEFAULTS_ARE_HELD, LITERALS_HAVE_TYPES, READING, TABLES_AS_MODELER_MEANS
from services.bpmn.rules import BAD_EXPRESSION, Rule
from services.dmn import (
    DAY_OR_MOMENT,
    FORMER,
    IN_FORCE,
    STRICT,
    DmnFault,
    DmnReader,
    Knowledge,
    Model,
    Required,
    decide,
)
from services.dmn import Decision as Drawn
from services.dmn import FiredTable as FiredTable
from services.expressions import (
    HOST,
    LIMITS,
    ExpressionError,
    World,
    clock,
    in_world,
    juel_of,
    no_due,
    number,
    plain,
    read_moment,
    words,
)
from services.feel import FeelRefused, Remark, Value, text_of
from services.feel.expressions import lifted
from services.feel.times import Date, DateTime, DaysTime, Time, YearsMonths
from services.feel.types import FeelType, Unfit, coerced

_RULES: Mapping[str, Rule] = {
    "requirement": REQUIREMENT_MISSING, "empty": DECISION_EMPTY, "incomplete": ENTRIES_MISSING, "policy": HIT_POLICY,
    "output": NO_OUTPUT_NAME, "input": NO_INPUT, "language": LANGUAGE, "expression": BAD_EXPRESSION,
    "circle": DECISION_CIRCLE, "import": IMPORT_MISSING, "twice": NAME_TWICE, "order": NO_ORDER,
}  # fmt: skip


@dataclass(frozen=True)
class CompiledDecision:
    """A decision of the files, with all that it requires."""

    id: str
    name: str
    drawn: Drawn = field(repr=False)
    model: Model = field(repr=False)
    reads: frozenset[str]  #: the variables that it, and what it requires, may read
    file: str  #: in which it is drawn

    @property
    def outputs(self) -> tuple[str, ...]:
        """What it gives, by name."""
        return tuple(each.name for each in self.drawn.outputs) or (self.drawn.name,)

    @property
    def lists(self) -> bool:
        """Whether several rules may answer."""
        return self.drawn.lists

    def decide(self, data: Mapping[str, Any]) -> DecisionMade:
        """Output name -> value, a list of values where several rules may answer, nothing when no rule fits; and why.

        Raises ExpressionError when UNIQUE or ANY is violated, or something does not work with these values.
        """
        try:
            given = lifted(data, self.reads)
            found = decide(self.model, self.drawn, given, clock, LIMITS, HOST, _fit, is_open=True)
        except FeelRefused as refused:
            raise ExpressionError(self.name, words(refused.note)) from None
        if found.complaints:
            first = found.complaints[0]
            raise ExpressionError(first.expression or self.name, words(first.note))
        tables = tuple(_fired(each) for each in found.fired)
        behind = tuple((key[1], _title(self.model.elements[key]), plain(value, self.name))
                       for key, value in found.values.items())  # fmt: skip
        kept = {name: data[name] for name in given}
        return DecisionMade(self.id, self.name, self._outputs(found.value, tables), tables, behind, kept)

    def _outputs(self, value: Value, tables: Sequence[Fired]) -> dict[str, Any]:
        stored = plain(value, self.name)
        if self.drawn.policy is None:
            return {self.outputs[0]: stored}
        own = next((each for each in reversed(tables) if each.decision == self.id), None)
        if stored in (None, []) and not (own and own.rules):
            return {}
        if self.lists:
            each = [answer if isinstance(answer, dict) else {self.outputs[0]: answer} for answer in stored]
            return {name: [answer[name] for answer in each] for name in self.outputs}
        if len(self.outputs) > 1 and stored is not None:
            return dict(stored)
        return {self.outputs[0]: stored}


def read_decisions(files: Mapping[str, etree._Element], *, reading: int | None = None) -> dict[str, CompiledDecision]:
    """Every decision of these files, by id; those in one file may require what another holds.

    `reading`: of files that are deployed, as they were read then; rules made since are not laid upon them.
    Raises BadDiagram with all that is wrong.
    """
    manner = IN_FORCE if reading is not None else STRICT
    if (reading or READING) < TABLES_AS_MODELER_MEANS:
        manner = FORMER
    elif (reading or READING) < LITERALS_HAVE_TYPES:
        manner = replace(IN_FORCE, literals_have_types=False, defaults_are_held=False)
    elif (reading or READING) < DEFAULTS_ARE_HELD:
        manner = replace(IN_FORCE, defaults_are_held=False)
    reader = DmnReader(files, manner=manner, languages={"juel": juel_of}, functions=frozenset(HOST))
    model = reader.model()
    if reader.faults:
        raise BadDiagram([_problem(fault) for fault in reader.faults])
    reads = _reads(model)
    return {
        key[1]: CompiledDecision(key[1], each.title or each.name, each, model, reads, reader.nodes[key][0].name)
        for key, each in model.elements.items()
        if isinstance(each, Drawn)
    }


def _title(element: Required) -> str:
    return (element.title if isinstance(element, Drawn) else "") or element.name


def decide_over(
    decisions: Mapping[str, CompiledDecision], key: str, inputs: Mapping[str, Any], now: datetime | None = None
) -> DecisionMade:
    """What one of these decisions says to these inputs, and why; `now` on the clock of its place.

    Raises UnknownDecision, ExpressionError.
    """
    if key not in decisions:
        raise UnknownDecision(decision=key)
    if now is None:
        return decisions[key].decide(inputs)
    with in_world(World(now, no_due, now.tzinfo or UTC)):
        return decisions[key].decide(inputs)


def decisions_by_file(files: Mapping[str, etree._Element]) -> dict[str, list[str]]:
    """File -> the ids of its decisions."""
    return {
        name: [node.get("id", "") for node in root if isinstance(node.tag, str) and _local(node) == "decision"]
        for name, root in files.items()
    }


def _local(node: etree._Element) -> str:
    return str(etree.QName(node).localname)


def _problem(fault: DmnFault) -> Problem:
    line = fault.node.sourceline if isinstance(fault.node.sourceline, int) else None
    details = dict(fault.details)
    if isinstance(reason := details.get("reason"), Remark):
        details["reason"] = words(reason)
    where = (fault.owner.get("id", ""), fault.owner.get("name", ""))
    return Problem(fault.file, *where, line, _RULES[fault.what], details)


def _reads(model: Model) -> frozenset[str]:
    """Of all elements: some decision may call what another one names."""
    found: set[str] = set()
    for each in model.elements.values():
        found.add(each.name)
        if isinstance(each, Drawn | Knowledge):
            found |= each.free
    return frozenset(found)


# ---------------------------------------------------------------- values


def _fit(value: Value, type_: FeelType, label: str) -> Value:
    """What a variable holds, as a column's type has it. Raises FeelRefused."""
    if type_ == DAY_OR_MOMENT:
        value = _moment(value)
    try:
        return coerced(value, type_)
    except Unfit:
        pass
    found = None
    if isinstance(value, str):
        if not value.strip():
            return None
        found = _READ[type_.kind](value.strip()) if type_.kind in _READ else None
    elif type_.kind == "string" and not isinstance(value, list | dict):
        found = text_of(value)
    try:
        if found is not None:
            return coerced(found, type_)
    except Unfit:
        pass
    raise FeelRefused(
        "%(value)s in %(column)s is no %(type)s", value=text_of(value)[:60], column=label, type=str(type_)
    )


def _moment(value: Value) -> Value:
    """A day is its first moment, on the same clock as the table's entries."""
    day = Date.read(value.strip()) if isinstance(value, str) else value
    return DateTime(day, Time(0, 0, 0)) if isinstance(day, Date) else value


def _number(text: str) -> Value:
    try:
        return number(text)
    except (FeelRefused, DecimalException):
        return None


def _date(text: str) -> Value:
    moment = read_moment(text)
    return moment.date if moment is not None else Date.read(text)


_READ: Mapping[str, Any] = {
    "number": _number, "boolean": lambda text: {"true": True, "false": False}.get(text.lower()), "date": _date,
    "date and time": read_moment, "time": Time.read, "days and time duration": DaysTime.read,
    "years and months duration": YearsMonths.read,
}  # fmt: skip


def _fired(table: FiredTable) -> Fired:
    rules = tuple(
        FiredRule(rule.number, rule.id, rule.says, rule.tests, {key: plain(each) for key, each in answer.items()})
        for rule, answer in zip(table.rules, table.outputs, strict=True)
    )
    return Fired(table.decision, table.name, table.policy, tuple((x, plain(y)) for x, y in table.inputs), rules)


__all__ = ["CompiledDecision", "Required", "decisions_by_file", "read_decisions"]
