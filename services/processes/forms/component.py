"""One component of a `.form` file: its properties one by one, each checked, and the question it comes to."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal, get_args

from services import expressions, hours, shown
from services.filekinds import MOST_OF_A_FIELD, accepted
from services.plugin import Choice, Field
from services.processes.forms import demands
from services.processes.forms.drawn_form import MOST_CHOICES, Question, Rule, choice_key, is_day, offered
from services.processes.forms.faults import MOST, FormFault
from services.processes.forms.filling import BadTemplate, check_template, is_template
from services.processes.forms.pattern import BadPattern, compile_pattern
from services.processes.forms.plain_words import prints, said
from services.processes.forms.reckoned import reckoned

LONGEST_WORDS, LONGEST_TEXT, LONGEST_KEY = 1000, 10_000, 100
LONGEST_ADORNER = 200
LONG_TEXT = 2000  #: letters of a text of several lines, where the designer says nothing
#: fields of the page itself
TAKEN = frozenset({"csrf_token", "key", "delay_reason", "conflict_reason"})
#: what expressions call the form or the line itself
SPECIAL = frozenset({"this"})
#: minutes between the times offered that a form editor lets choose, and what the viewer takes for all others
INTERVALS, DEFAULT_EVERY = (1, 5, 10, 15, 30, 60), 15
_DAYS: Mapping[object, tuple[Literal["date", "time", "moment"], tuple[str, ...]]] = {
    "date": ("date", ("dateLabel",)),
    "time": ("time", ("timeLabel",)),
    "datetime": ("moment", ("dateLabel", "timeLabel")),
}
KEY = re.compile(r"[^\W\d_]\w*")
_SMALLEST_STEP = 1e-9
_ANY_MOMENT = datetime(2013, 3, 4, tzinfo=UTC)  #: for what reads nothing but the clock


class Component:
    """One component of the file, and the words for what is wrong with it."""

    def __init__(self, raw: Mapping[str, Any], faults: list[FormFault], by: dict[str, str] | None = None) -> None:
        self.raw, self.faults = raw, faults
        self.by = {} if by is None else by  #: what is reckoned when it is asked, as `Question.by`
        self.kind = raw["type"] if isinstance(raw.get("type"), str) else ""

    def fault(self, rule: str, **details: object) -> None:
        if len(self.faults) < MOST:
            named = self.raw.get("key") or self.raw.get("path") or self.raw.get("id")
            label = self.raw.get("label")
            self.faults.append(FormFault(rule, said(named) if named else "", said(label) if label else "", details))

    # -------------------------------------------------------- single properties

    def words(self, name: str, longest: int = LONGEST_WORDS, *, filled: bool = False) -> str:
        """Text that people read, nothing in it that cannot be printed; where it is filled in, with good expressions."""
        value = self.raw.get(name)
        if value is None:
            return ""
        if not isinstance(value, str) or len(value) > longest or not prints(value):
            self.fault("form-shape", property=name, value=said(value))
            return ""
        if filled:
            try:
                check_template(value)
            except BadTemplate as bad:
                self.fault("form-expression", property=name, expression=said(bad.expression), reason=bad.reason)
                return ""
        elif is_template(value):
            self.fault("form-no-expression", property=name)
            return ""
        return value if value.strip() else ""  # as it is drawn: so it stands in the catalogues

    def key(self, name: str = "key") -> str | None:
        found = self.raw.get(name)
        parts = found.split(".") if isinstance(found, str) and len(found) <= LONGEST_KEY else []
        good = parts and all(KEY.fullmatch(part) for part in parts) and found not in TAKEN and parts[0] not in SPECIAL
        if not good:
            self.fault("form-key", key=said(found))
            return None
        return str(found)

    def listed(self, name: str) -> Sequence[object]:
        value = self.raw.get(name, [])
        if not isinstance(value, list):
            self.fault("form-shape", property=name, value=said(value))
            return []
        return value

    def under(self, name: str) -> "Component":
        """What stands under a property: its validation, its appearance …: faults are the component's."""
        value = self.raw.get(name) or {}
        if not isinstance(value, dict):
            self.fault("form-shape", property=name, value=said(value))
            value = {}
        named = {each: self.raw.get(each) for each in ("key", "id", "label")}
        return Component({**value, **{k: v for k, v in named.items() if k not in value}}, self.faults, self.by)

    def expression(self, name: str, kept: str, *, shows: Callable[[object], bool] | None = None) -> bool:
        """Whether the property is FEEL, to be reckoned when the form is asked.

        `shows`: whether there is something to show of a value; told when it reads nothing and so never will.
        """
        value = self.raw.get(name)
        if not isinstance(value, str) or not value.startswith("="):
            return False
        try:
            expressions.check_expression(value)
            self.by[kept] = value
            if shows and not expressions.all_names_in(value) and not shows(reckoned(value, [{}], _ANY_MOMENT)):
                self.fault("form-constant", property=name, expression=said(value))
        except expressions.ExpressionError as error:
            reason = error.details.get("reason", "")
            self.fault("form-expression", property=name, expression=said(value), reason=reason)
        return True

    def switch(self, name: str, kept: str = "", *, default: bool = False) -> bool:
        """Yes or no; with `kept`, or an expression under that name."""
        value = self.raw.get(name, default)
        if kept and self.expression(name, kept):
            return False
        if not isinstance(value, bool) and value is not None:
            self.fault("form-shape", property=name, value=said(value))
        return value is True

    def number(self, name: str, kept: str = "", *, whole: bool = False, least: float | None = None) -> float | None:
        """A bound, which the editor may save as text; with `kept`, or an expression under that name."""
        value = self.raw.get(name)
        if value is None or value == "":
            return None
        if kept and self.expression(name, kept):
            return None
        found = _number(value)
        if found is None or (whole and not isinstance(found, int)) or (least is not None and found < least):
            self.fault("form-shape", property=name, value=said(value))
            return None
        return found

    def condition(self) -> tuple[str, ...]:
        """FEEL that hides it; nothing, when nothing does."""
        text = self.under("conditional").raw.get("hide")
        if text is None or text == "" or text is False:
            return ()
        reason: object = shown.Words("it does not begin with =")
        if isinstance(text, str) and text.startswith("="):
            try:
                expressions.check_expression(text)
                return (text,)
            except expressions.ExpressionError as error:
                reason = error.details.get("reason", "")
        self.fault("form-condition", expression=said(text), reason=reason)
        return ()

    # -------------------------------------------------------- what is asked

    def question(self, path: str = "") -> Question | None:
        """What it asks, below the path of the groups around it; nothing, when the component cannot be shown."""
        read = _READERS.get(self.kind)
        if read is None:
            rule = "form-iframe" if self.kind == "iframe" else "form-component"
            self.fault(rule, type=said(self.raw.get("type")))
            return None
        name = self.key()
        if name is None:
            return None
        validate, looks = self.under("validate"), self.under("appearance")
        disabled = self.switch("disabled", "disabled")
        plainly = Field(
            path + name, "text", self.words("label", filled=True), help=self.words("description", filled=True),
            required=validate.switch("required", "required"),
            readonly=self.switch("readonly", "readonly") or disabled,
            prefix=looks.words("prefixAdorner", LONGEST_ADORNER, filled=True),
            suffix=looks.words("suffixAdorner", LONGEST_ADORNER, filled=True),
        )  # fmt: skip
        found = read(self, validate, Question(plainly, disabled=disabled))
        return None if found is None else replace(self._outcome(self._default(found)), by=dict(self.by))

    def _outcome(self, found: Question) -> Question:
        """The property `outcome` makes its value the step's outcome."""
        wanted = self.under("properties").raw.get("outcome")
        if wanted in (None, "", False, "false", "no"):
            return found
        fixed = found.field.kind == "choice" and found.field.choices and not found.values
        if not fixed or not found.field.required or any(len(choice.key) > 40 for choice in found.field.choices):
            self.fault("form-outcome")
            return found
        if found.disabled:
            self.fault("form-outcome-not-here")
            return found
        return replace(found, is_outcome=True)

    def _default(self, found: Question) -> Question:
        value = self.raw.get("defaultValue")
        if value in (None, ""):
            return found
        if self.expression("defaultValue", "default"):
            return found
        if not _may_begin(found, value, offered=bool(found.choices_from or "choices" in self.by)):
            self.fault("form-shape", property="defaultValue", value=said(value))
            return found
        # in a file, `${` is no expression
        return found if isinstance(value, str) and ("${" in value or "#{" in value) else replace(found, default=value)


