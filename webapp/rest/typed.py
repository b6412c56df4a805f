"""Camunda's typed values, both ways: {"value": 1, "type": "Integer"}."""

import base64
import binascii
import json
import math
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from services.errors import Invalid
from services.letters import LOST, tidy
from services.plugin import AttachedFile
from webapp.rest.shapes import Shape, UnknownName, WrongValue, answered, named

#: moments as Camunda and its clients write them: 2013-06-30T21:04:22.000+0200
_MOMENT = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(\.\d{1,9})?(Z|[+-]\d\d:?\d\d)?")
INT_32 = 2**31
INT_64 = 2**63


class NoFiles(Invalid):
    """Files are not kept as variables; a case's papers are made by its steps: %(where)s."""


#: what a sender may say of how a value was written; a file's own (`filename` …) come with a file, which is refused
INFO = ("objectTypeName", "serializationDataFormat", "transient")
#: of a file (Camunda's FileValueType): programs write its kind either way
FILE_INFO = ("filename", "mimeType", "mimetype", "encoding", "transient")
TYPED = answered(value={}, type={"type": "string"}, valueInfo={"type": "object"})
VARIABLES = {"type": "object", "additionalProperties": TYPED}


def moment(at: datetime | None) -> str | None:
    """As Camunda writes moments, in UTC."""
    if at is None:
        return None
    there = at.astimezone(UTC)
    return f"{there:%Y-%m-%dT%H:%M:%S}.{there.microsecond // 1000:03}+0000"


def typed(value: object) -> dict[str, object]:
    """A value with its type, for whoever reads it elsewhere."""
    kind, said = _typed(value)
    return {"value": said, "type": kind, "valueInfo": {}}


def all_typed(variables: Mapping[str, object]) -> dict[str, object]:
    """Variables by name, each with its type."""
    return {name: typed(value) for name, value in variables.items()}


@dataclass(frozen=True)
class SentFile:
    """A variable of the type File, as a program sent it."""

    name: str
    content: bytes | None  #: None: the one that is there


def file_typed(file: AttachedFile) -> dict[str, object]:
    """A file as Camunda shows one: its bytes are asked for by themselves."""
    return {"value": None, "type": "File", "valueInfo": {"filename": file.name, "mimeType": file.media_type}}


def _typed(value: object) -> tuple[str, object]:
    if value is None:
        return "Null", None
    if isinstance(value, bool):
        return "Boolean", value
    if isinstance(value, int):
        return ("Integer" if -INT_32 <= value < INT_32 else "Long"), value
    if isinstance(value, float):
        return "Double", value
    if isinstance(value, str):
        return "String", value
    return "Json", json.dumps(value, ensure_ascii=False)


def _read(sent: Any, where: str) -> object:
    """The plain value. A type that is missing is seen from the value; letters of types may be small or capital."""
    if not isinstance(sent, dict):
        raise WrongValue('This must be a typed value, as {"value": 1, "type": "Integer"}: %(where)s.', where=where)
    _check_known(sent, ("value", "type", "valueInfo"), where)
    info = sent.get("valueInfo")
    if info is not None:
        if not isinstance(info, dict) or info.get("transient"):
            raise WrongValue("This must be an object, and nothing is transient: %(where)s.", where=f"{where}.valueInfo")
        _check_known(info, INFO, f"{where}.valueInfo")
    value, kind = sent.get("value"), sent.get("type")
    if kind is not None and not isinstance(kind, str):
        raise WrongValue("This must be a text: %(where)s.", where=f"{where}.type")
    reader = _READERS.get((kind or "").lower())
    if reader is None:
        raise WrongValue("There is no type %(kind)s: %(where)s.", where=where, kind=str(kind)[:40])
    try:
        return None if value is None and reader is not _no_file else reader(value, where)
    except (ValueError, TypeError, OverflowError, RecursionError):
        raise WrongValue("This is no value of the type %(kind)s: %(where)s.", where=where, kind=kind) from None


