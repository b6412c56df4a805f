"""What is typed as an expression or a time in a diagram must be one. Part of what is allowed."""

from lxml import etree

from services.bpmn import rules
from services.bpmn.limits import MOST_PRIORITY, read_priority
from services.bpmn.reading import read_extensions
from services.bpmn.rules import Fault, Faults
from services.bpmn.times import CycleOfNone, CycleTooOften, check_time, read_length, read_moment
from services.bpmn.xml import B, in_bpmn, local_name
from services.expressions import ISO, ExpressionError, compile_expression, is_reckoned, is_text

#: attributes of a person's task that may be expressions
PERSONS = ("assignee", "candidateGroups", "candidateUsers", "dueDate", "followUpDate", "priority")
#: what must come to true or false
TRUTHS = frozenset({"conditionExpression", "loopCondition", "completionCondition", "condition"})
#: languages of scripts
SCRIPTS = frozenset({"feel", "juel"})


def faults_in_expressions(root: etree._Element) -> Faults:
    """Faults of conditions, times, names, mappings and scripts: what cannot be read, and times that are none."""
    names = ("conditionExpression", "timeDate", "timeDuration", "timeCycle", "loopCondition", "loopCardinality",
             "completionCondition", "condition")  # fmt: skip
    for node in root.iter(*(f"{B}{name}" for name in names)):
        text, kind = (node.text or "").strip(), local_name(node)
        if node.get("language"):
            yield Fault(node, rules.LANGUAGE)
        elif kind == "condition" and not text:
            continue  # the event says so itself
        elif kind.startswith("time") and ISO.fullmatch(text):
            yield from _time(node, kind, text)
        elif kind in TRUTHS and is_text(text):
            yield Fault(node, rules.ALWAYS_A_TEXT, {"expression": text[:200]})
        else:
            yield from faults_of_expression(node, text)
    yield from _extensions(root)
    yield from _names(root)
    for node in root.iter(f"{B}scriptTask"):
        if node.get("scriptFormat", "").lower() in SCRIPTS:
            yield from faults_of_expression(node, (node.findtext(f"{B}script") or "").strip())


def _names(root: etree._Element) -> Faults:
    """Expressions in the names of messages and signals, told of where they are thrown or waited for."""
    names = {node.get("id"): node.get("name", "") for node in root.iter(f"{B}message", f"{B}signal")}
    for node in root.iter(f"{B}*"):
        name = names.get(node.get("messageRef") or node.get("signalRef"), "")
        if is_reckoned(name):
            yield from faults_of_expression(node, name)


def _time(node: etree._Element, kind: str, text: str) -> Faults:
    try:
        check_time(kind, text)
    except CycleOfNone:
        yield Fault(node, rules.NEVER_ROUND, {"time": text[:100]})
    except CycleTooOften:
        yield Fault(node, rules.TOO_OFTEN, {"time": text[:100]})
    except ValueError:
        yield Fault(node, rules.BAD_TIME, {"time": text[:100]})


def _extensions(root: etree._Element) -> Faults:
    """Expressions in attributes and parameters."""
    for node in root.iter():
        if not in_bpmn(node):
            continue
        extensions = read_extensions(node)
        for name in PERSONS:
            if said := extensions.get(name):
                yield from faults_of_expression(node, said, plain=True)
                yield from _plain_value(node, name, said.strip())
        for _, text in (*extensions.inputs, *extensions.outputs):
            yield from faults_of_expression(node, text)
        for source, _ in (*extensions.into, *extensions.out_of):
            if source != "*":
                yield from faults_of_expression(node, source)


def _plain_value(node: etree._Element, name: str, said: str) -> Faults:
    """A day or a priority that is written out and is none: each case would stand still at the task."""
    if not said or "${" in said or "#{" in said:
        return
    try:
        if name == "priority":
            if not 0 <= read_priority(said) <= MOST_PRIORITY:
                raise ValueError
        elif name in ("dueDate", "followUpDate"):
            read_length(said) if said.startswith("P") else read_moment(said)
    except (ValueError, OverflowError):
        if name == "priority":
            yield Fault(node, rules.BAD_NUMBER, {"number": said[:100], "most": MOST_PRIORITY})
        else:
            yield Fault(node, rules.BAD_TIME, {"time": said[:100]})


def faults_of_expression(node: etree._Element, text: str, *, plain: bool = False) -> Faults:
    """The fault of an expression that cannot be read, told there; `plain`: a text without `${…}` is itself."""
    if plain and "${" not in text and "#{" not in text:
        return
    try:
        compile_expression(text)
    except ExpressionError as error:
        yield Fault(node, rules.BAD_EXPRESSION, {"expression": error.expression, "reason": error.reason})
