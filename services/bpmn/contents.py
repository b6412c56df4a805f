"""What a file gives to others, and what it needs of them: how files hang together, before anything is parsed whole."""

import json
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from services.bpmn.errors import BadDiagram, Problem
from services.bpmn.rules import FORM_WITHOUT_ID, NOT_JSON, TOO_LARGE
from services.bpmn.xml import LARGEST_FILE, B, C, local_name
from services.expressions import is_reckoned

#: ("process" | "decision" | "form" | "begun by", id of it, or name of the message)
Thing = tuple[str, str]
#: what a file needs that calls by an expression
ANY_PROCESS = ("process", "*")


@dataclass(frozen=True)
class Contents:
    """One file of a deployment."""

    executable: tuple[str, ...] = ()  #: ids of the processes that can be started, in the order of the file
    gives: frozenset[Thing] = frozenset()
    needs: frozenset[Thing] = frozenset()


def of_decisions(root: etree._Element) -> Contents:
    """Of a file of decisions: those that it gives."""
    return Contents(gives=frozenset(("decision", n.get("id", "")) for n in root if _named(n) == "decision"))


def of_form(resource: str, content: bytes) -> Contents:
    """Of a `.form` file: the form that it gives. Raises BadDiagram for what is none."""
    return Contents(gives=frozenset({("form", _form_id(resource, content))}))


def of_diagram(root: etree._Element) -> Contents:
    """Of a diagram: its processes and what begins them, and what they call, ask, show and throw."""
    names = {node.get("id"): node.get("name") for node in root.iter(f"{B}message")}
    processes = list(root.iter(f"{B}process"))
    gives = {("process", node.get("id", "")) for node in processes}
    gives |= {("begun by", name) for name in _messages(root, names, "startEvent")}
    calls = {node.get("calledElement", "") for node in root.iter(f"{B}callActivity")}
    needs = {ANY_PROCESS if is_reckoned(called) else ("process", called) for called in calls}
    needs |= {("decision", node.get(f"{C}decisionRef", "")) for node in root.iter(f"{B}businessRuleTask")}
    needs |= {("form", ref) for node in root.iter() if isinstance(node.tag, str) and (ref := node.get(f"{C}formRef"))}
    needs |= {("begun by", name) for name in _messages(root, names, "intermediateThrowEvent", "endEvent")}
    executable = tuple(node.get("id", "") for node in processes if node.get("isExecutable") == "true")
    return Contents(executable, frozenset(gives), frozenset(needs - gives))


def _messages(root: etree._Element, names: dict[str | None, str | None], *kinds: str) -> Iterator[str]:
    """Names of the messages that events of those kinds begin with or throw."""
    for event in root.iter(*(f"{B}{kind}" for kind in kinds)):
        said = event.find(f"{B}messageEventDefinition")
        if said is not None and (name := names.get(said.get("messageRef"))):
            yield name


def _form_id(resource: str, content: bytes) -> str:
    if len(content) > LARGEST_FILE:
        raise BadDiagram([Problem(resource, "", "", None, TOO_LARGE)])
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        raise BadDiagram([Problem(resource, "", "", None, NOT_JSON)]) from None
    name = found.get("id") if isinstance(found, dict) else None
    if not isinstance(name, str) or not name:
        raise BadDiagram([Problem(resource, "", "", None, FORM_WITHOUT_ID)])
    return name


def _named(node: etree._Element) -> str:
    return local_name(node) if isinstance(node.tag, str) else ""