def _read_or_file(sent: Any, where: str) -> object:
    """A value, where a file may be sent, too."""
    if not isinstance(sent, dict) or str(sent.get("type") or "").lower() != "file":
        return _read(sent, where)
    _check_known(sent, ("value", "type", "valueInfo"), where)
    info = sent.get("valueInfo") or {}
    if not isinstance(info, dict) or info.get("transient"):
        raise WrongValue("This must be an object, and nothing is transient: %(where)s.", where=f"{where}.valueInfo")
    _check_known(info, FILE_INFO, f"{where}.valueInfo")
    name, value = info.get("filename"), sent.get("value")
    if not isinstance(name, str) or not name.strip():
        raise WrongValue("A file needs its name: %(where)s.", where=f"{where}.valueInfo.filename")
    try:
        return SentFile(name, None if value is None else base64.b64decode(value, validate=True))
    except (binascii.Error, ValueError, TypeError):
        raise WrongValue("This is no value of the type %(kind)s: %(where)s.", where=where, kind="File") from None


def _check_known(sent: Mapping[str, object], names: Collection[str], where: str) -> None:
    """Raises UnknownName for the first that is none of them."""
    if unknown := next((name for name in sent if name not in names), None):
        raise UnknownName(where=f"{where}.{str(unknown)[:60]}")


def _as_it_is(value: Any, where: str) -> object:
    return _plain(value, 0)


def _plain(value: Any, depth: int) -> object:
    """Raises ValueError for what no JSON file can hold."""
    if depth > 20 or (isinstance(value, float) and not math.isfinite(value)):
        raise ValueError
    if isinstance(value, int) and not isinstance(value, bool) and not -INT_64 <= value < INT_64:
        raise ValueError
    if isinstance(value, str):
        value = tidy(value)
        if LOST in value:
            raise ValueError
    if isinstance(value, dict):
        return {str(_plain(key, depth)): _plain(each, depth + 1) for key, each in value.items()}
    if isinstance(value, list):
        return [_plain(each, depth + 1) for each in value]
    return value


def _text(value: Any, where: str) -> object:
    if not isinstance(value, str):
        raise ValueError
    return _plain(value, 0)


def _whole(value: Any, where: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int | str | float) or int(value) != float(value):
        raise ValueError
    if not -INT_64 <= int(value) < INT_64:
        raise ValueError
    return int(value)


def _double(value: Any, where: str) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise ValueError
    return _plain(float(value), 0)


def _boolean(value: Any, where: str) -> bool:
    if isinstance(value, str) and value.lower() in ("true", "false"):
        return value.lower() == "true"
    if not isinstance(value, bool):
        raise ValueError
    return value


def _moment(value: Any, where: str) -> str:
    """As ISO 8601 text, which the diagrams' expressions reckon with; without a zone it is UTC."""
    found = _MOMENT.fullmatch(value)
    if found is None:
        raise ValueError
    zone = (found[3] or "+00:00").replace("Z", "+00:00")
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    return datetime.fromisoformat(f"{found[1]}{(found[2] or '')[:7]}{zone}").astimezone(UTC).isoformat()


def _json(value: Any, where: str) -> object:
    return _plain(json.loads(value) if isinstance(value, str) else value, 0)


def _bytes(value: Any, where: str) -> str:
    try:
        return base64.b64encode(base64.b64decode(value, validate=True)).decode()
    except binascii.Error:
        raise ValueError from None


def _no_file(value: Any, where: str) -> object:
    raise NoFiles(where=where)


_READERS = {
    "": _as_it_is,
    "null": lambda value, where: None,
    "string": _text,
    "integer": _whole,
    "short": _whole,
    "long": _whole,
    "double": _double,
    "number": _double,
    "boolean": _boolean,
    "date": _moment,
    "json": _json,
    "object": _json,
    "bytes": _bytes,
    "file": _no_file,
}


def _sent(read: Callable[[Any, str], object], info: Collection[str]) -> Shape:
    """Variables as they are sent: name -> typed value; read, they are plain values."""
    known = {key: {"type": ["string", "null"]} for key in info if key != "transient"}
    whole = {"type": ["object", "null"], "properties": {**known, "transient": {"const": False}}}
    properties = {
        "value": {},
        "type": {"type": ["string", "null"]},
        "valueInfo": {**whole, "additionalProperties": False},
    }
    shape = Shape({"type": "object", "properties": properties, "additionalProperties": False}, read)
    return named(shape).or_else({})


SENT = _sent(_read, INFO)
#: where a form asks for files, they may be among them: read, they are `SentFile`
SENT_WITH_FILES = _sent(_read_or_file, {**dict.fromkeys(INFO), **dict.fromkeys(FILE_INFO)})
