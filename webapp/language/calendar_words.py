"""What the calendar's keys are called."""

from datetime import timedelta

from babel.dates import get_day_names, get_month_names
from flask_babel import lazy_gettext as _

from services.deadlines import Explanation
from webapp.language import counts, dates, drawings
from webapp.language.i18n import language

WHYS = {
    "counted": _("counted"),
    "starts": _("the day it began: not counted"),
    "after_hours": _("began after the day’s work: belongs to the next working day"),
    "weekend": _("day off"),
    "off": _("day off"),
    "passed": _("too late for this day"),
    "other_off": _("day off at one of the two offices"),
    "rolled": _("the last day was off: the term ends on this one"),
    "ends": _("ends here"),
}
MARKS = {
    "act": _("in the act"),
    "confirmed": _("confirmed"),
    "default": _("assumed"),
    "verified": _("read elsewhere"),
    "recalled": _("recalled"),
}
TABLES = {
    "parameters": _("Terms, hours and norms"),
    "steps": _("Steps"),
    "hours": _("Working hours"),
    "roles": _("Roles"),
    "offices": _("Offices"),
    "documents": _("Documents to bring"),
    "grounds": _("Grounds of refusal"),
    "stops": _("Lawful stops"),
    "clauses": _("Clauses of the act"),
    "public": _("What the public is told"),
}
DEFAULTS = {
    "rule": _("The act does not give this term."),
    "plan": _("The act does not give these hours."),
    "hours": _("The act does not give the working hours of this office."),
    "days": _("A day on the way is estimated or in question."),
}
OFFICE_KINDS = {"body": _("Authorised bodies"), "psc": _("PSCs"), "control": _("Control level")}
HOLDERS = {"courier": _("courier"), "citizen": _("the applicant")}
CHANGES = {
    "upgrade": _("upgrade"),
    "system": _("installation"),
    "console": _("installation"),
}
KINDS = {
    "why": WHYS,
    "mark": MARKS,
    "table": TABLES,
    "default": DEFAULTS,
    "office_kind": OFFICE_KINDS,
    "holder": HOLDERS,
    "calendar_actor": CHANGES,
}


def month_name(month: int) -> str:
    """As it stands alone: «қаңтар», "January"."""
    return str(get_month_names("wide", context="stand-alone", locale=language())[month])


def weekday_names(*, long: bool = False) -> list[str]:
    """From Monday."""
    names = get_day_names("wide" if long else "abbreviated", context="stand-alone", locale=language())
    return [names[number] for number in range(7)]


RULES = {
    "MIN": _("%(term)s; breaks, nights and days off are not counted."),
    "WD": _("%(term)s; the day it began is not counted; due at the end of the last."),
    "TOTAL": _("%(term)s from the next day; if the last is off, it moves to the next working day."),
    "REG": _("The day’s registry takes what comes %(until)s; what comes later goes the next working day."),
    "COUR": _("The courier’s first run at or after the hand-over, on a day that both offices work: %(hour)s."),
}


def rule_in_words(told: Explanation) -> str:
    """What the rule of an explained date says."""
    hour = f"{told.hour:%H:%M}" if told.hour else ""
    said = {"hour": hour, "until": dates.hour_until(hour, language())}
    if told.rule.kind in drawings.COUNTED:
        said["term"] = counts.counted(drawings.COUNTED[told.rule.kind], told.rule.count, language())
    return str(RULES[told.rule.kind]) % said


def working(time: timedelta) -> str:
    """«3 сағ 20 мин» of working time."""
    hours, minutes = divmod(round(time / timedelta(minutes=1)), 60)
    return str(_("%(hours)s h %(minutes)s min", hours=hours, minutes=minutes))
