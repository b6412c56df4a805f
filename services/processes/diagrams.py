"""Diagrams as people look at them: with the names of their elements in the reader's language."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache

from lxml import etree

from services.bpmn import B, read_xml
from services.errors import NotFound
from services.processes.names import Translations, translations
from services.processes.outline import OutlineLine, outline_of
from services.processes.service import definition
from services.registry import Registry


@dataclass(frozen=True)
class _Sheet:
    """What one diagram's file draws: its processes and their names, and what its call activities call."""

    processes: Mapping[str, str]
    calls: Mapping[str, str]

    @property
    def first(self) -> str:
        return next(iter(self.processes))


@lru_cache(maxsize=512)
def _sheet(name: str, content: bytes) -> _Sheet:
    root = read_xml(name, content)
    return _Sheet(
        {node.get("id", ""): node.get("name", "") for node in root.iterfind(f"{B}process")},
        {node.get("id", ""): node.get("calledElement", "") for node in root.iter(f"{B}callActivity")},
    )


def _sheets(definition_id: int, process: str) -> Iterator[tuple[str, bytes, _Sheet]]:
    """Name, content and sheet of each file of that definition that draws that process."""
    for name, content in definition(definition_id).resources.items():
        if name.endswith(".bpmn") and process in _sheet(name, content).processes:
            yield name, content, _sheet(name, content)


def diagram(definition_id: int, process: str, language: str, registry: Registry) -> bytes:
    """The file that draws that process (the definition's own, or one it calls), its names translated.

    Raises NotFound when the definition has no such process.
    """
    for name, content, _ in _sheets(definition_id, process):
        return _translated(name, content, translations(language, registry))
    raise NotFound("There is no process %(process)s in this definition.", process=process)


def outline(definition_id: int, process: str, language: str, registry: Registry) -> tuple[OutlineLine, ...]:
    """A diagram's file as a list, for a screen reader and for print. Raises NotFound."""
    return _outline(diagram(definition_id, process, language, registry))


def drawn(content: bytes, language: str, registry: Registry) -> bytes:
    """Any diagram with its names in that language. Raises BadDiagram."""
    root = translated(read_xml("", content), translations(language, registry))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


def drawing_of(definition_id: int, process: str) -> str:
    """The first process of the file in which that one is drawn: pools of one drawing are looked at together."""
    return next((sheet.first for _, _, sheet in _sheets(definition_id, process)), process)


def title(definition_id: int, process: str, language: str, registry: Registry) -> str:
    """What that process is called in that language, as it is drawn; its id when nobody named it."""
    for _, _, sheet in _sheets(definition_id, process):
        named = translations(language, registry).of(f"bpmn:{sheet.first}", sheet.processes[process])
        return named or process
    return process


def calls_of(definition_id: int, process: str) -> dict[str, str]:
    """Call activity -> the process by which the drawing of what it calls is asked for, in that process's drawing."""
    known = {each for each, _ in definition(definition_id).elements}
    for _, _, sheet in _sheets(definition_id, process):
        return {each: drawing_of(definition_id, called) for each, called in sheet.calls.items() if called in known}
    return {}


def translated(root: etree._Element, said: Translations) -> etree._Element:
    """A diagram's tree, its names now in that language. Two pools of one drawing share its catalogue."""
    first = root.find(f"{B}process")
    context = f"bpmn:{'' if first is None else first.get('id', '')}"
    for element in root.iter(f"{B}*"):
        name = element.get("name")
        if name:
            element.set("name", said.of(context, name))
    for text in root.iter(f"{B}text"):
        if text.text:
            text.text = said.of(context, text.text)
    return root


@lru_cache(maxsize=64)
def _translated(name: str, content: bytes, said: Translations) -> bytes:
    return etree.tostring(translated(read_xml(name, content), said), xml_declaration=True, encoding="UTF-8")


def outlined(content: bytes) -> tuple[OutlineLine, ...]:
    """Any diagram as a list, its names as they stand in it. Raises BadDiagram."""
    return _outline(content)


@lru_cache(maxsize=64)
def _outline(content: bytes) -> tuple[OutlineLine, ...]:
    return outline_of(read_xml("", content))
