"""Camunda 8's words, translated where Camunda 7 has one that means the same; the others stay, and are told."""

import re
from collections.abc import Callable

from lxml import etree

B, C, Z = (
    "{http://www.omg.org/spec/BPMN/20100524/MODEL}",
    "{http://camunda.org/schema/1.0/bpmn}",
    "{http://camunda.org/schema/zeebe/1.0}",
)
EXTENSIONS = f"{B}extensionElements"
NAME = re.compile(r"[A-Za-z_]\w*")


def translate(root: etree._Element) -> None:
    """In place: what is translated is taken away, so that what is left is what is not read."""
    for extensions in [*root.iter(EXTENSIONS)]:
        element = extensions.getparent()
        for word in [each for each in extensions.iterchildren(etree.Element) if each.tag.startswith(Z)]:
            told = WORDS.get(word.tag[len(Z) :])
            if element is not None and told is not None and told(element, word):
                extensions.remove(word)


def _fixed(text: str | None) -> str | None:
    """A text that is none of FEEL: what is reckoned here is written otherwise at these places."""
    return text if text and not text.lstrip().startswith("=") else None


def _job(task: etree._Element, word: etree._Element) -> bool:
    topic = _fixed(word.get("type"))
    if task.tag != f"{B}serviceTask" or topic is None:
        return False
    task.set(f"{C}type", "external")
    task.set(f"{C}topic", topic)
    return word.get("retries") is None


def _as_attributes(names: dict[str, str]) -> Callable[[etree._Element, etree._Element], bool]:
    def told(element: etree._Element, word: etree._Element) -> bool:
        for name, ours in names.items():
            value = _fixed(word.get(name))
            if value is not None:
                element.set(f"{C}{ours}", value)
                del word.attrib[name]
        return not word.attrib

    return told


def _mappings(element: etree._Element, word: etree._Element) -> bool:
    """Sources are FEEL after an equals sign, as ours may be; a target inside of a variable has no counterpart."""
    if any(not NAME.fullmatch(each.get("target", "")) for each in word.iterchildren(etree.Element)):
        return False
    mapping = etree.SubElement(_extensions(element), f"{C}inputOutput")
    for each in word.iterchildren(etree.Element):
        kind = each.tag[len(Z) :]
        etree.SubElement(mapping, f"{C}{kind}Parameter", name=each.get("target", "")).text = each.get("source", "")
    return True


def _call(element: etree._Element, word: etree._Element) -> bool:
    """All variables go in and come back, unless it says that they do not."""
    called = _fixed(word.get("processId"))
    if element.tag != f"{B}callActivity" or called is None:
        return False
    element.set("calledElement", called)
    for attribute, tag in (("propagateAllParentVariables", "in"), ("propagateAllChildVariables", "out")):
        if word.get(attribute, "true") == "true":
            etree.SubElement(_extensions(element), f"{C}{tag}", variables="all")
    return word.get("bindingType", "latest") == "latest"


def _each(loop: etree._Element, word: etree._Element) -> bool:
    collection = word.get("inputCollection", "").strip().removeprefix("=").strip()
    if not NAME.fullmatch(collection):
        return False
    loop.set(f"{C}collection", collection)
    if word.get("inputElement"):
        loop.set(f"{C}elementVariable", word.get("inputElement", ""))
    return word.get("outputCollection") is None


def _form(element: etree._Element, word: etree._Element) -> bool:
    form = _fixed(word.get("formId"))
    if element.tag != f"{B}userTask" or form is None:
        return False
    element.set(f"{C}formRef", form)
    element.set(f"{C}formRefBinding", "latest")
    return word.get("bindingType", "latest") == "latest"


def _properties(element: etree._Element, word: etree._Element) -> bool:
    ours = etree.SubElement(_extensions(element), f"{C}properties")
    for each in word.iterchildren(etree.Element):
        etree.SubElement(ours, f"{C}property", name=each.get("name", ""), value=each.get("value", ""))
    return True


def _extensions(element: etree._Element) -> etree._Element:
    found = element.find(EXTENSIONS)
    assert found is not None, "a word stands in it"
    return found


WORDS: dict[str, Callable[[etree._Element, etree._Element], bool]] = {
    "taskDefinition": _job,
    "ioMapping": _mappings,
    "assignmentDefinition": _as_attributes(
        {"assignee": "assignee", "candidateGroups": "candidateGroups", "candidateUsers": "candidateUsers"}
    ),
    "taskSchedule": _as_attributes({"dueDate": "dueDate", "followUpDate": "followUpDate"}),
    "priorityDefinition": _as_attributes({"priority": "priority"}),
    "calledElement": _call,
    "loopCharacteristics": _each,
    "formDefinition": _form,
    "properties": _properties,
    "userTask": lambda element, word: True,
}
