"""Whether a region can be law: all that is wrong with its package, in one list, before anything stands on it."""

from services.soundness.code import code_faults
from services.soundness.coverage import ActCoverage, TaskDrawn, coverage
from services.soundness.fault import BadRegion, RegionFault, RegionFaults, errors
from services.soundness.grade import CALLED, Grade, grade_of, looked_through
from services.soundness.service import check_edition, check_start, faults_of, standing, table_faults

__all__ = [
    "CALLED",
    "ActCoverage",
    "BadRegion",
    "Grade",
    "RegionFault",
    "RegionFaults",
    "TaskDrawn",
    "check_edition",
    "check_start",
    "code_faults",
    "coverage",
    "errors",
    "faults_of",
    "grade_of",
    "looked_through",
    "standing",
    "table_faults",
]
