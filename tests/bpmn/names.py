"""What people read on a diagram or in a decision: every name, as it is drawn."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from drawing import NAMES, ROOT, word
from lxml import etree

DMN = {"dmn": "https://www.omg.org/spec/DMN/20191111/MODEL/"}


@dataclass(frozen=True)
class Name:
    context: str  #: "bpmn:direct", "dmn:entitlement": the message context of its translations
    element: str
    kazakh: str


def named_files() -> list[Path]:
    """Every diagram and every decision of the house."""
    return sorted(
        file for kind in ("bpmn", "dmn") for place in ("", "plugins/*/") for file in ROOT.glob(f"{place}bpmn/*.{kind}")
    )


def names_in(file: Path) -> list[Name]:
    """Every name of a .bpmn or .dmn file, in its order."""
    root = etree.fromstring(file.read_bytes())
    found = diagram_names(root) if file.suffix == ".bpmn" else decision_names(root)
    return [name for name in found if name.kazakh]


def diagram_names(root: etree._Element) -> Iterator[Name]:
    context = "bpmn:" + next(word(process, "id") for process in root.iterfind("bpmn:process", NAMES))
    for node in root.iterfind(".//bpmn:*[@id]", NAMES):
        if etree.QName(node).localname == "message":
            continue  # its name is a key between pools; people read the name of the message flow
        yield Name(context, word(node, "id"), node.get("name") or "")
        for text in node.iterfind("bpmn:text", NAMES):
            yield Name(context, word(node, "id"), text.text or "")


def decision_names(root: etree._Element) -> Iterator[Name]:
    context = "dmn:" + next(word(decision, "id") for decision in root.iterfind("dmn:decision", DMN))
    yield Name(context, word(root, "id"), root.get("name") or "")
    for node in root.iterfind(".//dmn:*[@id]", DMN):
        shown = "name" if etree.QName(node).localname == "decision" else "label"
        yield Name(context, word(node, "id"), node.get(shown) or "")
        for note in node.iterfind("dmn:description", DMN):
            yield Name(context, word(node, "id"), note.text or "")
