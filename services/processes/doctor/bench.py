"""The files on the doctor's bench: those to examine, those beside them, and the region they are for."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from lxml import etree

from services.engine.xml import B, local_name
from services.processes.doctor.graph import Scope, graphs
from services.processes.doctor.sheet import Sheet
from services.registry import Registry


@dataclass
class Bench:
    """Everything a check may look at."""

    sheets: Mapping[str, Sheet]  #: to examine
    beside: Mapping[str, Sheet]  #: in force, and used by them
    registry: Registry

    @cached_property
    def all(self) -> list[Sheet]:
        """What is examined comes first."""
        return [*self.sheets.values(), *self.beside.values()]

    @cached_property
    def executable(self) -> frozenset[str]:
        """Ids of the processes that can be called."""
        return frozenset(each for sheet in self.all for each in executable_of(sheet))

    @cached_property
    def decisions(self) -> dict[str, etree._Element]:
        """Every decision of the files, by id, as it is written."""
        found: dict[str, etree._Element] = {}
        for sheet in self.all:
            if sheet.kind == "dmn" and sheet.root is not None:
                for node in sheet.root.iterchildren(etree.Element):
                    if local_name(node) == "decision":
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


def executable_of(sheet: Sheet) -> list[str]:
    """Ids of its executable processes, in their order."""
    if sheet.kind != "bpmn" or sheet.root is None:
        return []
    return [node.get("id") or "" for node in sheet.root.iter(f"{B}process") if node.get("isExecutable") == "true"]
