"""Conditions that cannot mean what they say: no truth value, always the same, a value that never comes."""

import re

from lxml import etree

from services.bpmn import local_name
from services.expressions import ExpressionError, evaluate, names_in
from services.processes.doctor import catalogue
from services.processes.doctor.bench import Bench
from services.processes.doctor.declared import Declared, nearest
from services.processes.doctor.note import Note, Notes

_COMPARED = re.compile(
    r"(?<![\w.\"'])(?P<name>[^\W\d]\w*)\s*(?:==|!=|=)\s*(?P<value>\"[^\"]*\"|'[^']*'|true\b|false\b|-?\d+(?:\.\d+)?)"
)


def notes_on_compared(bench: Bench, where: etree._Element, text: str) -> Notes:
    """Of the condition of a flow, and of every comparison with a variable whose kind is declared."""
    if local_name(where) == "sequenceFlow" and text.strip() and not names_in(text):
        try:
            value = evaluate(text, {})
        except ExpressionError:
            return
        truth = isinstance(value, bool) or value is None
        yield Note(
            catalogue.ALWAYS_THE_SAME if truth else catalogue.NO_TRUTH, where, {"expression": text.strip()[:200]}
        )
    for found in _COMPARED.finditer(text):
        declared = bench.declared.kinds.get(found["name"])
        if declared is not None:
            yield from _fits(where, declared, found["name"], found["value"])


def _fits(where: etree._Element, declared: Declared.Kind, name: str, written: str) -> Notes:
    kind, value = declared.kind, written.strip("\"'")
    quoted = written[0] in "\"'"
    if kind == "yes" and written not in ("true", "false"):
        yield Note(catalogue.COMPARED_TRUTH, where, {"variable": name, "value": value})
    elif kind == "number" and (quoted or written in ("true", "false")):
        yield Note(catalogue.COMPARED_NUMBER, where, {"variable": name, "value": value})
    elif kind in ("text", "choice") and not quoted:
        yield Note(catalogue.COMPARED_TEXT, where, {"variable": name, "value": value})
    elif kind == "choice" and declared.values and value not in declared.values:
        near = nearest(value, declared.values) or ", ".join(sorted(declared.values))
        yield Note(catalogue.NEVER_THAT_VALUE, where, {"variable": name, "value": value, "near": near})
