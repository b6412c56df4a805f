"""DMN 1.1 to 1.5: requirements diagrams, decision tables, boxed expressions. It stands on FEEL and nothing else."""

from services.dmn.coverage import OTHER, Covered, TooManyCombinations, telling
from services.dmn.deciding import decide
from services.dmn.item_definitions import Definitions
from services.dmn.manners import FORMER, IN_FORCE, STRICT
from services.dmn.reading import DmnFault, DmnReader
from services.dmn.requirements import (
    Decision,
    FiredTable,
    Knowledge,
    Model,
    Required,
    Service,
)
from services.dmn.tables import DAY_OR_MOMENT, MULTIPLE
from services.dmn.wording import KAZAKH, in_words

__all__ = [
    "DAY_OR_MOMENT",
    "FORMER",
    "IN_FORCE",
    "KAZAKH",
    "MULTIPLE",
    "OTHER",
    "STRICT",
    "Covered",
    "Decision",
    "Definitions",
    "DmnFault",
    "DmnReader",
    "FiredTable",
    "Knowledge",
    "Model",
    "Required",
    "Service",
    "TooManyCombinations",
    "decide",
    "in_words",
    "telling",
]
