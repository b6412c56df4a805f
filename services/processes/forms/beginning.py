"""What stands in a form at first: the variables of its names, else the defaults."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, time

from services import expressions, hours
from services.answers import MOST_ROWS, as_form, parse
from services.asking import found_at
from services.errors import InvalidAnswers
from services.kinds import reads_two_ways
from services.plugin import Answers, FormCall
from services.processes.forms.drawn_form import Drawn, Question, choice_key, is_expression, offered


def first_answers(drawn: Drawn, call: FormCall) -> dict[str, object]:
    """Field name -> answer, for those where something stands."""
    answers = ((each.field.name, begun(each, call.case.variables, call)) for each in drawn.questions)
    return {name: answer for name, answer in answers if answer is not None}


def begun(question: Question, known: Answers, call: FormCall) -> object:
    """The answer that stands at its path among what is known (the variables, a line of a list), else its default."""
    value = found_at(known, question.field.name)
    if question.columns:
        return _lines(question, value, call)
    return _fitted(question, _default(question, call) if value is None else value, call)


def _lines(question: Question, value: object, call: FormCall) -> list[dict[str, object]]:
    """As form-js has them: the variable's, or so many as are drawn; of what is no context, an empty one."""
    entries = value[:MOST_ROWS] if isinstance(value, list) else [{}] * question.repetitions
    lines = []
    for entry in entries:
        cells = {
            each.field.name: begun(each, entry if isinstance(entry, Mapping) else {}, call) for each in question.columns
        }
        lines.append({name: cell for name, cell in cells.items() if cell is not None})
    return lines


def _default(question: Question, call: FormCall) -> object:
    text = question.by.get("default", question.default)
    if not isinstance(text, str) or not ("default" in question.by or is_expression(text)):
        return text
    try:
        return expressions.reckon(text, call.case.variables, call.now)
    except expressions.ExpressionError:
        return None


def _fitted(question: Question, value: object, call: FormCall) -> object:
    """The value as this kind of answer; None for what is none."""
    kind = question.field.kind
    if value is None or question.field.is_not_read:
        return None
    if kind in ("choice", "choices"):
        return _chosen(question, value, call)
    if question.as_text and isinstance(value, str) and reads_two_ways(value):
        value += "0"  # the same number, which reads in one way
    if kind in ("time", "moment"):
        value = _to_the_minute(value)
    try:
        raw = {question.field.name: value} if isinstance(value, list) else as_form({question.field.name: value})
        field = replace(question.field, required=False, readonly=False, asked_at=call.now)
        return parse([field], raw).get(question.field.name)
    except (InvalidAnswers, ValueError, TypeError):
        return None


def _to_the_minute(value: object) -> object:
    """A time or a moment without its seconds, which no form asks."""
    try:
        found = hours.to_python(value) if isinstance(value, str) else value
    except ValueError:
        return value
    return found.replace(second=0, microsecond=0).isoformat() if isinstance(found, time | datetime) else value


def _chosen(question: Question, value: object, call: FormCall) -> object:
    """The key, or the keys; where the choices hang on other answers, whether there are such is asked later."""
    keys = [choice.key for choice in question.field.choices]
    if question.choices_from:
        keys = [key for key, _, _ in offered(call.case.variables.get(question.choices_from))]
    given = [choice_key(each) for each in (value if isinstance(value, list) else [value])]
    good = [key for key in given if key is not None and (key in keys or "choices" in question.by)]
    if question.field.kind == "choices":
        return good if isinstance(value, list) else None
    return good[0] if good and not isinstance(value, list) else None
