"""Small changes to a file's text: everything that is not changed stays as it is, byte for byte."""

import re
from collections.abc import Sequence
from typing import NamedTuple
from xml.sax.saxutils import escape

from lxml import etree

from services.processes.doctor.sheet import Sheet


class Edit(NamedTuple):
    """`attribute` of the element becomes `value` (None takes it away); without one, its text does."""

    node: etree._Element
    attribute: str  #: as it is written, with its prefix
    value: str | None


def applied(sheet: Sheet, edits: Sequence[Edit]) -> bytes:
    """The file with these changes. Those of an element whose place is not known are left out."""
    content = sheet.content
    changes: dict[tuple[int, int], bytes] = {}
    tags: dict[etree._Element, bytes] = {}
    for edit in edits:
        span = sheet.spans.get(edit.node)
        if span is None:
            continue
        if edit.attribute:
            tag = tags.get(edit.node, content[span.start : span.inside])
            tags[edit.node] = _with_attribute(tag, edit.attribute, edit.value)
            changes[span.start, span.inside] = tags[edit.node]
        elif len(edit.node) == 0 and span.end > span.inside:
            ends = content.rindex(b"<", span.inside, span.end)
            changes[span.inside, ends] = escape(edit.value or "").encode()
    for (start, end), new in sorted(changes.items(), reverse=True):
        content = content[:start] + new + content[end:]
    return content


def _with_attribute(tag: bytes, name: str, value: str | None) -> bytes:
    said = b"" if value is None else f' {name}="{escape(value, {chr(34): "&quot;"})}"'.encode()
    there = re.compile(rb"\s" + re.escape(name.encode()) + rb"\s*=\s*(\"[^\"]*\"|'[^']*')")
    if there.search(tag):
        return there.sub(lambda found: said, tag, count=1)
    behind = re.search(rb"\s*/?>\Z", tag)
    at = behind.start() if behind else len(tag)
    return tag[:at] + said + tag[at:]
