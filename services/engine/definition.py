"""Diagrams and decisions, read once and shared by every instance and thread."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException

from services.bpmn import (
    READING,
    TOO_LONG,
    UNREADABLE,
    BadDiagram,
    CompiledDecision,
    Element,
    FileSet,
    Problem,
    Start,
    begun_plainly,
)
from services.engine.conditions import waits_for_conditions
from services.engine.parser import ModelerParser
from services.engine.specs import connect_loops
from services.engine.undoing import prepare
from services.shown import Words


@dataclass(frozen=True)
class Definition:
    """A process in one version, with everything it calls."""

    process_id: str
    name: str
    sha256: str  #: of all its files
    resources: Mapping[str, bytes]
    elements: Mapping[tuple[str, str], Element]
    decisions: Mapping[str, CompiledDecision] = field(repr=False)
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


def parse(resources: Mapping[str, bytes], process: str, *, reading: int | None = None) -> Definition:
    """The process of that id, with the processes and decisions it needs. Raises BadDiagram with all that is wrong.

    `reading`: of files that are deployed, as they were read then. These passed their checks: rules made since are not
    laid upon them.
    """
    files = FileSet.of(resources, reading=reading)
    if reading is None:
        files.check(process)
    parser = ModelerParser(files.decisions, files.callable, reading=reading or READING)
    try:
        for name, drawing in files.redrawn():
            parser.add_bpmn_xml(drawing, name)
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
    digest = hashlib.sha256(repr(sorted(files.items())).encode()).hexdigest()
    name = files.processes[process].get("name", process)
    return Definition(
        process, name, digest, dict(files), files.elements, files.decisions, spec, subprocess_specs,
        files.starts(process),
    )  # fmt: skip
