"""What is sent and answered, said once: the same words read a request and stand in the OpenAPI document."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from services.errors import Invalid
from services.letters import LOST

_NUMBER = re.compile(r"-?\d{1,18}")
_YES_NO = {"true": True, "false": False}
LONGEST_TEXT, LONGEST_LIST = 4000, 500


class WrongValue(Invalid):
    """This cannot be read: %(where)s."""


class UnknownName(Invalid):
    """Komek does not know this here, and passes nothing over: %(where)s."""


@dataclass(frozen=True)
class Shape:
    """A kind of value: its JSON Schema, and who reads it. `read(value, where)` raises WrongValue."""

    schema: Mapping[str, Any]
    read: Callable[[Any, str], Any]
    required: bool = False
    nothing: Any = None  #: what stands for one that was not sent

    def needed(self) -> "Shape":
        return replace(self, required=True)

    def or_else(self, nothing: object) -> "Shape":
        return replace(self, nothing=nothing)

    def or_null(self) -> dict[str, Any]:
        """The schema of a value that may be left out."""
        kind = self.schema.get("type")
        if isinstance(kind, str) and "enum" not in self.schema:
            return {**self.schema, "type": [kind, "null"]}
        return {"anyOf": [dict(self.schema), {"type": "null"}]} if self.schema else {}


def text(most: int = LONGEST_TEXT, least: int = 0) -> Shape:
    """The shape of a text."""

    def read(value: Any, where: str) -> str:
        if not isinstance(value, str):
            raise WrongValue("This must be a text: %(where)s.", where=where)
        if not least <= len(value) <= most:
            raise WrongValue(
                "This must have %(least)s to %(most)s characters: %(where)s.", where=where, least=least, most=most
            )
        if LOST in value:
            raise WrongValue("This has a character that cannot be kept: %(where)s.", where=where)
        return value

    return Shape({"type": "string", "maxLength": most, **({"minLength": least} if least else {})}, read)


def whole(least: int = 0, most: int = 2**53 - 1) -> Shape:
    """A whole number; in an address as digits."""

    def read(value: Any, where: str) -> int:
        if isinstance(value, str) and _NUMBER.fullmatch(value) and value.isascii():
            value = int(value)
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        if isinstance(value, bool) or not isinstance(value, int):
            raise WrongValue("This must be a whole number: %(where)s.", where=where)
        if not least <= value <= most:
            raise WrongValue("This must be from %(least)s to %(most)s: %(where)s.", where=where, least=least, most=most)
        return value

    return Shape({"type": "integer", "minimum": least, "maximum": most}, read)


def yes_no() -> Shape:
    """The shape of yes or no."""

    def read(value: Any, where: str) -> bool:
        if isinstance(value, str) and value in _YES_NO:
            return _YES_NO[value]
        if not isinstance(value, bool):
            raise WrongValue("This must be true or false: %(where)s.", where=where)
        return value

    return Shape({"type": "boolean"}, read)


def a_moment() -> Shape:
    """A moment with its offset, as Camunda writes it (2026-11-23T08:51:32.945+0000) or as ISO 8601 does."""

    def read(value: Any, where: str) -> datetime:
        try:
            moment = datetime.fromisoformat(value)
            if moment.tzinfo is None:
                raise ValueError
            return moment.astimezone(UTC)
        except (TypeError, ValueError, OverflowError):
            raise WrongValue("This must be a moment with its offset, 2026-11-23T08:51:32.945+0000: %(where)s.",
                             where=where) from None  # fmt: skip

    return Shape({"type": "string", "maxLength": 40}, read)


def one_of(*words: str) -> Shape:
    """The shape of one of these texts."""

    def read(value: Any, where: str) -> str:
        if value not in words:
            raise WrongValue("This must be one of %(words)s: %(where)s.", where=where, words=", ".join(words))
        return str(value)

    return Shape({"type": "string", "enum": list(words)}, read)


def anything() -> Shape:
    """The shape of any value."""
    return Shape({}, lambda value, where: value)


def many(each: Shape, most: int = LONGEST_LIST) -> Shape:
    """The shape of a JSON list, of at most so many."""

    def read(value: Any, where: str) -> list[Any]:
        if not isinstance(value, list) or len(value) > most:
            raise WrongValue("This must be a list of at most %(most)s: %(where)s.", where=where, most=most)
        return [each.read(item, f"{where}[{at}]") for at, item in enumerate(value)]

    return Shape({"type": "array", "items": dict(each.schema), "maxItems": most}, read)


def named(each: Shape, most: int = LONGEST_LIST) -> Shape:
    """Values under names of the sender's choice."""
    name = text(200, 1)

    def read(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict) or len(value) > most:
            raise WrongValue("This must be an object of at most %(most)s names: %(where)s.", where=where, most=most)
        return {name.read(key, where): each.read(item, f"{where}.{key[:60]}") for key, item in value.items()}

    said = {"propertyNames": dict(name.schema), "additionalProperties": dict(each.schema) or True}
    return Shape({"type": "object", "maxProperties": most, **said}, read)


def record(**fields: Shape) -> Shape:
    """An object: what is not `needed` may be left out or null; a name that is not known is refused.

    What is passed over would silently not happen: a filter with a misspelt name would filter nothing.
    """

    def read(value: Any, where: str) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise WrongValue("This must be a JSON object: %(where)s.", where=where or "body")
        if unknown := next((name for name in value if name not in fields), None):
            raise UnknownName(where=f"{where}.{str(unknown)[:60]}" if where else str(unknown)[:60])
        found = {}
        for name, shape in fields.items():
            here = f"{where}.{name}" if where else name
            if value.get(name) is None:
                if shape.required:
                    raise WrongValue("This is needed: %(where)s.", where=here)
                found[name] = shape.nothing
            else:
                found[name] = shape.read(value[name], here)
        return found

    needed = [name for name, shape in fields.items() if shape.required]
    properties = {name: dict(shape.schema) if shape.required else shape.or_null() for name, shape in fields.items()}
    schema = {"type": "object", "properties": properties, "additionalProperties": False}
    return Shape({**schema, **({"required": needed} if needed else {})}, read)


# ---------------------------------------------------------------- what is answered


def answered(**fields: Mapping[str, Any]) -> dict[str, Any]:
    """The schema of an object that is answered with all of these, and nothing else."""
    return {"type": "object", "properties": fields, "required": list(fields), "additionalProperties": False}


def list_of(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of a list of these."""
    return {"type": "array", "items": dict(schema)}


def or_nothing(schema: Mapping[str, Any]) -> dict[str, Any]:
    """The shape of a value that may be null."""
    return {"anyOf": [dict(schema), {"type": "null"}]}


STRING: dict[str, Any] = {"type": "string"}
STRING_OR_NULL: dict[str, Any] = {"type": ["string", "null"]}
NUMBER: dict[str, Any] = {"type": "integer"}
NUMBER_OR_NULL: dict[str, Any] = {"type": ["integer", "null"]}
BOOLEAN: dict[str, Any] = {"type": "boolean"}
NULL: dict[str, Any] = {"type": "null"}
#: as Camunda writes moments: 2026-11-23T08:51:32.945+0000
MOMENT: dict[str, Any] = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+0000$"}
MOMENT_OR_NULL: dict[str, Any] = {**MOMENT, "type": ["string", "null"]}
COUNT = answered(count=NUMBER)
LINKS = list_of(answered(method=STRING, href=STRING, rel=STRING))
