"""Words with expressions in them, as the form editor writes them.

`{{name}}`, `{{#if a > 3}}…{{/if}}`, `{{#loop list}}…{{/loop}}`, or a whole expression, `="№ " + number`. The language
is feelers', held against it in the tests.

In a loop, names are those of its element; the element itself is `this`, what stands around it `parent`.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from services import expressions, shown
from services.processes.forms.reckoned import reckoned

Names = Sequence[Mapping[str, object]]  #: as `reckoned.reckoned` reads them
Escape = Callable[[str], str]
MOST_TURNS = 2000  #: of all loops of a text
DEEPEST = 10
_TAG = re.compile(r"\{\{(.*?)\}\}(\n?)", re.S)
_OPENS = re.compile(r"#(if|loop)\s+(.+)", re.S)
#: stands where something cannot be said
UNKNOWN = "…"


class BadTemplate(ValueError):
    """The words cannot be filled in: the expression, and why."""

    def __init__(self, expression: str, reason: object) -> None:
        super().__init__(expression, reason)
        self.expression, self.reason = expression, reason


@dataclass(frozen=True)
class Part:
    """`kind`: text, insert, if or loop; `text`: the words, or the expression."""

    kind: str
    text: str
    inside: tuple["Part", ...] = ()
    ends_line: bool = False  #: the closing tag stood at the end of a line


def is_template(text: str) -> bool:
    """As form-js tells them apart."""
    return text.startswith("=") or _TAG.search(text) is not None


def check_template(text: str) -> None:
    """Raises BadTemplate."""
    for part in _walk(_read(text)):
        if part.kind != "text" and part.text:
            try:
                expressions.check_expression("=" + part.text)
            except expressions.ExpressionError as error:
                raise BadTemplate(part.text, error.details.get("reason", "")) from None


def names_of(text: str) -> frozenset[str]:
    """The names that its expressions may read."""
    parts = (part for part in _walk(_read(text)) if part.kind != "text" and part.text)
    return frozenset().union(*(expressions.all_names_in("=" + part.text) for part in parts))


def filled(text: str, names: Names, now: datetime, escape: Escape = str) -> str:
    """The words with what is known in them; `escape` is asked for what stands in braces. Never raises."""
    if not is_template(text):
        return text
    try:
        parts = _read(text)
    except BadTemplate:
        return UNKNOWN
    filling = _Filling(now, str if text.startswith("=") else escape)
    return "".join(filling.said(part, names) for part in parts)


def unfilled(text: str) -> str:
    """The words where nothing is known that could be put into them."""
    return UNKNOWN if text.startswith("=") else _TAG.sub(UNKNOWN, text)


class _Filling:
    """One filling in: how many turns its loops may still take."""

    def __init__(self, now: datetime, escape: Escape) -> None:
        self.now, self.escape, self.left = now, escape, MOST_TURNS

    def said(self, part: Part, names: Names) -> str:
        if part.kind == "text":
            return part.text
        if part.kind == "insert":
            # as it is kept, before what FEEL makes of it: "12.50"
            value = reckoned(f"=string({part.text})", names[::-1], self.now) if part.text else None
            return self.escape(value) if isinstance(value, str) else ""
        turns = self._turns(part, names)
        said = "".join(self.said(each, turn) for turn in turns for each in part.inside)
        # a loop without turns is a line still, what is not the case is none
        ends = part.ends_line and (part.kind == "loop" or turns) and not said.endswith("\n")
        return said + "\n" if ends else said

    def _turns(self, part: Part, names: Names) -> list[Names]:
        value = reckoned("=" + part.text, names, self.now)
        if part.kind == "if":
            # what JavaScript takes for false
            return [] if value is None or value is False or value in ("", 0) else [names]
        listed = (value if isinstance(value, list) else [] if value is None else [value])[: max(self.left, 0)]
        self.left -= len(listed)
        return [_of_element(each, names) for each in listed]


def _of_element(element: object, around: Names) -> Names:
    own = dict(element) if isinstance(element, Mapping) else {}
    return [{"this": element, "parent": each, **own, "_this_": element, "_parent_": each} for each in around]


def _walk(parts: tuple[Part, ...]) -> Iterator[Part]:
    for part in parts:
        yield part
        yield from _walk(part.inside)


@lru_cache(maxsize=2048)
def _read(text: str) -> tuple[Part, ...]:
    """Raises BadTemplate."""
    if text.startswith("="):
        return (Part("insert", text[1:].strip()),)
    #: what is open: the kind, its expression, and what stands in it so far
    stack: list[tuple[str, str, list[Part]]] = [("", "", [])]
    at = 0
    for tag in _TAG.finditer(text):
        said, line_end = tag[1].strip(), tag[2]
        stack[-1][2].append(Part("text", text[at : tag.start()]))
        at = tag.end()
        if opens := _OPENS.fullmatch(said):
            if len(stack) > DEEPEST:
                raise BadTemplate(said, shown.Words("it is nested too deeply"))
            stack.append((opens[1], opens[2], []))
        elif said.startswith(("/", "#")):
            kind, expression, inside = stack.pop()
            if said != f"/{kind}" or not stack:
                raise BadTemplate(said, shown.Words("it does not close what was opened"))
            stack[-1][2].append(Part(kind, expression, tuple(inside), bool(line_end)))
        else:
            stack[-1][2].append(Part("insert", said))
            at -= len(line_end)
    if len(stack) > 1:
        raise BadTemplate(f"#{stack[-1][0]} {stack[-1][1]}", shown.Words("it is not closed"))
    stack[0][2].append(Part("text", text[at:]))
    return tuple(stack[0][2])
