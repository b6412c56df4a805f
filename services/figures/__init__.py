"""Figures of days that are over, kept so that a board of a month costs no more because more was done in it."""

from services.figures.counting import TERMS, DrawnAt, ground_given, step_terms, was_late, whole_terms
from services.figures.keeping import KIND, keep_on, plan, recount, settle, untrue
from services.figures.now import open_steps
from services.figures.reading import InPeriod, NotCounted, held
from services.figures.trees import Tree, add, measures

__all__ = [
    "KIND",
    "TERMS",
    "DrawnAt",
    "InPeriod",
    "NotCounted",
    "Tree",
    "add",
    "ground_given",
    "held",
    "keep_on",
    "measures",
    "open_steps",
    "plan",
    "recount",
    "settle",
    "step_terms",
    "untrue",
    "was_late",
    "whole_terms",
]
