"""Diagrams as people look at them: with the names of their elements in the reader's language."""

from functools import lru_cache

from lxml import etree

from services.bpmn import B, read_xml
from services.errors import NotFound
from services.processes.names import Translations, translations
from services.processes.outline import OutlineLine, outline_of
from services.processes.service import definition
from services.registry import Registry


def diagram(definition_id: int, process: str, language: str, registry: Registry) -> bytes:
    """The file that draws that process (the definition's own, or one it calls), its names translated.

    Raises NotFound when the definition has no such process.
    """
    return _diagram(definition_id, process, translations(language, registry))


def outline(definition_id: int, process: str, language: str, registry: Registry) -> tuple[OutlineLine, ...]:
    """A diagram's file as a list, for a screen reader and for print. Raises NotFound."""
    return _outline(definition_id, process, translations(language, registry))


def drawn(content: bytes, language: str, registry: Registry) -> bytes:
    """Any diagram with its names in that language. Raises BadDiagram."""
    root = translated(read_xml("", content), translations(language, registry))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")


@lru_cache(maxsize=256)
def drawing_of(definition_id: int, process: str) -> str:
    """The first process of the file in which that one is drawn: pools of one drawing are looked at together."""
    for name, content in definition(definition_id).resources.items():
        if name.endswith(".bpmn"):
            found = [node.get("id", "") for node in read_xml(name, content).iterfind(f"{B}process")]
            if process in found:
                return found[0]
    return process


def title(definition_id: int, process: str, language: str, registry: Registry) -> str:
    """What that process is called in that language, as it is drawn; its id when nobody named it."""
    for name, content in definition(definition_id).resources.items():
        if name.endswith(".bpmn"):
            for node in read_xml(name, content).iterfind(f"{B}process"):
                if node.get("id") == process:
                    context = f"bpmn:{drawing_of(definition_id, process)}"
                    return translations(language, registry).of(context, node.get("name", "")) or process
    return process


@lru_cache(maxsize=256)
def calls_of(definition_id: int, process: str) -> dict[str, str]:
    """Call activity -> the process by which the drawing of what it calls is asked for, in that process's drawing."""
    known = {each for each, _ in definition(definition_id).elements}
    for name, content in definition(definition_id).resources.items():
        if not name.endswith(".bpmn"):
            continue
        root = read_xml(name, content)
        if process in [node.get("id", "") for node in root.iterfind(f"{B}process")]:
            calls = {node.get("id", ""): node.get("calledElement", "") for node in root.iter(f"{B}callActivity")}
            return {element: drawing_of(definition_id, called) for element, called in calls.items() if called in known}
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
def _diagram(definition_id: int, process: str, said: Translations) -> bytes:
    for name, content in definition(definition_id).resources.items():
        root = read_xml(name, content) if name.endswith(".bpmn") else None
        if root is not None and root.find(f"{B}process[@id='{process}']") is not None:
            return etree.tostring(translated(root, said), xml_declaration=True, encoding="UTF-8")
    raise NotFound("There is no process %(process)s in this definition.", process=process)


@lru_cache(maxsize=64)
def _outline(definition_id: int, process: str, said: Translations) -> tuple[OutlineLine, ...]:
    return outline_of(read_xml(process, _diagram(definition_id, process, said)))
