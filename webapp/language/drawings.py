"""What the lines of a diagram's outline are called."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _

from services.deadlines import parse_rule
from services.processes import OutlineLine
from webapp.language.counts import counted
from webapp.language.i18n import language
from webapp.language.laws import law_here

ELEMENTS = {
    "pool": _("Pool"),
    "task": _("Step"),
    "userTask": _("Step"),
    "manualTask": _("Step by hand"),
    "serviceTask": _("By itself"),
    "scriptTask": _("Script"),
    "businessRuleTask": _("Decision table"),
    "callActivity": _("Calls a process"),
    "receiveTask": _("Waits"),
    "sendTask": _("Sends"),
    "subProcess": _("Part of the process"),
    "transaction": _("Transaction"),
    "adHocSubProcess": _("In any order"),
    "exclusiveGateway": _("One of these ways"),
    "parallelGateway": _("All of these ways at once"),
    "inclusiveGateway": _("One or more of these ways"),
    "eventBasedGateway": _("Whichever comes first"),
    "complexGateway": _("Some of these ways"),
    "meet": _("The ways meet"),
    "startEvent": _("Begins"),
    "endEvent": _("Ends"),
    "intermediateCatchEvent": _("Waits"),
    "intermediateThrowEvent": _("Says"),
    "boundaryEvent": _("If meanwhile"),
    "undone": _("If it is undone"),
}
EVENTS = {
    "timer": _("time"),
    "message": _("message"),
    "signal": _("signal"),
    "error": _("error"),
    "escalation": _("escalation"),
    "conditional": _("condition"),
    "link": _("link"),
    "compensate": _("compensation"),
    "cancel": _("cancellation"),
    "terminate": _("everything ends"),
}
REPEATS = {
    "loop": _("again and again"),
    "one by one": _("several times, one after another"),
    "all at once": _("several times, all at once"),
}
#: the rule of a term that counts something -> what it counts
COUNTED = {"MIN": "working_minutes", "WD": "working_days", "TOTAL": "calendar_days"}
TERMS = {
    "REG": _("with the day’s registry"),
    "COUR": _("with the courier’s next run"),
}
EDITION_STATES = {
    "in_force": _("in force"),
    "to_come": _("comes into force"),
    "candidate": _("candidate"),
    "passed": _("was in force"),
    "withdrawn": _("withdrawn"),
}
STATES = {
    "in_force": _("in force"),
    "candidate": _("candidate"),
    "former": _("former"),
    "passed_over": _("passed over"),
    "withdrawn": _("withdrawn"),
}
CHANGES = {
    "added": _("added"),
    "removed": _("taken away"),
    "changed": _("changed"),
    "moved": _("moved"),
}
SEVERITIES = {
    "error": _("must be corrected"),
    "warning": _("worth a look"),
    "info": _("good to know"),
}
KINDS = {
    "severity": SEVERITIES,
    "bpmn": ELEMENTS,
    "bpmn_event": EVENTS,
    "repeats": REPEATS,
    "version_state": STATES,
    "edition_state": EDITION_STATES,
    "change": CHANGES,
}


def line_kind(line: OutlineLine) -> str:
    """What kind of thing the line is: a gateway whose ways only meet is told apart."""
    meets = line.kind.endswith("Gateway") and not any(each.kind == "way" for each in line.inside)
    undone = line.kind == "boundaryEvent" and line.event == "compensate"
    kind = "meet" if meets else "undone" if undone else line.kind
    return str(ELEMENTS.get(kind, kind))


def terms_of(step: str, route: str = "") -> Sequence[tuple[str, str, str]]:
    """Code, term in words, and clause of a step on that route; on every route that has it, when none is told."""
    rows = [row for row in law_here().table("steps") if row["key"] == step]
    own = [row for row in rows if row["route"] == route] or rows
    return [(row["code"], term(row["rule"]), row["clause"]) for row in own]


def step_title(step: str, route: str = "") -> str:
    """What the region's table calls the step; its key when the table does not know it."""
    rows = [row for row in law_here().table("steps") if row["key"] == step]
    own = [row for row in rows if row["route"] == route] or rows
    return own[0][f"title_{language()}"] if own else step


def term(rule: str) -> str:
    """A term in words: «15 жұмыс минуты»; empty when the step has none."""
    if not rule:
        return ""
    parsed = parse_rule(rule)
    if parsed.kind in COUNTED:
        return counted(COUNTED[parsed.kind], parsed.count, language())
    return str(TERMS[parsed.kind])
