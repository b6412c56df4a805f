"""A `.form` file, as the form editor of Camunda Modeler saves it, read into what is asked. Every input is hostile."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Literal

from services.plugin import Field
from services.processes.forms.component import LONGEST_TEXT, Component
from services.processes.forms.drawn import DONE, Drawn, Question, Rule
from services.processes.forms.faults import MOST, Fault
from services.processes.forms.personal import personal_faults
from services.processes.forms.words import said

#: of the format; what a newer editor saves may mean something else
NEWEST = 19
LARGEST = 1_000_000
MOST_COMPONENTS = 300
_LIMITS = {"components": MOST_COMPONENTS, "bytes": LARGEST}
DEEPEST = 10
_LAYOUT_ONLY = frozenset({"spacer", "separator"})
_IN_LIST = frozenset({"textfield", "textarea", "number", "datetime", "select", "radio"})
_COLUMNS = 16  #: of a row

Width = Literal["full", "two_thirds", "half", "third"]


def read_file(content: bytes) -> tuple[Drawn, tuple[Fault, ...]]:
    """What the file asks, and what is wrong with it. Never raises; with an error among the faults it is not shown."""
    reader = _Reader()
    try:
        schema = json.loads(content, parse_constant=_refuse) if len(content) <= LARGEST else None
    except (ValueError, RecursionError):
        return Drawn("", ()), (Fault("form-unreadable"),)
    if schema is None and len(content) > LARGEST:
        return Drawn("", ()), (Fault("form-too-large", details=_LIMITS),)
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return Drawn("", ()), (Fault("form-unreadable"),)
    reader.whole(schema)
    name = schema.get("id")
    drawn = Drawn(name if isinstance(name, str) else "", tuple(reader.questions), reader.submit or DONE)
    return drawn, tuple(reader.faults[:MOST])


def _refuse(constant: str) -> object:
    raise ValueError(constant)  # NaN and its like are no JSON


class _Reader:
    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self.questions: list[Question] = []
        self.keys: set[str] = set()
        self.submit = ""
        self.count = 0

    def whole(self, schema: Mapping[str, Any]) -> None:
        version = schema.get("schemaVersion")
        if isinstance(version, int | float) and version > NEWEST:
            self.faults.append(Fault("form-too-new", details={"version": version, "known": NEWEST}))
        platform = schema.get("executionPlatform", "Camunda Platform")
        if platform != "Camunda Platform":
            self.faults.append(Fault("form-platform", details={"platform": said(platform)}))
        self.components(schema["components"], (), 0)
        if sum(question.is_outcome for question in self.questions) > 1:
            twice = [question.field for question in self.questions if question.is_outcome]
            self.faults.append(Fault("form-outcome", twice[1].name, twice[1].label))
        self.faults += personal_faults(self.questions)

    def components(self, components: Sequence[object], hide: tuple[str, ...], depth: int) -> None:
        if depth > DEEPEST:
            self.faults.append(Fault("form-too-deep"))
            return
        components = components[: MOST_COMPONENTS + 1]
        widths = _widths(components)
        for at, component in enumerate(components):
            self.count += 1
            if self.count > MOST_COMPONENTS:
                if self.count == MOST_COMPONENTS + 1:
                    self.faults.append(Fault("form-too-large", details=_LIMITS))
                return
            if not isinstance(component, dict):
                self.faults.append(Fault("form-shape", details={"property": "components", "value": said(component)}))
                continue
            self.component(Component(component, self.faults), hide, depth, widths[at])

    def component(self, part: Component, hide: tuple[str, ...], depth: int, width: Width) -> None:
        kind = part.kind
        hide = (*hide, *part.condition())
        if kind == "button":
            if part.raw.get("action", "submit") == "submit" and not self.submit:
                self.submit = part.words("label")
        elif kind == "group":
            self.group(part, hide, depth)
        elif kind in ("text", "html"):
            self.note("", part.words("text" if kind == "text" else "content", LONGEST_TEXT), hide)
        elif kind == "dynamiclist":
            self.question(part, self.list(part), hide, "full")
        elif kind not in _LAYOUT_ONLY:
            self.question(part, part.question(), hide, width)

    def group(self, part: Component, hide: tuple[str, ...], depth: int) -> None:
        if part.raw.get("path"):
            part.fault("form-key", key=said(part.raw["path"]))
        if label := part.words("label"):
            self.note(label, "", hide)
        self.components(part.listed("components"), hide, depth + 1)

    def note(self, label: str, text: str, hide: tuple[str, ...]) -> None:
        if label or text:
            self.questions.append(Question(Field(f"_note{len(self.questions)}", "note", label, help=text), hide))

    def question(self, part: Component, found: Question | None, hide: tuple[str, ...], width: Width) -> None:
        if found is None:
            return
        name = found.field.name
        if name in self.keys:
            part.fault("form-key-twice", key=name)
            return
        self.keys.add(name)
        wide = replace(found.field, width=width)
        self.questions.append(replace(found, field=wide, hide=hide))

    def list(self, part: Component) -> Question | None:
        """Lines of texts, numbers, dates and single choices."""
        columns: list[Field] = []
        messages: list[str] = []
        for raw in part.listed("components")[: MOST_COMPONENTS + 1]:
            self.count += 1
            inside = Component(raw if isinstance(raw, dict) else {}, self.faults)
            if inside.kind in _LAYOUT_ONLY:
                continue
            if inside.kind not in _IN_LIST or inside.raw.get("conditional") or self.count > MOST_COMPONENTS:
                inside.fault("form-in-list", type=said(inside.raw.get("type")))
                continue
            found = inside.question()
            if found is None:
                continue
            column = found.field
            if found.choices_from or found.values or found.disabled or column.readonly:
                inside.fault("form-in-list", type=inside.kind)
            elif any(column.name == other.name for other in columns):
                inside.fault("form-key-twice", key=column.name)
            else:
                columns.append(_with_rules(column, found.rules))
                messages += found.messages
        name = part.key("path")
        if not columns:
            part.fault("form-no-choices")
        if name is None or not columns:
            return None
        return Question(Field(name, "rows", part.words("label"), columns=tuple(columns)), messages=tuple(messages))


def _with_rules(column: Field, asked: Sequence[Rule]) -> Field:
    if not asked:
        return column
    return replace(column, fault=lambda answer: next((w for rule in asked if answer and (w := rule(answer))), ""))


def _widths(components: Sequence[object]) -> list[Width]:
    """How wide each is in our six columns: as it was drawn in its sixteen, or its share of the row."""
    layouts = [each.get("layout") if isinstance(each, dict) else None for each in components]
    rows = [layout.get("row") if isinstance(layout, dict) else None for layout in layouts]
    sharing = Counter(row for row in rows if isinstance(row, str))
    found: list[Width] = []
    for layout, row in zip(layouts, rows, strict=True):
        wide = layout.get("columns") if isinstance(layout, dict) else None
        if isinstance(wide, bool) or not isinstance(wide, int):
            wide = _COLUMNS // sharing[row] if isinstance(row, str) else _COLUMNS
        at_most: tuple[tuple[int, Width], ...] = ((6, "third"), (9, "half"), (13, "two_thirds"))
        found.append(next((width for most, width in at_most if wide <= most), "full"))
    return found
