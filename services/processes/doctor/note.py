"""What a check says of an element, before it becomes a finding."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from lxml import etree

from services.bpmn import Rule


class Note(NamedTuple):
    """A rule, and where it is broken: `node` None is the file as a whole."""

    rule: Rule
    node: etree._Element | None = None
    details: Mapping[str, object] = MappingProxyType({})
    path: tuple[str, ...] = ()
    element: str = ""  #: where there is no element of XML: the id, and the name
    name: str = ""


Notes = Iterator[Note]
