"""`camunda:formData` of a task, read into what is asked."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, get_args

from services import expressions
from services.days import read_day
from services.plugin import Choice, Field, Kind
from services.processes.forms import demands
from services.processes.forms.component import KEY, LONGEST_KEY, LONGEST_WORDS, TAKEN
from services.processes.forms.drawn_form import MOST_CHOICES, Drawn, Question, Rule, choice_key, is_day, is_expression
from services.processes.forms.faults import MOST, FormFault
from services.processes.forms.personal import personal_faults
from services.processes.forms.plain_words import said

_KINDS: Mapping[str, Kind] = {
    "string": "text", "long": "integer", "boolean": "yes", "date": "date", "enum": "choice",
}  # fmt: skip
_DRAWN_OTHERWISE = {
    "note",
    "rows",
    "counts",
    "choice",
    "choices",
    "yes",
    "files",
    "picture",
    "documents",
    "table",
    "reckoned",
}
#: names of our own kinds that a custom type may say
OWN = frozenset(get_args(Kind)) - _DRAWN_OTHERWISE
_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")


def read_fields(name: str, fields: Sequence[Mapping[str, object]]) -> tuple[Drawn, tuple[FormFault, ...]]:
    """What the fields ask, and what is wrong with them. Never raises."""
    faults: list[FormFault] = []
    found: dict[str, Question] = {}
    for raw in fields:
        key = str(raw.get("id") or "")
        label = str(raw.get("label") or "")
        if not KEY.fullmatch(key) or len(key) > LONGEST_KEY or key in TAKEN:
            faults.append(FormFault("form-key", said(key), said(label), {"key": said(key)}))
        elif key in found:
            faults.append(FormFault("form-key-twice", key, said(label), {"key": key}))
        elif (question := _question(key, raw, faults)) is not None:
            found[key] = question
    if sum(question.is_outcome for question in found.values()) > 1:
        faults.append(FormFault("form-outcome"))
    faults += personal_faults(found.values())
    return Drawn(name, tuple(found.values())), tuple(faults[:MOST])


def _question(key: str, raw: Mapping[str, Any], faults: list[FormFault]) -> Question | None:
    label = (raw.get("label") or key)[:LONGEST_WORDS]

    def fault(rule: str, **details: object) -> None:
        faults.append(FormFault(rule, key, said(label), details))

    kind = _KINDS.get(raw.get("type") or "", raw.get("type") if raw.get("type") in OWN else None)
    if kind is None:
        fault("form-field-type", type=said(raw.get("type")))
        return None
    if raw.get("businessKey"):
        fault("form-business-key")
    properties: Mapping[str, str | None] = raw["properties"]
    field = Field(key, kind, label, help=(properties.get("help") or "")[:LONGEST_WORDS])
    field, asked = _constrained(field, raw["validation"], fault)
    if kind == "choice":
        choices = _choices(raw["values"], fault)
        if not choices:
            fault("form-no-choices")
            return None
        field = replace(field, choices=choices)
    question = Question(field, default=_default(field, raw.get("defaultValue"), fault), rules=tuple(asked))
    if (properties.get("outcome") or "no") not in ("no", "false"):
        if kind != "choice" or not field.required or any(len(choice.key) > 40 for choice in field.choices):
            fault("form-outcome")
        return replace(question, is_outcome=kind == "choice")
    return question


def _constrained(field: Field, constraints: Mapping[str, str | None], fault: Any) -> tuple[Field, list[Rule]]:
    asked: list[Rule] = []
    for name, config in constraints.items():
        size = int(config) if config and re.fullmatch(r"-?\d{1,15}", config, re.A) else None
        if name in ("required", "readonly"):
            on = (config or "true").strip().lower() != "false"
            field = replace(field, required=on) if name == "required" else replace(field, readonly=on)
        elif name == "maxlength" and size and 0 < size <= 10_000:
            field = replace(field, maximum=size)
        elif name == "minlength" and size is not None:
            asked.append(demands.at_least(size))
        elif name == "min" and size is not None:
            field = replace(field, minimum=size)
        elif name == "max" and size is not None:
            field = replace(field, maximum=size)
        else:
            fault("form-constraint", constraint=said(f"{name} {config or ''}".strip()))
    return field, asked


def _choices(values: Sequence[tuple[str | None, str | None]], fault: Any) -> tuple[Choice, ...]:
    found: dict[str, Choice] = {}
    for value, label in values[: MOST_CHOICES + 1]:
        key = choice_key(value)
        if key is None or key in found or len(found) == MOST_CHOICES:
            fault("form-choice", choice=said(value))
            continue
        found[key] = Choice(key, (label or key)[:LONGEST_WORDS])
    return tuple(found.values())


def _default(field: Field, value: str | None, fault: Any) -> object:
    """Text with `${…}` stays, to be reckoned when the form is asked; the rest is what the kind keeps."""
    if not value:
        return None
    if is_expression(value):
        try:
            expressions.check_expression(value)
            return value
        except expressions.ExpressionError as error:
            fault("form-condition", expression=said(value), reason=error.details.get("reason", ""))
            return None
    good: object = value
    if field.kind == "yes":
        good = {"true": True, "false": False}.get(value.lower())
    elif field.kind == "date":
        good = _day(value)
    elif field.kind in ("time", "moment"):
        good = value if is_day(value, field.kind) else None
    elif field.kind in ("integer", "money"):
        good = int(value) if re.fullmatch(r"-?\d{1,15}", value, re.A) else None
    elif field.kind == "choice":
        good = value if value in {choice.key for choice in field.choices} else None
    if good is None:
        fault("form-shape", property="defaultValue", value=said(value))
    return good


def _day(value: str) -> str | None:
    """ISO, as 31.12.2013, or as Camunda has it: 31/12/2013."""
    try:
        if found := _DAY.fullmatch(value):
            return date(int(found[3]), int(found[2]), int(found[1])).isoformat()
        return read_day(value).isoformat()
    except ValueError:
        return None