def _text(part: Component, validate: Component, found: Question) -> Question:
    most = validate.number("maxLength", "longest", whole=True, least=1)
    longest = LONG_TEXT if part.kind == "textarea" else None
    asked: list[Rule] = []
    message = validate.words("patternErrorMessage")
    if (least := validate.number("minLength", "shortest", whole=True, least=0)) is not None:
        asked.append(demands.at_least(int(least)))
    if pattern := validate.raw.get("pattern"):
        try:
            matches = compile_pattern(pattern if isinstance(pattern, str) else "(")
            asked.append(demands.written_as(matches, message))
        except BadPattern:
            part.fault("form-pattern", pattern=said(pattern))
    kind = validate.raw.get("validationType")
    if kind not in (None, "", "custom", "email", "phone"):
        part.fault("form-shape", property="validationType", value=said(kind))
    asked += [demands.an_address] if kind == "email" else []
    kinds = {"textarea": "long_text"}
    field = replace(
        found.field,
        kind="phone" if kind == "phone" else kinds.get(part.kind, "text"),  # type: ignore[arg-type]
        maximum=min(int(most), LONGEST_TEXT) if most is not None else longest,
    )
    return replace(found, field=field, rules=tuple(asked), messages=(message,) if message else ())


def _decimal(part: Component, validate: Component, found: Question) -> Question:
    digits = part.number("decimalDigits", whole=True, least=0)
    step = part.number("increment")
    asked: list[Rule] = []
    if digits:
        asked.append(demands.digits_after_comma(int(digits)))
    if step is not None and step < _SMALLEST_STEP:
        part.fault("form-shape", property="increment", value=said(step))
    elif step is not None:
        asked.append(demands.in_steps_of(step))
    as_text = part.switch("serializeToString")
    if digits == 0 and as_text:
        asked.append(demands.digits_after_comma(0))
    field = replace(
        found.field,
        kind="integer" if digits == 0 and not as_text else "number",
        exact=as_text,
        minimum=validate.number("min", "minimum"),
        maximum=validate.number("max", "maximum"),
    )
    return replace(found, field=field, rules=tuple(asked), as_text=as_text)


