"""The model doctor: what is wrong with diagrams, decisions and forms, and how to mend it. It knows no database."""

from services.processes.doctor.finding import Finding, Lines, Report
from services.processes.doctor.service import examine, repaired

__all__ = ["Finding", "Lines", "Report", "examine", "repaired"]
