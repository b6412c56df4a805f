"""A `.form` file, as the form editor of Camunda Modeler saves it, read into what is asked. Every input is hostile."""

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from services.answers import MOST_ROWS
from services.plugin import Field
from services.processes.forms.circles import circle
from services.processes.forms.component import LONGEST_TEXT, Component
from services.processes.forms.drawn_form import DONE, Drawn, Question
from services.processes.forms.faults import MOST, FormFault
from services.processes.forms.known_properties import unread
from services.processes.forms.markup import not_shown
from services.processes.forms.media import documents, picture
from services.processes.forms.personal import personal_faults
from services.processes.forms.plain_words import said
from services.processes.forms.shown_tables import table

#: of the format; what a newer editor saves may mean something else
NEWEST = 19
LARGEST = 1_000_000
MOST_COMPONENTS = 300
_LIMITS = {"components": MOST_COMPONENTS, "bytes": LARGEST}
DEEPEST = 10
_LAYOUT_ONLY = frozenset({"spacer", "separator"})
_LOOKED_AT: Mapping[str, Callable[[Component, str], Question | None]] = {
    "table": table, "image": picture, "documentPreview": documents,
}  # fmt: skip
_NOT_IN_LIST = frozenset({"filepicker", "image", "documentPreview"})
UNFOLDED = 5  #: lines of a list that are seen at first, where the file says nothing
_COLUMNS = 16  #: of a row

Width = Literal["full", "two_thirds", "half", "third"]


def read_file(content: bytes) -> tuple[Drawn, tuple[FormFault, ...]]:
    """What the file asks, and what is wrong with it. Never raises; with an error among the faults it is not shown."""
    reader = _SchemaReader()
    try:
        schema = json.loads(content, parse_constant=_refuse) if len(content) <= LARGEST else None
    except (ValueError, RecursionError):
        return Drawn("", ()), (FormFault("form-unreadable"),)
    if schema is None and len(content) > LARGEST:
        return Drawn("", ()), (FormFault("form-too-large", details=_LIMITS),)
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        return Drawn("", ()), (FormFault("form-unreadable"),)
    reader.whole(schema)
    name = schema.get("id")
    drawn = Drawn(name if isinstance(name, str) else "", tuple(reader.questions), reader.submit or DONE)
    return drawn, tuple(reader.faults[:MOST])


def _refuse(constant: str) -> object:
    raise ValueError(constant)  # NaN and its like are no JSON


@dataclass(frozen=True)
class _Place:
    """Where a component stands."""

    path: str = ""  #: of the groups around it, with a dot at its end
    hide: tuple[str, ...] = ()  #: conditions around it, and its own
    depth: int = 0
    width: Width = "full"
    in_list: bool = False


