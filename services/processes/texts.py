"""What people read in a diagram, a decision or a form: every text as it is drawn, in Kazakh. Pure; fails at no file."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from lxml import etree

from services.bpmn import B, BadDiagram, C, FileSet, local_name, read_extensions
from services.processes import forms


@dataclass(frozen=True)
class TextDrawn:
    """A text, and where it stands."""

    context: str  #: "bpmn:direct", "dmn:entitlement", "form:visit": the message context of its translations
    msgid: str
    elements: tuple[str, ...]


def texts_of(files: Mapping[str, bytes]) -> list[TextDrawn]:
    """Every text of those files, each once in its context, in the order in which it is drawn."""
    found: dict[tuple[str, str], list[str]] = {}
    read = FileSet.of(files)
    for name in read:
        for context, msgid, element in texts_in(name, read):
            found.setdefault((context, msgid), []).append(element)
    return [TextDrawn(context, msgid, tuple(dict.fromkeys(elements))) for (context, msgid), elements in found.items()]


def texts_in(name: str, files: FileSet) -> Iterator[tuple[str, str, str]]:
    """Context, text, element of everything in one file; nothing in one that cannot be read."""
    yield from (each for each in _all_in(name, files) if each[1].strip())


def _all_in(name: str, files: FileSet) -> Iterator[tuple[str, str, str]]:
    if name.endswith(".form"):
        return _of_form(files[name])
    try:
        root = files.root(name)
    except BadDiagram:
        return iter(())
    return _of_diagram(root) if name.endswith(".bpmn") else _of_decision(root)


def _of_diagram(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    """Two pools of one drawing share the context of the first."""
    context = "bpmn:" + next((process.get("id", "") for process in root.iter(f"{B}process")), "")
    for node in root.iter(f"{B}*"):
        key = node.get("id", "")
        if not key or local_name(node) == "message":
            continue  # a message's name is a key between pools; people read the name of the flow
        yield context, node.get("name", ""), key
        for text in node.iterfind(f"{B}text"):
            yield context, text.text or "", key
        if node.find(f"{B}extensionElements/{C}formData") is not None:
            yield from ((context, text, key) for text in forms.words_of_fields(read_extensions(node).form_fields))


#: what stands in a requirements diagram under its name
NAMED = ("definitions", "decision", "inputData", "businessKnowledgeModel", "knowledgeSource", "decisionService")


def _of_decision(root: etree._Element) -> Iterator[tuple[str, str, str]]:
    named = [node for node in root.iter() if isinstance(node.tag, str) and node.get("id")]
    first = next((node.get("id", "") for node in named if local_name(node) == "decision"), "")
    for node in named:
        kind, key = local_name(node), node.get("id", "")
        shown = "name" if kind in NAMED else "label"
        yield f"dmn:{first}", node.get(shown, ""), key
        for note in node:
            if isinstance(note.tag, str) and local_name(note) == "description":
                yield f"dmn:{first}", note.text or "", key


def _of_form(content: bytes) -> Iterator[tuple[str, str, str]]:
    name, words = forms.words_of(content)
    yield from ((f"form:{name}", text, key) for key, text in words)
