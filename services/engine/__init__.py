"""The one door to SpiffWorkflow: state in, step out. Values only; nobody else imports the engine."""

from services.bpmn import READING
from services.engine.definition import Definition, parse
from services.engine.errors import (
    CannotGoOn,
    CannotMigrate,
    CorruptState,
    NoBoundary,
    NoPlainStart,
    StopGone,
)
from services.engine.service import (
    change,
    complete,
    drawing_of,
    fail,
    known,
    look,
    migrate,
    receive,
    start,
    variables,
    wake,
)
from services.engine.step import Passed, Shouted, Step, Stop, Thrown
from services.engine.stops import start_by_hand

__all__ = [
    "READING",
    "CannotGoOn",
    "CannotMigrate",
    "CorruptState",
    "Definition",
    "NoBoundary",
    "NoPlainStart",
    "Passed",
    "Shouted",
    "Step",
    "Stop",
    "StopGone",
    "Thrown",
    "change",
    "complete",
    "drawing_of",
    "fail",
    "known",
    "look",
    "migrate",
    "parse",
    "receive",
    "start",
    "start_by_hand",
    "variables",
    "wake",
]
