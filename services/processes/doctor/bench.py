"""The files on the doctor's bench: those to examine, those beside them, and how their processes hang together."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol

from lxml import etree

from services.bpmn import B, C, FileSet, Node, Problem, Scope, find_circles, find_uncallable, graphs, local_name
from services.expressions import is_reckoned
from services.processes.doctor.declared import Declared, declarations
from services.processes.doctor.sheet import Sheet
from services.registry import Registry

THROWS = frozenset({"intermediateThrowEvent", "endEvent", "sendTask"})
#: where a plugin or a program outside may be called
CALLS_OUT = THROWS | {"serviceTask"}


class Translated(Protocol):
    """Which texts of the files have a translation."""

    def find(self, context: str, msgid: str) -> str:
        """The translation; empty when there is none."""


@dataclass
class Bench:
    """Everything a check may look at."""

    sheets: Mapping[str, Sheet]  #: to examine
    beside: Mapping[str, Sheet]  #: in force, and used by them
    files: FileSet  #: both, as they were read
    registry: Registry
    #: language -> what people translated, over the catalogues
    translated: Mapping[str, Translated] = field(default_factory=dict)

    @cached_property
    def all(self) -> list[Sheet]:
        """What is examined comes first."""
        return [*self.sheets.values(), *self.beside.values()]

    @cached_property
    def declared(self) -> Declared:
        """What the plugins declare."""
        return declarations(self.registry)

    @cached_property
    def owners(self) -> dict[str, list[Sheet]]:
        """Executable process -> the files that hold one of this id."""
        found: dict[str, list[Sheet]] = {}
        for sheet in self.all:
            for process in executable_of(sheet):
                found.setdefault(process, []).append(sheet)
        return found

    @cached_property
    def executable(self) -> frozenset[str]:
        """Ids of the processes that can be called."""
        return frozenset(self.owners)

    @cached_property
    def deciding(self) -> dict[str, list[Sheet]]:
        """Decision -> the files that hold one of this id."""
        found: dict[str, list[Sheet]] = {}
        for sheet in self.all:
            for node in decisions_of(sheet):
                found.setdefault(node.get("id") or "", []).append(sheet)
        return found

    @cached_property
    def decisions(self) -> dict[str, etree._Element]:
        """Every decision of the files, by id, as it is written."""
        found: dict[str, etree._Element] = {}
        for sheet in self.all:
            for node in decisions_of(sheet):
                found.setdefault(node.get("id") or "", node)
        return found

    @cached_property
    def forms(self) -> dict[str, Sheet]:
        """Every `.form` file, by the form's id."""
        found: dict[str, Sheet] = {}
        for sheet in self.all:
            if sheet.kind == "form" and sheet.form is not None:
                found.setdefault(str(sheet.form.get("id") or ""), sheet)
        return found

    def scopes(self, sheet: Sheet) -> list[Scope]:
        """The sheet's processes as neutral graphs: built once."""
        if sheet.graphs is None:
            sheet.graphs = graphs(sheet.root) if sheet.kind == "bpmn" and sheet.root is not None else []
        found: list[Scope] = sheet.graphs
        return found

    @cached_property
    def processes(self) -> dict[str, Scope]:
        """Process -> its graph."""
        found: dict[str, Scope] = {}
        for sheet in self.all:
            for scope in self.scopes(sheet):
                if not scope.alone:
                    found.setdefault(scope.id, scope)
        return found

    def nodes(self) -> Iterator[tuple[Scope, Node]]:
        """Every node of every process, with the process: those of its event sub-processes, too."""
        for sheet in self.all:
            for scope in self.scopes(sheet):
                owner = self.processes[process_of(scope)]
                if scope.alone or owner is scope:
                    for part in scope.whole():
                        yield from ((owner, node) for node in part.nodes.values())

    @cached_property
    def calls(self) -> dict[str, set[str]]:
        """Process -> those it calls, and those it begins with a message."""
        begun: dict[str, list[str]] = {}
        for scope in self.processes.values():
            for start in scope.starts:
                if start.message:
                    begun.setdefault(start.message, []).append(scope.id)
        found: dict[str, set[str]] = {}
        for scope, node in self.nodes():
            called = found.setdefault(scope.id, set())
            if node.kind == "callActivity":
                wanted = node.element.get("calledElement") or ""
                called.update(self.executable if is_reckoned(wanted) else {wanted})
            elif node.kind in THROWS and node.message:
                called.update(begun.get(node.message, ()))
        return found

    @cached_property
    def routes(self) -> dict[str, frozenset[str]]:
        """Process -> the routes of the service on which it runs."""
        service = self.registry.facts().get("service")
        found: dict[str, set[str]] = {}
        for route in service.get("routes", ()) if isinstance(service, dict) else ():
            ahead = [route]
            while ahead:
                process = ahead.pop()
                if route not in found.setdefault(process, set()):
                    found[process].add(route)
                    ahead += self.calls.get(process, ())
        return {process: frozenset(routes) for process, routes in found.items()}

    @cached_property
    def calls_at_fault(self) -> list[Problem]:
        """Processes that call themselves, and calls of what does not begin by one."""
        roots = {each.name: each.root for each in self.all if each.kind == "bpmn" and each.root is not None}
        return find_circles(roots) + find_uncallable(roots)

    def closure(self, sheet: Sheet) -> dict[str, Sheet]:
        """The file, and those with what it calls and decides by, however far."""
        found: dict[str, Sheet] = {}
        ahead = [sheet]
        while ahead:
            here = ahead.pop()
            if here.name in found or here.root is None:
                continue
            found[here.name] = here
            for node in here.root.iter(f"{B}callActivity", f"{B}businessRuleTask"):
                wanted = node.get("calledElement") or ""
                owners = [self.owners.get(wanted, [])] if not is_reckoned(wanted) else self.owners.values()
                ahead += [each for found_in in owners for each in found_in[:1]]
                ahead += self.deciding.get(node.get(f"{C}decisionRef") or "", [])[:1]
            ahead += self._imports(here)
        return found

    def imported(self, sheet: Sheet) -> dict[str, Sheet]:
        """A file of decisions, and those that it imports, however far."""
        found: dict[str, Sheet] = {}
        ahead = [sheet]
        while ahead:
            here = ahead.pop()
            if here.name not in found:
                found[here.name] = here
                ahead += self._imports(here)
        return found

    def _imports(self, sheet: Sheet) -> list[Sheet]:
        if sheet.kind != "dmn" or sheet.root is None:
            return []
        wanted = {node.get("namespace") for node in sheet.root.iterchildren("{*}import")}
        return [each for each in self.all if each.kind == "dmn" and each is not sheet and each.root is not None
                and each.root.get("namespace") in wanted]  # fmt: skip


def executable_of(sheet: Sheet) -> list[str]:
    """Ids of its executable processes, in their order."""
    if sheet.kind != "bpmn" or sheet.root is None:
        return []
    return [node.get("id") or "" for node in sheet.root.iter(f"{B}process") if node.get("isExecutable") == "true"]


def decisions_of(sheet: Sheet) -> list[etree._Element]:
    """A file's decisions, as they are written."""
    if sheet.kind != "dmn" or sheet.root is None:
        return []
    return [node for node in sheet.root.iterchildren(etree.Element) if local_name(node) == "decision"]


def process_of(scope: Scope) -> str:
    """Id of the process that it is, or stands in."""
    if not scope.alone:
        return scope.id
    return next((each.get("id") or "" for each in scope.element.iterancestors(f"{B}process")), "")
