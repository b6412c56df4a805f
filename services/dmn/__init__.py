"""DMN 1.1 to 1.5: requirements diagrams, decision tables, boxed expressions. It stands on FEEL and nothing else."""

from services.dmn.boxed import Language
from services.dmn.deciding import Decided, decide
from services.dmn.reading import Fault, Reader
from services.dmn.requirements import Complaint, Decision, Element, Fired, InputData, Knowledge, Model, Rule, Service

__all__ = [
    "Complaint",
    "Decided",
    "Decision",
    "Element",
    "Fault",
    "Fired",
    "InputData",
    "Knowledge",
    "Language",
    "Model",
    "Reader",
    "Rule",
    "Service",
    "decide",
]
