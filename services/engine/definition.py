"""Diagrams and decisions, read once and shared by every instance and thread."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lxml import etree
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from services.bpmn.allowed import FLOW_NODES, find_circles, find_problems, find_uncallable
from services.bpmn.contents import contents
from services.bpmn.decision_rules import DECISION_TWICE
from services.bpmn.decisions import Decision, decisions_by_file, read_decisions
from services.bpmn.errors import BadDiagram, Problem, Words
from services.bpmn.reading import by_hand, read_extensions
from services.bpmn.redrawn import redrawn
from services.bpmn.rules import (
    FORM_TWICE,
    NO_PROCESS,
    NOT_BPMN,
    NOT_DMN,
    PROCESS_TWICE,
    TOO_LONG,
    UNREADABLE,
)
from services.bpmn.said import proper
from services.bpmn.starts import Start, begun_plainly, starts_of
from services.bpmn.xml import B, local_name, read_xml
from services.engine.calls import is_reckoned
from services.engine.conditions import waits_for_conditions
from services.engine.parser import READING, ModelerParser
from services.engine.specs import connect_loops
from services.engine.undoing import prepare


@dataclass(frozen=True)
class Element:
    """An element of a process, for whoever checks, translates or looks at diagrams."""

    id: str
    process: str  #: id of the process it stands in (a sub-process counts as the process around it)
    name: str
    kind: str  #: BPMN local name
    step: str | None = None
    form: str | None = None  #: `plugin.form`, `form:id` of a file, or `fields:process/element`
    operation: str | None = None
    groups: tuple[str, ...] = ()
    called: str | None = None  #: process that a call activity calls
    form_fields: tuple[Mapping[str, object], ...] = field(default=(), repr=False)  #: camunda:formData
    by_hand: bool = False  #: a message that people send when it happens

    @property
    def calls_by_expression(self) -> bool:
        """Whether a case says which process it calls."""
        return self.called is not None and is_reckoned(self.called)


@dataclass(frozen=True)
class Definition:
    """A process in one version, with everything it calls."""

    process_id: str
    name: str
    sha256: str  #: of all its files
    resources: Mapping[str, bytes]
    elements: Mapping[tuple[str, str], Element]
    decisions: Mapping[str, Decision] = field(repr=False)
    spec: Any = field(repr=False)
    subprocess_specs: Mapping[str, Any] = field(repr=False)
    starts: tuple[Start, ...] = ()

    @property
    def begins_at(self) -> str | None:
        """The start event where it begins when nobody says where; None when several might be meant."""
        return begun_plainly(self.starts)

    @property
    def offers(self) -> bool:
        """Whether people may tell an instance by hand what happened to it."""
        return any(each.by_hand for each in self.elements.values())

    def begun_by(self, kind: str, name: str) -> Start | None:
        """The start event for that message or signal."""
        return next((each for each in self.starts if (each.kind, each.says) == (kind, name)), None)


def processes(resources: Mapping[str, bytes]) -> list[str]:
    """Ids of the executable processes in these files. Raises BadDiagram."""
    roots = _roots(resources)
    return [node.get("id", "") for root in roots.values() for node in _executable(root)]


def parse(resources: Mapping[str, bytes], process: str, *, reading: int = READING) -> Definition:
    """The process of that id, with the processes and decisions it needs. Raises BadDiagram with all that is wrong.

    `reading`: as files were read when these were deployed.
    """
    roots = _roots(resources)
    decisions = _decisions(resources)
    _check(roots, decisions, _forms(resources), process)
    callable_processes = [
        node.get("id", "")
        for root in roots.values()
        for node in _executable(root)
        if begun_plainly(starts_of(root, node)) is not None
    ]
    parser = ModelerParser(decisions, callable_processes, reading=reading)
    try:
        for resource, root in roots.items():
            parser.add_bpmn_xml(redrawn(root), resource)
        spec = parser.get_spec(process)
        subprocess_specs = parser.get_subprocess_specs(process)
        connect_loops([spec, *subprocess_specs.values()])
        prepare([spec, *subprocess_specs.values()], subprocess_specs)
        spec.watches = waits_for_conditions([spec, *subprocess_specs.values()])
    except ValidationException as fault:
        if "RecursionError" in str(fault):
            raise BadDiagram([Problem(fault.file_name or "", fault.id or "", "", None, TOO_LONG)]) from None
        text = f"{fault} {getattr(fault, 'tag', None) or ''}".strip()
        reason = Words("it breaks off") if "Error(" in text or "Exception" in text else text
        where = fault.file_name or "", fault.id or "", fault.name or "", None
        raise BadDiagram([Problem(*where, UNREADABLE, {"reason": reason})]) from fault
    except (ValueError, TypeError, LookupError, AttributeError) as fault:  # it raises whatever comes along
        raise BadDiagram([Problem("", process, "", None, UNREADABLE, {"reason": Words("it breaks off")})]) from fault
    except RecursionError:
        raise BadDiagram([Problem("", process, "", None, TOO_LONG)]) from None
    digest = hashlib.sha256(repr(sorted(resources.items())).encode()).hexdigest()
    elements = {(each.process, each.id): each for root in roots.values() for each in _elements(root)}
    name = next(
        node.get("name", process) for root in roots.values() for node in _executable(root) if node.get("id") == process
    )
    starts = next(starts_of(root, node) for root in roots.values() for node in _executable(root)
                  if node.get("id") == process)  # fmt: skip
    return Definition(process, name, digest, dict(resources), elements, decisions, spec, subprocess_specs, starts)


def _roots(resources: Mapping[str, bytes]) -> dict[str, etree._Element]:
    problems: list[Problem] = []
    roots = {}
    for resource, content in resources.items():
        if resource.endswith(".bpmn"):
            try:
                roots[resource] = proper(read_xml(resource, content))
            except BadDiagram as fault:
                problems += fault.problems
                continue
            if roots[resource].tag != f"{B}definitions":
                problems.append(Problem(resource, "", "", 1, NOT_BPMN))
    if problems:
        raise BadDiagram(problems)
    return roots


def _decisions(resources: Mapping[str, bytes]) -> dict[str, Decision]:
    problems: list[Problem] = []
    roots: dict[str, etree._Element] = {}
    for resource, content in resources.items():
        if resource.endswith(".dmn"):
            try:
                roots[resource] = read_xml(resource, content)
            except BadDiagram as fault:
                problems += fault.problems
                continue
            if local_name(roots[resource]) != "definitions":
                problems.append(Problem(resource, "", "", 1, NOT_DMN))
    seen: set[str] = set()
    for resource, keys in decisions_by_file(roots).items():
        problems += [Problem(resource, key, "", None, DECISION_TWICE) for key in keys if key in seen]
        seen.update(keys)
    if problems:
        raise BadDiagram(problems)
    return read_decisions(roots)


def _forms(resources: Mapping[str, bytes]) -> frozenset[str]:
    """Ids of the forms in these files; what is in them is read by whoever draws them."""
    problems: list[Problem] = []
    found: set[str] = set()
    for resource, content in resources.items():
        if resource.endswith(".form"):
            try:
                names = {key for _, key in contents(resource, content).gives}
            except BadDiagram as fault:
                problems += fault.problems
                continue
            problems += [Problem(resource, key, "", None, FORM_TWICE) for key in names & found]
            found |= names
    if problems:
        raise BadDiagram(problems)
    return frozenset(found)


def _check(
    roots: Mapping[str, etree._Element], decisions: Mapping[str, Decision], forms: frozenset[str], process: str
) -> None:
    owners: dict[str, list[str]] = {}
    for resource, root in roots.items():
        for node in _executable(root):
            owners.setdefault(node.get("id", ""), []).append(resource)
    executable = list(owners)
    problems = [
        Problem("", each, "", None, PROCESS_TWICE, {"files": ", ".join(files)})
        for each, files in sorted(owners.items())
        if len(files) > 1
    ]
    if process not in executable:
        problems.append(Problem("", process, "", None, NO_PROCESS, {"process": process}))
    for resource, root in roots.items():
        problems += find_problems(resource, root, decisions, frozenset(executable), forms)
    problems += find_circles(roots)
    problems += find_uncallable(roots)
    problems = [each for each in problems if each.rule.severity == "error"]
    if problems:
        raise BadDiagram(problems)


def _executable(root: etree._Element) -> Sequence[etree._Element]:
    return [node for node in root.iter(f"{B}process") if node.get("isExecutable") == "true"]


def _elements(root: etree._Element) -> list[Element]:
    found = []
    for process in root.iter(f"{B}process"):
        for node in process.iter(*(f"{B}{kind}" for kind in FLOW_NODES)):
            extensions = read_extensions(node)
            groups = tuple(
                part.strip() for part in (extensions.get("candidateGroups") or "").split(",") if part.strip()
            )
            key, element = process.get("id", ""), node.get("id", "")
            found.append(
                Element(
                    element, key, node.get("name", ""), local_name(node), extensions.properties.get("step"),
                    extensions.form(key, element), extensions.get("topic"), groups, node.get("calledElement"),
                    extensions.form_fields, by_hand(extensions),
                )
            )  # fmt: skip
    return found
