"""Diagrams as people look at them: with the names of their elements in the reader's language."""

from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path

from lxml import etree

from services.errors import NotFound
from services.processes.outline import Line, outline_of
from services.processes.service import definition
from services.registry import Registry

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
PARSER = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)


@lru_cache(maxsize=64)
def diagram(definition_id: int, process: str, language: str, registry: Registry) -> bytes:
    """The file that draws that process (the definition's own, or one it calls), its names translated.

    Raises NotFound when the definition has no such process.
    """
    for content in definition(definition_id).resources.values():
        root = etree.fromstring(content, PARSER)
        if root.find(f"{{{BPMN}}}process[@id='{process}']") is not None:
            if language != "kk":
                first = root.find(f"{{{BPMN}}}process")  # two pools of one drawing share its catalogue
                _translate(root, process if first is None else first.get("id", process), language, registry)
            return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
    raise NotFound("There is no process %(process)s in this definition.", process=process)


@lru_cache(maxsize=64)
def outline(definition_id: int, process: str, language: str, registry: Registry) -> tuple[Line, ...]:
    """The same file as a list, for a screen reader and for print. Raises NotFound."""
    return outline_of(etree.fromstring(diagram(definition_id, process, language, registry), PARSER))


@lru_cache(maxsize=256)
def drawing_of(definition_id: int, process: str) -> str:
    """The first process of the file in which that one is drawn: pools of one drawing are looked at together."""
    for content in definition(definition_id).resources.values():
        found = [node.get("id", "") for node in etree.fromstring(content, PARSER).iterfind(f"{{{BPMN}}}process")]
        if process in found:
            return found[0]
    return process


def name_of(process: str, name: str, language: str, registry: Registry) -> str:
    """An element's name in that language; as drawn (Kazakh) when nobody translated it."""
    if language == "kk" or not name:
        return name
    for catalogue in catalogues(language, registry):
        translated = catalogue.pgettext(f"bpmn:{process}", name)
        if translated != name:
            return translated
    return name


def names(language: str, registry: Registry) -> dict[str, str]:
    """Kazakh name -> that language, of every diagram together."""
    found: dict[str, str] = {}
    for catalogue in catalogues(language, registry):
        entries: dict[str, str] = catalogue._catalog  # type: ignore[attr-defined]
        for key, text in entries.items():
            if isinstance(key, str) and key and text:
                found.setdefault(key.rpartition("\x04")[2], text)
    return found


@lru_cache(maxsize=16)
def catalogues(language: str, registry: Registry) -> tuple[GNUTranslations, ...]:
    """The translations of diagram names, the region's first."""
    place = f"bpmn/translations/{language}/LC_MESSAGES/diagrams.mo"
    return tuple(_read(file) for file in registry.files(place))


def _read(file: Path) -> GNUTranslations:
    with file.open("rb") as stream:
        return GNUTranslations(stream)


def _translate(root: etree._Element, process: str, language: str, registry: Registry) -> None:
    for element in root.iter(f"{{{BPMN}}}*"):
        name = element.get("name")
        if name:
            element.set("name", name_of(process, name, language, registry))
    for note in root.iter(f"{{{BPMN}}}textAnnotation"):
        text = note.find(f"{{{BPMN}}}text")
        if text is not None and text.text:
            text.text = name_of(process, text.text, language, registry)
