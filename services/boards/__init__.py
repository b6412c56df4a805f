"""What the one who answers for the terms has to see: today's board of an office, the offices side by side, the time."""

from services.boards.access import (
    may_compare,
    may_lead,
    may_look_everywhere,
    offices_compared,
)
from services.boards.counted import MOST_IN_FILE, NOW, CasesCounted, Figure, counted
from services.boards.head import CAP, CAP_EACH, Executor, HeadBoard, Late, head_board
from services.boards.heat import Heat, Measured, Version, diagram, heat, version_by_id, versions
from services.boards.looked import Looked, look
from services.boards.period import PRESETS, Period, period, preset
from services.boards.shapes import Complaints, Figures, Ground, LateStep, OfficeFigures, Terms, Times
from services.boards.side_by_side import by_ground, by_holder, by_step, figures_of, late_steps, side_by_side
from services.boards.standing import standing

__all__ = [
    "CAP",
    "CAP_EACH",
    "MOST_IN_FILE",
    "NOW",
    "PRESETS",
    "CasesCounted",
    "Complaints",
    "Executor",
    "Figure",
    "Figures",
    "Ground",
    "HeadBoard",
    "Heat",
    "Late",
    "LateStep",
    "Looked",
    "Measured",
    "OfficeFigures",
    "Period",
    "Terms",
    "Times",
    "Version",
    "by_ground",
    "by_holder",
    "by_step",
    "counted",
    "diagram",
    "figures_of",
    "head_board",
    "heat",
    "late_steps",
    "look",
    "may_compare",
    "may_lead",
    "may_look_everywhere",
    "offices_compared",
    "period",
    "preset",
    "side_by_side",
    "standing",
    "version_by_id",
    "versions",
]
