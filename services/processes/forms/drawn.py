"""A form as a designer drew it, and the `services.plugin.Form` that it comes to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from dataclasses import field as made
from datetime import date, datetime, time
from decimal import Decimal
from functools import partial
from typing import Literal

from services import engine, hours
from services.answers import as_form, hidden_by, parse, reads_two_ways, typed_name
from services.errors import InvalidAnswers
from services.plugin import Answers, Checked, Choice, Field, Form, FormCall, Kind, Variable

VariableKind = Literal["text", "choice", "yes", "number", "list"]

DONE = "Done"
MOST_CHOICES = 500
LARGEST_NUMBER = 1e15  #: up to here a number is kept exactly, wherever it is stored
LONGEST_CHOICE = 200
PAST_DAY = "Please enter today or a later day."

_KINDS: Mapping[Kind, VariableKind] = {
    "integer": "number", "number": "number", "money": "number", "yes": "yes", "choice": "choice", "choices": "list",
    "rows": "list",
}  # fmt: skip

#: what is wrong with an answer of the right kind, as a msgid; "" when nothing is
Rule = Callable[[object], str]


@dataclass(frozen=True)
class Question:
    """One component that is shown. What hangs on the case is filled in when the form is asked."""

    field: Field
    hide: tuple[str, ...] = ()  #: conditions, its own and those of the groups around it
    default: object = None  #: as it was drawn, of the answer's type; text with ${…} is reckoned
    choices_from: str = ""  #: variable that holds the choices
    values: Mapping[str, object] = made(default_factory=dict)  #: key of a choice -> its value, where that is no text
    disabled: bool = False  #: shown, and no answer
    rules: tuple[Rule, ...] = ()
    not_past: bool = False  #: a date, today or later
    as_text: bool = False  #: a number that becomes a text
    is_outcome: bool = False
    messages: tuple[str, ...] = ()  #: the designer's own words for what is wrong


@dataclass(frozen=True)
class Drawn:
    """A form without anything of a case in it."""

    name: str
    questions: tuple[Question, ...]
    submit: str = DONE


def as_plugin_form(drawn: Drawn, title: str) -> Form:
    """It, asked and checked like any plugin's."""
    asked = [question for question in drawn.questions if question.field.kind != "note" and not question.disabled]
    return Form(
        title or drawn.name,
        drawn.submit,
        partial(_fields, drawn),
        partial(_check, drawn),
        partial(_initial, drawn),
        sets=tuple(_variable(question) for question in asked),
    )


def _variable(question: Question) -> Variable:
    """What the diagram's conditions see of the answer."""
    field = question.field
    kind = "text" if question.as_text else _KINDS.get(field.kind, "text")
    if kind == "choice" and (question.choices_from or question.values):
        kind = "text"
    return Variable(field.name, kind, field.label, field.choices if kind == "choice" else (), always=not question.hide)


def _fields(drawn: Drawn, call: FormCall) -> list[Field]:
    first = _initial(drawn, call)
    asked = {question.field.name for question in drawn.questions}
    outside = {name: value for name, value in call.case.variables.items() if name not in asked}
    shown = {q.field.name: _typed(q, first.get(q.field.name), call) for q in drawn.questions if q.field.readonly}
    typed = {question.field.name: question for question in drawn.questions}
    return [_field(question, call, {**outside, **shown}, typed) for question in drawn.questions]


def _field(question: Question, call: FormCall, outside: Answers, typed: Mapping[str, Question]) -> Field:
    found = question.field
    if found.kind in ("time", "moment"):
        found = replace(found, asked_at=call.now)
    if question.choices_from:
        choices = tuple(Choice(key, label) for key, label, _ in _choices_of(question, call))
        found = replace(found, choices=choices)
    if question.hide:
        found = replace(found, hide=partial(_hides, question.hide, outside, typed, call))
    rules: tuple[Rule, ...] = (*question.rules, *([partial(_past, call.now)] if question.not_past else []))
    return replace(found, fault=partial(_first_fault, rules)) if rules else found


def _hides(
    conditions: Sequence[str], outside: Answers, typed: Mapping[str, Question], call: FormCall, answers: Answers
) -> bool:
    """Whether one of the conditions holds. One that these answers cannot be put into does not."""
    given = {name: _typed(typed[name], value, call) for name, value in answers.items() if name in typed}
    values = {name: _feel(typed[name].field, value) for name, value in given.items()}
    readings = [{**outside, **given}]
    if values != given:
        readings.insert(0, {**outside, **values})
    return any(_holds(condition, readings, call.now) for condition in conditions)


def _holds(condition: str, readings: Sequence[Answers], now: datetime) -> bool:
    """By FEEL's types (a day is a date); where that comes to nothing, by the texts that the viewer reckons with."""
    for known in readings:
        try:
            found = engine.reckon(condition, {**known, "this": known}, now)
        except engine.ExpressionError:
            continue
        if found is not None:
            return found is True
    return False


