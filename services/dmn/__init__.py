"""DMN 1.1 to 1.5: requirements diagrams, decision tables, boxed expressions. It stands on FEEL and nothing else."""

from services.dmn.deciding import Answered, decide
from services.dmn.reading import DmnFault, DmnReader
from services.dmn.requirements import (
    Complaint,
    Decision,
    FiredTable,
    InputData,
    Knowledge,
    Model,
    Required,
    RuleFired,
    Service,
)
from services.dmn.texts import Language

__all__ = [
    "Answered",
    "Complaint",
    "Decision",
    "DmnFault",
    "DmnReader",
    "FiredTable",
    "InputData",
    "Knowledge",
    "Language",
    "Model",
    "Required",
    "RuleFired",
    "Service",
    "decide",
]
