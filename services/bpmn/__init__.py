"""Reading and refusing BPMN: what a file says, what is wrong with it, how it hangs together. Nothing here runs it."""

from services.bpmn.contents import ANY_PROCESS, Contents, Thing
from services.bpmn.decided import Decided, Fired, FiredRule
from services.bpmn.decisions import Decision, decide_over
from services.bpmn.errors import BadDiagram, Problem, UnknownDecision
from services.bpmn.files import Element, Files
from services.bpmn.starts import Start, begins_now, first_start, next_start

__all__ = [
    "ANY_PROCESS",
    "BadDiagram",
    "Contents",
    "Decided",
    "Decision",
    "Element",
    "Files",
    "Fired",
    "FiredRule",
    "Problem",
    "Start",
    "Thing",
    "UnknownDecision",
    "begins_now",
    "decide_over",
    "first_start",
    "next_start",
]