def _day(part: Component, validate: Component, found: Question) -> Question | None:
    """A day, a time, or both: as the viewer keeps them, every quarter of an hour unless it says otherwise."""
    subtype, every = part.raw.get("subtype") or "date", part.raw.get("timeInterval", DEFAULT_EVERY)
    written: hours.Written = part.raw.get("timeSerializingFormat") or "no_timezone"  # checked below
    if subtype not in list(_DAYS) or written not in get_args(hours.Written):
        name = "subtype" if subtype not in list(_DAYS) else "timeSerializingFormat"
        part.fault("form-shape", property=name, value=said(part.raw.get(name)))
        return None
    kind, labels = _DAYS[subtype]
    own = [part.words(name, filled=True) for name in labels]
    field = replace(found.field, kind=kind, label=found.field.label or next(filter(None, own), ""))
    not_past = kind != "time" and part.switch("disallowPassedDates")
    if kind == "date":
        return replace(found, field=field, not_past=not_past)
    every = every if every in INTERVALS and not isinstance(every, bool) else DEFAULT_EVERY
    field = replace(field, every=every, half_day=not part.switch("use24h"), written=written)
    if kind == "moment":
        day, hour = own[0] if found.field.label else "", own[1]
        field = replace(field, choices=tuple(Choice(k, words) for k, words in (("day", day), ("hour", hour)) if words))
    return replace(found, field=field, not_past=not_past, rules=(demands.in_minutes_of(every),))


