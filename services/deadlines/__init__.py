"""Working calendar and due dates: when a step of the act is due, and why."""

from services.deadlines.calendar import Calendar, SpecialDay
from services.deadlines.region import StepRule, UnknownOffice, UnknownStep
from services.deadlines.rules import Escalation, Rule, parse_rule, working_time
from services.deadlines.service import (
    Due,
    OuterDue,
    calendar_for,
    calendar_version,
    day_plan,
    due_for,
    escalation_for,
    fill_calendar,
    local,
    months_before,
    outer_due,
    remember_version,
    run_after,
    step_rule,
    version_of,
    zone,
)

__all__ = [
    "Calendar",
    "Due",
    "Escalation",
    "OuterDue",
    "Rule",
    "SpecialDay",
    "StepRule",
    "UnknownOffice",
    "UnknownStep",
    "calendar_for",
    "calendar_version",
    "day_plan",
    "due_for",
    "escalation_for",
    "fill_calendar",
    "local",
    "months_before",
    "outer_due",
    "parse_rule",
    "remember_version",
    "run_after",
    "step_rule",
    "version_of",
    "working_time",
    "zone",
]
