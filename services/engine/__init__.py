"""The one door to SpiffWorkflow: state in, step out. Values only; nobody else imports the engine."""

from services.engine.contents import Contents, Thing, contents
from services.engine.definition import Definition, Element, parse, processes
from services.engine.errors import (
    BadDiagram,
    CannotMigrate,
    CorruptState,
    ExpressionError,
    NoBoundary,
    Problem,
    StopGone,
    UnknownDecision,
)
from services.engine.service import (
    check_expression,
    complete,
    decide,
    fail,
    look,
    migrate,
    receive,
    reckon,
    start,
    variables,
    wake,
)
from services.engine.step import Passed, Step, Stop, Thrown, World

__all__ = [
    "BadDiagram",
    "CannotMigrate",
    "Contents",
    "CorruptState",
    "Definition",
    "Element",
    "ExpressionError",
    "NoBoundary",
    "Passed",
    "Problem",
    "Step",
    "Stop",
    "StopGone",
    "Thing",
    "Thrown",
    "UnknownDecision",
    "World",
    "check_expression",
    "complete",
    "contents",
    "decide",
    "fail",
    "look",
    "migrate",
    "parse",
    "processes",
    "receive",
    "reckon",
    "start",
    "variables",
    "wake",
]