def _tick(part: Component, validate: Component, found: Question) -> Question:
    return replace(found, field=replace(found.field, kind="yes"))


def _choice(part: Component, validate: Component, found: Question) -> Question | None:
    several = part.kind in ("checklist", "taglist")
    field = replace(found.field, kind="choices" if several else "choice")
    if part.raw.get("valuesExpression") and not part.raw.get("valuesKey") and "values" not in part.raw:
        if not part.expression("valuesExpression", "choices", shows=lambda value: bool(offered(value))):
            part.fault("form-shape", property="valuesExpression", value=said(part.raw["valuesExpression"]))
        return replace(found, field=field) if "choices" in part.by else None
    source = part.raw.get("valuesKey")
    if source not in (None, ""):
        if not isinstance(source, str) or not KEY.fullmatch(source):
            part.fault("form-shape", property="valuesKey", value=said(source))
            return None
        return replace(found, field=field, choices_from=source)
    choices: dict[str, Choice] = {}
    values: dict[str, object] = {}
    for each in part.listed("values")[: MOST_CHOICES + 1]:
        option = Component(each if isinstance(each, dict) else {"value": each, "label": str(each)}, part.faults)
        value = option.raw.get("value")
        key = choice_key(value)
        if key is None or key in choices or len(choices) == MOST_CHOICES:
            part.fault("form-choice", choice=said(value))
            continue
        choices[key] = Choice(key, option.words("label") or key)
        if not isinstance(value, str):
            values[key] = value
    if not choices:
        part.fault("form-no-choices")
        return None
    return replace(found, field=replace(field, choices=tuple(choices.values())), values=values)


def _files(part: Component, validate: Component, found: Question) -> Question | None:
    """One file or several, of the kinds that are held here."""
    accept = part.words("accept", LONGEST_ADORNER)
    if not accepted(accept):
        part.fault("form-accept", accept=said(accept))
        return None
    field = replace(found.field, kind="files", accept=accept, maximum=MOST_OF_A_FIELD if part.switch("multiple") else 1)
    return replace(found, field=field)


def _reckoned(part: Component, validate: Component, found: Question) -> Question | None:
    """What it comes to when the form is asked; `computeOn` only says when the viewer looks, which is here always."""
    if part.raw.get("computeOn") not in (None, "change", "presubmit"):
        part.fault("form-shape", property="computeOn", value=said(part.raw["computeOn"]))
    if not part.expression("expression", "value"):
        part.fault("form-shape", property="expression", value=said(part.raw.get("expression")))
    return replace(found, field=replace(found.field, kind="reckoned")) if "value" in part.by else None


_READERS: Mapping[str, Callable[[Component, Component, Question], Question | None]] = {
    "textfield": _text,
    "textarea": _text,
    "number": _decimal,
    "datetime": _day,
    "checkbox": _tick,
    "checklist": _choice,
    "taglist": _choice,
    "radio": _choice,
    "select": _choice,
    "expression": _reckoned,
    "filepicker": _files,
}


def _may_begin(found: Question, value: object, *, offered: bool) -> bool:
    """Whether a default is of the kind of its question; `offered`: what may be chosen is known when it is asked."""
    kind = found.field.kind
    if kind in ("integer", "number"):
        return _number(value) is not None
    if kind in ("date", "time", "moment"):
        return is_day(value, kind)
    if kind == "yes":
        return isinstance(value, bool)
    keys = {choice.key for choice in found.field.choices}
    if kind == "choice":
        return choice_key(value) in keys or offered
    if kind == "choices":
        return isinstance(value, list) and (offered or {choice_key(each) for each in value} <= keys)
    return isinstance(value, str) and len(value) <= LONGEST_TEXT and prints(value)


def _number(value: object) -> int | float | None:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}(\.\d{1,9})?", value, re.A):
        value = float(value)
    if isinstance(value, bool) or not isinstance(value, int | float) or not -1e15 < value < 1e15:
        return None
    return int(value) if float(value).is_integer() else value
