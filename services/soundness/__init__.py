"""Whether a region can be law: all that is wrong with its package, in one list, before anything stands on it."""

from services.soundness.code import code_faults
from services.soundness.coverage import ActCoverage, TaskDrawn, coverage
from services.soundness.fault import BadRegion, RegionFault, RegionFaults, errors
from services.soundness.grade import CALLED, Grade, grade_of, looked_through
from services.soundness.service import check_edition, check_start, faults_of, standing, table_faults
from services.soundness.trials import PASSED, TRIALS, Record, digest_of, keep_record, read_record
from services.soundness.worked import worked_cases

__all__ = [
    "CALLED",
    "PASSED",
    "TRIALS",
    "ActCoverage",
    "BadRegion",
    "Grade",
    "Record",
    "RegionFault",
    "RegionFaults",
    "TaskDrawn",
    "check_edition",
    "check_start",
    "code_faults",
    "coverage",
    "digest_of",
    "errors",
    "faults_of",
    "grade_of",
    "keep_record",
    "looked_through",
    "read_record",
    "standing",
    "table_faults",
    "worked_cases",
]
