"""What a question comes to here and now: in this case, with the answers that stand in the form."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property, partial

from services import expressions, hours
from services.asking import layers, put, take_away
from services.msgids import _
from services.plugin import Answers, AttachedFile, Choice, Field, FormCall, file_choices
from services.processes.forms import demands
from services.processes.forms.beginning import begun
from services.processes.forms.component import LONGEST_TEXT
from services.processes.forms.drawn_form import LONGEST_CHOICE, Drawn, Offered, Question, Rule, offered
from services.processes.forms.filling import filled, is_template
from services.processes.forms.markup import escaped
from services.processes.forms.media import attached, named, shown
from services.processes.forms.reckoned import as_typed, reckoned

PAST_DAY = _("Please enter today or a later day.")
MOST_LINES, MOST_COLUMNS, LONGEST_CELL = 500, 30, 500


@dataclass(frozen=True)
class Here:
    """One asking of a form. `first` holds the answers it begins with."""

    drawn: Drawn
    call: FormCall
    first: Answers

    @cached_property
    def outside(self) -> Answers:
        """The case's variables, without what the form asks for."""
        known = dict(self.call.case.variables)
        for question in self.drawn.questions:
            if not question.field.asks_nothing:
                take_away(known, question.field.name)
        return known

    @cached_property
    def asked(self) -> frozenset[str]:
        """What expressions read of the form itself."""
        own = {each.field.name.partition(".")[0] for question in self.drawn.questions for each in question}
        return frozenset(own | {"this", "_this_", "parent", "_parent_", "i", "_i_"})

    def readings(self, given: Answers, beside: Sequence[Question]) -> list[Answers]:
        """What an expression may ask for: the answers before the variables; `beside`: what it asks for as `this`.

        First by FEEL's types (a day is a date), then as they are kept, which is how the viewer reckons with them.
        """
        whole = given.get("_this_")
        this = whole if isinstance(whole, Mapping) else {}
        typed = as_typed(self.drawn.questions, given), as_typed(beside, this)
        plain = given, this
        same = typed[0] is given and typed[1] is this
        return [self._names(*each) for each in ([plain] if same else [typed, plain])]

    def _names(self, form: Answers, this: Answers) -> Answers:
        here = this if form.get("_parent_") is not None else _over(self.outside, this)
        return layers({"this": here, "_this_": here}, _over(self.outside, form))

    def field(self, question: Question, beside: Sequence[Question]) -> Field:
        """The field that is asked, which knows how it moves with the answers; `beside`: it and those around it."""
        name = question.field.name
        columns = tuple(
            replace(self.field(each, question.columns), stands=begun(each, {}, self.call)) for each in question.columns
        )
        found = replace(
            question.field,
            seen=partial(_seen_lines, columns) if columns else partial(_seen, question, question.values),
            disabled=question.disabled,
            columns=columns or question.field.columns,
            stands=self.first.get(name, question.field.stands),
            begins=self._begins(question),
            asked_at=self.call.now if question.field.kind in ("time", "moment") else None,
        )
        if question.hide:
            found = replace(found, hide=partial(self._hides, question.hide, beside))
        asked: tuple[Rule, ...] = (*question.rules, *([partial(_past, self.call.now)] if question.not_past else []))
        if asked:
            found = replace(found, fault=partial(first_fault, asked))
        if question.choices_from:
            found = self._offers(question, found, offered(self.call.case.variables.get(question.choices_from)))
        if found.kind == "files":
            found = attached(found, self.call.files(name))
        if (value := question.by.get("value")) is not None:
            return replace(found, reckon=partial(self._reckoned, value, beside))
        if question.by.keys() - {"default"} or any(is_template(words) for words in question.words):
            # what nobody looks at while it is filled in still says what is known of the case
            plain = replace(found, fill=partial(self._filled, question, self.readings({}, ())))
            return replace(plain, now=partial(self._now, question, beside, found, asked))
        return found

    def _begins(self, question: Question) -> Sequence[Mapping[str, object]]:
        first = self.first.get(question.field.name)
        return first if question.columns and isinstance(first, list) else question.field.begins

    def _now(
        self, question: Question, beside: Sequence[Question], found: Field, asked: tuple[Rule, ...], given: Answers
    ) -> Field:
        """The field as these answers have it asked."""
        names, now = self.readings(given, beside), self.call.now
        by = {name: reckoned(text, names, now) for name, text in question.by.items() if name != "default"}
        if any(is_template(words) for words in question.words):
            found = replace(found, fill=partial(self._filled, question, names))
        found = replace(
            found,
            required=by.get("required", found.required) is True,
            readonly=by.get("readonly", found.readonly) is True,
            disabled=by.get("disabled", found.disabled) is True,
        )
        texts = [question.by[name] for name in ("readonly", "disabled") if name in question.by]
        if (found.readonly or found.disabled) and not question.field.readonly:
            found = replace(found, held=any(expressions.all_names_in(text) & self.asked for text in texts))
        found = _bounded(found, by, asked)
        if "choices" in by:
            found = self._offers(question, found, offered(by["choices"]))
        if question.field.kind == "table":
            found = _table(found, by)
        if "documents" in by:
            found = replace(found, choices=file_choices(named(by["documents"], self._files)))
        if "picture" in by:
            found = replace(found, choices=shown(by["picture"], self._files))
        return replace(found, now=None)

    @cached_property
    def _files(self) -> Sequence[AttachedFile]:
        """Of the case, and those that are chosen in this form."""
        chosen = [each.field.name for each in self.drawn.questions if each.field.kind == "files"]
        return [*self.call.files(None), *(file for name in chosen for file in self.call.files(name) if not file.given)]

    def _offers(self, question: Question, found: Field, offers: Sequence[Offered]) -> Field:
        return replace(
            found,
            choices=tuple(Choice(key, label) for key, label, _ in offers),
            seen=partial(_seen, question, {key: value for key, _, value in offers}),
        )

    def _hides(self, conditions: Sequence[str], beside: Sequence[Question], given: Answers) -> bool:
        """Whether one of the conditions holds. One that these answers cannot be put into does not."""
        names = self.readings(given, beside)
        return any(reckoned(condition, names, self.call.now) is True for condition in conditions)

    def _reckoned(self, expression: str, beside: Sequence[Question], given: Answers) -> object:
        return reckoned(expression, self.readings(given, beside), self.call.now)

    def _filled(self, question: Question, names: Sequence[Answers], words: str) -> str:
        return filled(words, names, self.call.now, partial(escaped, question.field.markup))


