"""Answers as FEEL's values, and what expressions over them come to."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from services import expressions, hours
from services.asking import found_at, put
from services.plugin import Answers
from services.processes.forms.drawn_form import Question

_TYPED = frozenset({"date", "time", "moment", "number", "rows"})


def as_typed(questions: Sequence[Question], known: Answers) -> Answers:
    """The answers, but for days, times and exact numbers, which are kept as texts."""
    changed: dict[str, object] | None = None
    for question in questions:
        if question.field.kind in _TYPED and (value := found_at(known, question.field.name)) is not None:
            typed = _typed(question, value)
            if typed is not value:
                changed = dict(known) if changed is None else changed
                put(changed, question.field.name, typed)
    return known if changed is None else changed


def _typed(question: Question, value: object) -> object:
    kind = question.field.kind
    if kind == "rows" and isinstance(value, list):
        lines = [as_typed(question.columns, line) if isinstance(line, Mapping) else line for line in value]
        return value if all(new is old for new, old in zip(lines, value, strict=True)) else lines
    if not isinstance(value, str) or not value:
        return value
    try:
        return Decimal(value) if kind == "number" else hours.to_python(value)
    except (ValueError, ArithmeticError):
        return value


def reckoned(expression: str, readings: Sequence[Answers], now: datetime) -> object:
    """What it comes to by the first of the readings by which it comes to anything; None where it cannot be reckoned."""
    for names in readings:
        try:
            value = expressions.reckon(expression, names, now)
        except expressions.ExpressionError:
            continue
        if value is not None:
            return value
    return None