def _feel(field: Field, value: object) -> object:
    """An answer as FEEL's value of its kind."""
    if field.kind == "rows" and isinstance(value, list):
        columns = {column.name: column for column in field.columns}
        return [{name: _feel(columns[name], cell) if name in columns else cell for name, cell in row.items()}
                if isinstance(row, Mapping) else row for row in value]  # fmt: skip
    if not isinstance(value, str) or not value:
        return value
    try:
        if field.kind in ("date", "time", "moment"):
            return hours.to_python(value)
        return Decimal(value) if field.kind == "number" else value
    except (ValueError, ArithmeticError):
        return value


def _first_fault(rules: Sequence[Rule], answer: object) -> str:
    if answer in (None, "", []):
        return ""  # whether it may be empty is another question
    return next((wrong for rule in rules if (wrong := rule(answer))), "")


def _past(now: datetime, answer: object) -> str:
    day = hours.to_python(str(answer))
    if isinstance(day, datetime):
        day = day.astimezone(now.tzinfo).date() if day.tzinfo else day.date()
    return PAST_DAY if isinstance(day, date) and day < now.date() else ""


def _choices_of(question: Question, call: FormCall) -> list[tuple[str, str, object]]:
    """Key, label and value of what a variable offers: a list of texts and numbers, or of `{label, value}`."""
    offered = call.case.variables.get(question.choices_from)
    found: dict[str, tuple[str, str, object]] = {}
    for each in offered[:MOST_CHOICES] if isinstance(offered, list) else []:
        value = each.get("value") if isinstance(each, Mapping) else each
        label = each.get("label", value) if isinstance(each, Mapping) else value
        key = choice_key(value)
        if key is not None:
            found.setdefault(key, (key, str(label)[:LONGEST_CHOICE], value))
    return list(found.values())


def choice_key(value: object) -> str | None:
    """How a choice's value is sent by a page; None for what cannot be a choice."""
    if isinstance(value, bool):
        return "true" if value else "false"
    key = value if isinstance(value, str) else ""
    if isinstance(value, int | float) and -LARGEST_NUMBER < value < LARGEST_NUMBER:
        key = str(value)
    return key if key.strip() and len(key) <= LONGEST_CHOICE and key.isprintable() else None


# ---------------------------------------------------------------- what stands in it at first


def _initial(drawn: Drawn, call: FormCall) -> dict[str, object]:
    """The variable of that name, where there is one; else the default."""
    found = {}
    for question in drawn.questions:
        value = call.case.variables.get(question.field.name)
        if value is None:
            value = _default(question, call)
        fitted = _fitted(question, value, call)
        if fitted is not None:
            found[question.field.name] = fitted
    return found


def _default(question: Question, call: FormCall) -> object:
    value = question.default
    if not isinstance(value, str) or not is_expression(value):
        return value
    try:
        return engine.reckon(value, call.case.variables, call.now)
    except engine.ExpressionError:
        return None


def is_expression(value: str) -> bool:
    """Whether a default value is reckoned: `${…}`, as in formData."""
    return "${" in value or "#{" in value


def _fitted(question: Question, value: object, call: FormCall) -> object:
    """The value as this kind of answer; None for what is none."""
    kind = question.field.kind
    if value is None or kind == "note":
        return None
    if kind in ("choice", "choices"):
        offered = [key for key, _, _ in _choices_of(question, call)] if question.choices_from else None
        keys = offered if offered is not None else [choice.key for choice in question.field.choices]
        if kind == "choice":
            key = choice_key(value)
            return key if key in keys else None
        return [key for each in value if (key := choice_key(each)) in keys] if isinstance(value, list) else None
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


# ---------------------------------------------------------------- what was answered


def _check(drawn: Drawn, call: FormCall, answers: Answers) -> Checked:
    """The answers become variables by their keys; a hidden or disabled component gives none."""
    first = _initial(drawn, call)
    hidden = hidden_by(_fields(drawn, call), as_form(answers))
    given: dict[str, object] = {}
    outcome = "done"
    for question in drawn.questions:
        name = question.field.name
        if question.disabled or name in hidden or question.field.kind == "note":
            continue
        if question.field.readonly:
            given[name] = _typed(question, first.get(name), call)
        elif name in answers:
            given[name] = _typed(question, answers[name], call)
        if question.is_outcome and given.get(name):
            outcome = str(given[name])
    typed = {typed_name(name): answers[typed_name(name)] for name in given if typed_name(name) in answers}
    return Checked(outcome, variables=given, answers={**typed, **given})


def _typed(question: Question, answer: object, call: FormCall) -> object:
    """The answer as the diagram sees it: a choice by its own value, a number as text where it was drawn so."""
    values = dict(question.values)
    if question.choices_from:
        values = {key: value for key, _, value in _choices_of(question, call)}
    if isinstance(answer, list):
        return [values.get(each, each) if isinstance(each, str) else each for each in answer]
    if isinstance(answer, str) and question.field.kind == "choice":
        return values.get(answer, answer)
    if question.as_text and answer is not None:
        return str(answer)
    return answer


def is_day(value: object, kind: str) -> bool:
    """Whether a default is a day, a time or a moment as it is kept."""
    try:
        found = hours.to_python(value) if isinstance(value, str) else None
    except ValueError:
        return False
    if kind == "date":
        return type(found) is date and found.isoformat() == value
    return isinstance(found, time if kind == "time" else datetime)