class _SchemaReader:
    """One form, or the lines of a list in it."""

    def __init__(self, faults: list[FormFault] | None = None, count: int = 0) -> None:
        self.faults: list[FormFault] = [] if faults is None else faults
        self.questions: list[Question] = []
        self.keys: set[str] = set()
        self.submit = ""
        self.count = count  #: components so far

    def whole(self, schema: Mapping[str, Any]) -> None:
        version = schema.get("schemaVersion")
        if isinstance(version, int | float) and version > NEWEST:
            self.faults.append(FormFault("form-too-new", details={"version": version, "known": NEWEST}))
        platform = schema.get("executionPlatform", "Camunda Platform")
        if platform != "Camunda Platform":
            self.faults.append(FormFault("form-platform", details={"platform": said(platform)}))
        self.components(schema["components"], _Place())
        if sum(question.is_outcome for question in self.questions) > 1:
            twice = [question.field for question in self.questions if question.is_outcome]
            self.faults.append(FormFault("form-outcome", twice[1].name, twice[1].label))
        for question in self.questions:
            if question.is_outcome and (why := _missed_by(question)):
                field = question.field
                self.faults.append(FormFault("form-outcome-may-miss", field.name, field.label, {"expression": why}))
        if (found := circle(self.questions)) is not None:
            self.faults.append(
                FormFault("form-circle", found.field.name, found.field.label, {"expression": found.by["value"]})
            )
        self.faults += personal_faults(self.questions)

    def components(self, components: Sequence[object], inside: _Place) -> None:
        if inside.depth > DEEPEST:
            self.faults.append(FormFault("form-too-deep"))
            return
        components = components[: MOST_COMPONENTS + 1]
        widths = _widths(components)
        for at, component in enumerate(components):
            self.count += 1
            if self.count > MOST_COMPONENTS:
                if self.count == MOST_COMPONENTS + 1:
                    self.faults.append(FormFault("form-too-large", details=_LIMITS))
                return
            if not isinstance(component, dict):
                self.faults.append(
                    FormFault("form-shape", details={"property": "components", "value": said(component)})
                )
                continue
            part = Component(component, self.faults)
            if names := [*unread(component, part.kind)]:
                part.fault("form-property-unread", properties=said(", ".join(names)), type=part.kind)
            self.component(part, replace(inside, hide=(*inside.hide, *part.condition()), width=widths[at]))

    def component(self, part: Component, place: _Place) -> None:
        kind = part.kind
        if kind == "button":
            self.button(part, place)
        elif kind == "group":
            self.group(part, place)
        elif kind in ("text", "html"):
            self.note(part, place)
        elif kind == "dynamiclist":
            # one that does not repeat is a group, as in the viewer
            (self.list if part.switch("isRepeating", default=True) else self.group)(part, place)
        elif place.in_list and kind in _NOT_IN_LIST:
            part.fault("form-in-list", type=said(kind))
        elif kind in _LOOKED_AT:
            self.add(part, _LOOKED_AT[kind](part, f"_{kind}{self.count}"), place)
        elif kind not in _LAYOUT_ONLY:
            self.add(part, part.question(place.path), place)

    def button(self, part: Component, place: _Place) -> None:
        """The page has one: what it says is the first one's that sends."""
        if part.raw.get("action", "submit") != "submit":
            part.fault("form-reset")
        elif place.in_list or self.submit:
            part.fault("form-button")
        else:
            if place.hide or part.raw.get("disabled") not in (None, False):
                part.fault("form-button-stays")
            self.submit = part.words("label")

    def group(self, part: Component, place: _Place) -> None:
        path = part.key("path") if part.raw.get("path") not in (None, "") else ""
        if label := part.words("label", filled=True):
            self.ask(Question(Field(f"_note{len(self.questions)}", "note", label), place.hide))
        if path is not None:
            inside = replace(place, path=f"{place.path}{path}." if path else place.path, depth=place.depth + 1)
            self.components(part.listed("components"), inside)

    def note(self, part: Component, place: _Place) -> None:
        """Markdown or HTML: what would run is refused, what has no effect here is told."""
        kind: Literal["markdown", "html"] = "markdown" if part.kind == "text" else "html"
        text = part.words("text" if kind == "markdown" else "content", LONGEST_TEXT, filled=True)
        refused, left_out = not_shown("" if text.startswith("=") else text, kind)
        if refused and kind == "html":
            part.fault("form-html", what=", ".join(refused[:5]))
        elif refused or left_out:
            part.fault("form-html-look", what=", ".join([*refused, *left_out][:5]))
        if text:
            note = Field(f"_note{len(self.questions)}", "note", "", help=text, markup=kind, width=place.width)
            self.ask(Question(note, place.hide))

    def ask(self, found: Question) -> None:
        self.questions.append(found)

    def add(self, part: Component, found: Question | None, place: _Place) -> None:
        """A question with a key, that no other may have: nor a part of its path, nor a longer one."""
        if found is None:
            return
        name = found.field.name
        if any(f"{name}.".startswith(f"{other}.") or f"{other}.".startswith(f"{name}.") for other in self.keys):
            part.fault("form-key-twice", key=name)
            return
        self.keys.add(name)
        width: Width = "full" if found.columns else place.width
        self.ask(replace(found, field=replace(found.field, width=width), hide=place.hide))

    def list(self, part: Component, place: _Place) -> None:
        """A list: what stands in it is asked in each of its lines, whatever it is."""
        name = part.key("path")
        inside = _SchemaReader(self.faults, self.count)
        inside.components(part.listed("components"), _Place(depth=place.depth + 1, in_list=True))
        self.count = inside.count
        if not any(each.field.kind != "note" for each in inside.questions):
            part.fault("form-no-choices")
            return
        for each in inside.questions:
            if each.is_outcome:  # a line is not the step
                self.faults.append(FormFault("form-outcome-not-here", each.field.name, each.field.label))
        if name is None:
            return
        lines = part.number("defaultRepetitions", whole=True, least=0)
        folds = part.number("nonCollapsedItems", whole=True, least=0)
        field = Field(
            place.path + name,
            "rows",
            part.words("label", filled=True),
            fixed=not part.switch("allowAddRemove", default=True),
            folds=0 if part.switch("disableCollapse") else int(folds or UNFOLDED),
        )
        repetitions = 1 if lines is None else min(int(lines), MOST_ROWS)
        self.add(part, Question(field, columns=tuple(inside.questions), repetitions=repetitions), place)


def _missed_by(outcome: Question) -> str:
    """What may leave the step's outcome without an answer, as it was drawn; empty when nothing does."""
    by = outcome.by.get("disabled") or (outcome.by.get("readonly") if outcome.default is None else None)
    return next(iter(outcome.hide), by or ("readonly" if outcome.field.readonly and outcome.default is None else ""))


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
