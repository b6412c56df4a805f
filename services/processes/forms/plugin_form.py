"""A drawn form as the `services.plugin.Form` that it comes to."""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import Literal

from services.answers import as_form, asked, typed_name
from services.asking import found_at, put
from services.plugin import Answers, Checked, Field, Form, FormCall, Kind, Variable
from services.processes.forms.beginning import first_answers
from services.processes.forms.drawn_form import Drawn, Question
from services.processes.forms.here import Here

VariableKind = Literal["text", "choice", "yes", "number", "list"]

_KINDS: Mapping[Kind, VariableKind] = {
    "integer": "number", "number": "number", "money": "number", "yes": "yes", "choice": "choice", "choices": "list",
    "rows": "list",
}  # fmt: skip


def as_plugin_form(drawn: Drawn, title: str) -> Form:
    """A drawn form, asked and checked like any plugin's."""
    return Form(
        title or drawn.name,
        drawn.submit,
        partial(_fields, drawn),
        partial(_check, drawn),
        partial(first_answers, drawn),
        sets=tuple(_variables(drawn)),
    )


def _variables(drawn: Drawn) -> list[Variable]:
    """What the diagram's conditions see of the answers; of paths, the context that holds them."""
    found: dict[str, Variable] = {}
    for question in drawn.questions:
        if question.field.asks_nothing or question.disabled:
            continue
        first, _, rest = question.field.name.partition(".")
        variable = Variable(first, "context", first) if rest else _variable(question)
        found.setdefault(first, variable)
    return list(found.values())


def _variable(question: Question) -> Variable:
    field = question.field
    kind = "text" if question.as_text else _KINDS.get(field.kind, "text")
    if field.kind == "reckoned":
        kind = "list"  # of a kind that only reckoning shows
    if kind == "choice" and (question.choices_from or question.values or "choices" in question.by):
        kind = "text"
    always = not question.hide and "disabled" not in question.by
    return Variable(field.name, kind, field.label, field.choices if kind == "choice" else (), always=always)


def _fields(drawn: Drawn, call: FormCall) -> list[Field]:
    here = Here(drawn, call, first_answers(drawn, call))
    return [here.field(question, drawn.questions) for question in drawn.questions]


def _check(drawn: Drawn, call: FormCall, answers: Answers) -> Checked:
    """The answers become variables by their paths; a hidden or disabled component gives none.

    What a variable holds beside the paths that are asked stays in it.
    """
    now = asked([_as_answered(field, answers) for field in _fields(drawn, call)], as_form(answers))
    given: dict[str, object] = {}
    kept: dict[str, object] = {}
    outcome = "done"
    for question, field in zip(drawn.questions, now.fields, strict=True):
        name = field.name
        if field.disabled or name in now.hidden or field.asks_nothing:
            continue
        if name not in answers and not field.readonly:
            continue
        value = found_at(now.known, name)
        kept[name] = answers[name] if question.columns else value
        if question.columns and isinstance(value, list):
            value = [_without_disabled(question, line) for line in value]
        first = name.partition(".")[0]
        if first != name and isinstance(before := call.case.variables.get(first), Mapping):
            given.setdefault(first, before)
        put(given, name, value)
        if question.is_outcome and value:
            outcome = str(value)
    typed = {typed_name(name): answers[typed_name(name)] for name in kept if typed_name(name) in answers}
    return Checked(outcome, variables=given, answers={**typed, **kept})


def _as_answered(field: Field, answers: Answers) -> Field:
    """A list begins with the lines that were answered: what is only looked at stands in them already."""
    lines = answers.get(field.name)
    return replace(field, begins=lines) if field.kind == "rows" and isinstance(lines, list) else field


def _without_disabled(question: Question, line: Mapping[str, object]) -> Mapping[str, object]:
    gone = {each.field.name for each in question.columns if each.disabled}
    return {name: value for name, value in line.items() if name not in gone}
