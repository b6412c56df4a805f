"""What a check says of an element, before it becomes a finding."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from lxml import etree

from services.engine.rules import Rule


class Note(NamedTuple):
    """A rule, and where it is broken: `node` None is the file as a whole."""

    rule: Rule
    node: etree._Element | None = None
    details: Mapping[str, object] = MappingProxyType({})
    path: tuple[str, ...] = ()
    severity: str = ""  #: another than the rule's own


Notes = Iterator[Note]
