"""A file as the doctor reads it: what kind it is, its elements, and where each of them stands in the text."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Literal
from xml.parsers import expat

from lxml import etree

from services.bpmn import BPMN, LARGEST_FILE

Kind = Literal["bpmn", "dmn", "form", "other"]
DMN = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")


@dataclass(frozen=True)
class Span:
    """Where an element stands: bytes from `start` to before `end`; its start tag ends before `inside`."""

    start: int
    inside: int
    end: int
    line: int
    column: int


@dataclass(eq=False)
class Sheet:
    """One file. `root` of XML that could be read, `form` of JSON that could."""

    name: str
    content: bytes
    kind: Kind
    root: etree._Element | None = None
    form: Mapping[str, Any] | None = None
    graphs: Any = field(default=None, repr=False)

    @cached_property
    def by_id(self) -> dict[str, etree._Element]:
        """The first element of each id."""
        found: dict[str, etree._Element] = {}
        if self.root is not None:
            for node in self.root.iter(etree.Element):
                if (key := node.get("id")) is not None:
                    found.setdefault(key, node)
        return found

    @cached_property
    def by_line(self) -> dict[int, etree._Element]:
        """The first element whose start tag ends on that line."""
        found: dict[int, etree._Element] = {}
        if self.root is not None:
            for node in self.root.iter(etree.Element):
                found.setdefault(node.sourceline or 0, node)  # type: ignore[arg-type]
        return found

    @cached_property
    def spans(self) -> dict[etree._Element, Span]:
        """Every element's place in the text; empty when it cannot be told (another encoding than UTF-8)."""
        return _spans(self.root, self.content) if self.root is not None else {}


def kind_of(name: str, content: bytes, root: etree._Element | None) -> Kind:
    """By the name's ending, as a deployment sees it; by what it is, for other endings."""
    ending = name.rpartition(".")[2].lower()
    if ending in ("bpmn", "dmn", "form"):
        return ending  # type: ignore[return-value]
    if root is None:
        return "other"
    space = etree.QName(root).namespace or ""
    return "bpmn" if space == BPMN else "dmn" if space.startswith(DMN) else "other"


def form_of(content: bytes) -> Mapping[str, Any] | None:
    """The form in that file; None when it is none."""
    if len(content) > LARGEST_FILE:
        return None
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _spans(root: etree._Element, content: bytes) -> dict[etree._Element, Span]:
    starts: list[tuple[int, int, int]] = []
    ends: dict[int, int] = {}
    open_: list[int] = []
    parser = expat.ParserCreate()

    def start(tag: str, attributes: dict[str, str]) -> None:
        open_.append(len(starts))
        starts.append((parser.CurrentByteIndex, parser.CurrentLineNumber, parser.CurrentColumnNumber + 1))

    def end(tag: str) -> None:
        ends[open_.pop()] = parser.CurrentByteIndex

    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        content.decode("utf-8")
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError):
        return {}
    nodes = list(root.iter(etree.Element))
    if len(nodes) != len(starts) or parser_encoding(content) not in ("", "utf-8"):
        return {}
    found = {}
    for number, node in enumerate(nodes):
        at, line, column = starts[number]
        inside = _tag_end(content, at)
        empty = content[inside - 2 : inside] == b"/>"
        whole = inside if empty else content.index(b">", ends[number]) + 1
        found[node] = Span(at, inside, whole, line, column)
    return found


def parser_encoding(content: bytes) -> str:
    """What the XML declaration names, in small letters."""
    head = content[:200]
    if not head.lstrip(b"\xef\xbb\xbf").startswith(b"<?xml") or b"encoding=" not in head:
        return ""
    rest = head.partition(b"encoding=")[2]
    return rest[1:].partition(rest[:1])[0].decode("ascii", "replace").lower()


def _tag_end(content: bytes, at: int) -> int:
    """Behind the `>` of the tag that begins there."""
    quote = 0
    for place in range(at, len(content)):
        letter = content[place]
        if quote:
            quote = 0 if letter == quote else quote
        elif letter in b"\"'":
            quote = letter
        elif letter == 62:
            return place + 1
    return len(content)
