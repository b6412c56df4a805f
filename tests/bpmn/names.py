"""What people read on a diagram or in a decision of the house: every name, as it is drawn."""

from dataclasses import dataclass
from pathlib import Path

from services.bpmn import FileSet
from services.processes.texts import texts_in
from tests.bpmn.drawing import ROOT


@dataclass(frozen=True)
class Name:
    context: str  #: "bpmn:direct", "dmn:entitlement": the message context of its translations
    element: str
    kazakh: str


def named_files() -> list[Path]:
    """Every diagram, decision and form of the house."""
    places = (f"{place}bpmn/*.{kind}" for kind in ("bpmn", "dmn", "form") for place in ("", "plugins/*/"))
    return sorted(file for each in places for file in ROOT.glob(each))


def names_in(file: Path) -> list[Name]:
    """Every name of such a file, in its order."""
    return [
        Name(context, element, text)
        for context, text, element in texts_in(file.name, FileSet({file.name: file.read_bytes()}))
    ]