#: of most variables: seen before what is asked for slowly
_PLAIN = frozenset({str, int, float, bool, list, type(None)})


def _over(under: Answers, above: Answers) -> Answers:
    """Both; a context of both names has the members of both."""
    if not under:
        return above
    contexts = ((name, low) for name, low in under.items() if type(low) not in _PLAIN and isinstance(low, Mapping))
    both = {name: _over(low, high) for name, low in contexts if isinstance(high := above.get(name), Mapping)}
    return layers(both, above, under)


# ---------------------------------------------------------------- one property


def _bounded(found: Field, by: Mapping[str, object], asked: tuple[Rule, ...]) -> Field:
    """With its bounds; one that is nothing does not bound, one that is no number lets nothing pass."""
    more: list[Rule] = []
    for name in ("minimum", "maximum", "longest", "shortest"):
        if by.get(name) is None:
            continue
        bound = number_of(by[name])
        if bound is None:
            more.append(lambda answer: demands.NO_BOUND)
        elif name == "shortest":
            more.append(demands.at_least(int(bound)))
        elif name == "minimum":
            found = replace(found, minimum=bound)
        else:
            most = bound if name == "maximum" else min(max(int(bound), 1), LONGEST_TEXT)
            found = replace(found, maximum=most)
    return replace(found, fault=partial(first_fault, (*asked, *more))) if more else found


def number_of(value: object) -> int | float | None:
    """A number, or a text that is one; None for anything else."""
    try:
        found = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except ValueError:
        return None
    if found is None or not abs(found) < 1e15:
        return None
    return int(found) if found.is_integer() else found


def _table(found: Field, by: Mapping[str, object]) -> Field:
    """A table's lines, and its columns where they are reckoned: a list of `{label, key}`."""
    columns = found.columns
    named = by.get("columns")
    if isinstance(named, list):
        pairs = [(each.get("key"), each.get("label")) for each in named[:MOST_COLUMNS] if isinstance(each, Mapping)]
        columns = tuple(Field(key, "text", str(label or key)[:LONGEST_CHOICE]) for key, label in pairs
                        if isinstance(key, str) and key)  # fmt: skip
    rows = by.get("rows")
    lines = [each for each in rows if each is not None][:MOST_LINES] if isinstance(rows, list) else []
    keys = [column.name for column in columns]
    return replace(found, columns=columns, begins=tuple(_cells(each, keys) for each in lines))


def _cells(line: object, keys: Iterable[str]) -> Mapping[str, object]:
    return {key: _cell(line[key]) for key in keys if key in line} if isinstance(line, Mapping) else {}


def _cell(value: object) -> object:
    if isinstance(value, list | Mapping):
        return json.dumps(value, ensure_ascii=False)[:LONGEST_CELL]
    return value[:LONGEST_CELL] if isinstance(value, str) else value


def first_fault(asked: Sequence[Rule], answer: object) -> str:
    """What the first of the rules finds wrong with an answer; empty when nothing is."""
    if answer in (None, "", []):
        return ""  # whether it may be empty is another question
    return next((wrong for rule in asked if (wrong := rule(answer))), "")


def _past(now: datetime, answer: object) -> str:
    day = hours.to_python(str(answer))
    if isinstance(day, datetime):
        day = day.astimezone(now.tzinfo).date() if day.tzinfo else day.date()
    return PAST_DAY if isinstance(day, date) and day < now.date() else ""


# ---------------------------------------------------------------- an answer as the diagram sees it


def _seen(question: Question, values: Mapping[str, object], answer: object) -> object:
    """A choice by its own value, a number as text where it was drawn so."""
    if isinstance(answer, list):
        return [values.get(each, each) if isinstance(each, str) else each for each in answer]
    if isinstance(answer, str) and question.field.kind == "choice":
        return values.get(answer, answer)
    if question.as_text and answer is not None:
        return str(answer)
    return answer


def _seen_lines(columns: Sequence[Field], answer: object) -> list[Answers]:
    """A list with its lines as contexts."""
    lines: list[Answers] = []
    for cells in answer if isinstance(answer, list) else []:
        line: dict[str, object] = {}
        for column in columns:
            if column.name in cells:
                cell = cells[column.name]
                put(line, column.name, column.seen(cell) if column.seen else cell)
        lines.append(line)
    return lines
