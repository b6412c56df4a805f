"""FEEL's types: what is an instance of which, and what is made to fit (DMN 1.5, 10.3.2.9)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from services.feel import nodes
from services.feel.times import Date, DateTime, Time
from services.feel.values import Function, Range, Value, kind

_OTHER_NAMES = {
    "year-month duration": "years and months duration", "yearMonthDuration": "years and months duration",
    "day-time duration": "days and time duration", "dayTimeDuration": "days and time duration",
    "dateTime": "date and time", "any": "Any",
}  # fmt: skip
SIMPLE = frozenset({
    "number", "string", "boolean", "date", "time", "date and time", "years and months duration",
    "days and time duration",
})  # fmt: skip


@dataclass(frozen=True)
class FeelType:
    """A type. `kind` is FEEL's own word; a type that a model defines has a name, and values that it allows."""

    kind: str
    element: "FeelType | None" = None  #: of a list or range
    members: Mapping[str, "FeelType"] | None = None  #: of a context
    parameters: "Sequence[FeelType] | None" = None  #: of a function
    result: "FeelType | None" = None  #: of a function
    name: str = ""
    allows: Callable[[Value], bool] | None = field(default=None, compare=False, repr=False)
    #: what `instance of` asks besides; the specification asks nothing (10.3.2.9.3), files of former readings do
    asks: Callable[[Value], bool] | None = field(default=None, compare=False, repr=False)

    def __str__(self) -> str:
        if self.name:
            return self.name
        return f"{self.kind}<{self.element}>" if self.element else self.kind


ANY = FeelType("Any")
Types = Mapping[str, FeelType]


def named(name: str) -> FeelType | None:
    """FEEL's own type of that name; one without a prefix, as DMN 1.1 and Modeler write them, too."""
    plain = name.strip().removeprefix("feel:").removeprefix("feel.")
    plain = _OTHER_NAMES.get(plain, plain)
    if plain in SIMPLE or plain in ("Any", "Null", "list", "context", "function", "range"):
        return FeelType(plain)
    return None


def resolve(node: nodes.Type, types: Types) -> FeelType | None:
    """The type that stands there; None for one that nobody defines."""
    if not node.parts_of and node.result is None:
        return types.get(node.name) or named(node.name)
    parts = [resolve(each, types) for each in node.parts_of]
    known = [each for each in parts if each is not None]
    if len(known) < len(parts):
        return None
    if node.name == "context":
        return FeelType("context", members=dict(zip(node.names, known, strict=True)))
    if node.name == "function":
        result = resolve(node.result, types) if node.result else ANY
        return FeelType("function", parameters=tuple(known), result=result) if result else None
    return FeelType(node.name, known[0]) if len(known) == 1 else None


def bare(of: FeelType) -> FeelType:
    """The type as `instance of` has it: the values that it allows do not belong to it (10.3.2.9.3)."""
    return replace(
        of,
        element=bare(of.element) if of.element else None,
        members={name: bare(each) for name, each in of.members.items()} if of.members else of.members,
        allows=of.asks,
    )


def is_instance(value: Value, of: FeelType) -> bool:
    """Whether the value is one of the type; null is none of any but Null."""
    if value is None:
        return of.kind == "Null"
    if of.kind == "Any":
        return of.allows is None or of.allows(value)
    if kind(value) != of.kind:
        return False
    fits = _PARTS.get(of.kind)
    return (fits is None or fits(value, of)) and (of.allows is None or of.allows(value))


def _list(value: list[Value], of: FeelType) -> bool:
    return of.element is None or all(each is None or is_instance(each, of.element) for each in value)


def _range(value: Range, of: FeelType) -> bool:
    ends = [end for end in (value.low, value.high) if end is not None]
    return of.element is None or (bool(ends) and all(is_instance(end, of.element) for end in ends))


def _context(value: dict[str, Value], of: FeelType) -> bool:
    members = of.members or {}
    return all(name in value and _may(value[name], type_) for name, type_ in members.items())


def _may(value: Value, of: FeelType) -> bool:
    return value is None or is_instance(value, of)


def _function(value: Function, of: FeelType) -> bool:
    if of.parameters is None:
        return True
    if len(of.parameters) != len(value.parameters):
        return False
    types = value.types or [None] * len(value.parameters)
    if any(asked is not None and not conforms(given, asked) for given, asked in zip(of.parameters, types, strict=True)):
        return False
    return value.result is None or of.result is None or conforms(value.result, of.result)


_PARTS: Mapping[str, Callable[[Any, FeelType], bool]] = {
    "list": _list, "range": _range, "context": _context, "function": _function,
}  # fmt: skip


def conforms(one: FeelType, to: FeelType) -> bool:
    """Whether every value of the one type is of the other (10.3.2.9.3)."""
    if to.kind == "Any" or one.kind == "Null":
        return True
    if one.kind != to.kind:
        return False
    if to.element is not None and one.element is not None and not conforms(one.element, to.element):
        return False
    theirs = one.members or {}
    return all(name in theirs and conforms(theirs[name], type_) for name, type_ in (to.members or {}).items())


class Unfit(Exception):
    """A value that cannot be made one of a type."""

    def __init__(self, value: Value, of: FeelType) -> None:
        self.value, self.of = value, of
        super().__init__(f"{kind(value)} is no {of}")


#: what most columns hold, by Python's type
_PLAIN: Mapping[type, str] = {Decimal: "number", str: "string", bool: "boolean"}


def coerced(value: Value, of: FeelType) -> Value:
    """The value as one of the type: as it is, the one element of a list, a list of it, a day as a moment (10.3.2.9.4).

    Raises Unfit.
    """
    if value is None or (_PLAIN.get(type(value)) == of.kind and of.allows is None):
        return value
    if of.kind == "list" and not isinstance(value, list):
        value = [value]
    elif isinstance(value, list) and len(value) == 1 and of.kind not in ("list", "Any"):
        value = value[0]
    if of.kind == "list" and of.element is not None:
        value = [coerced(each, of.element) for each in value]
    elif of.kind == "context" and of.members and isinstance(value, dict):
        value = value | {name: coerced(value[name], of.members[name]) for name in value.keys() & of.members.keys()}
    elif of.kind == "date and time" and isinstance(value, Date):
        value = DateTime(value, Time(0, 0, 0, 0, 0))
    elif of.kind == "function" and isinstance(value, Function):
        return value
    if value is not None and not is_instance(value, of):
        raise Unfit(value, of)
    return value
