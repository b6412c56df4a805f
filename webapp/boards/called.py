"""What boards call what they show: holders, groups, levels, outcomes, figures, in the language of whoever reads."""

from datetime import date

from flask_babel import gettext as _
from flask_babel import lazy_gettext

from services import boards, directory, figures, registry
from webapp.language import dates, words
from webapp.language.i18n import language

#: of each person, what the head's figures count, at most
MOST_OPEN, MOST_DONE = boards.CAP_EACH, boards.CAP

HOLDERS = {
    "body": lazy_gettext("Authorised body"),
    "psc": lazy_gettext("PSC"),
    "courier": lazy_gettext("Courier"),
    "citizen": lazy_gettext("Applicant"),
}
GROUPS = {
    "late": lazy_gettext("Late now"),
    "today": lazy_gettext("Today"),
    "tomorrow": lazy_gettext("Next working day"),
    "week": lazy_gettext("Within five working days"),
}
LEVELS = {
    "short": ("●○○○", lazy_gettext("up to a quarter of the term")),
    "half": ("●●○○", lazy_gettext("up to 60 percent of the term")),
    "near": ("●●●○", lazy_gettext("up to the whole term")),
    "over": ("●●●●", lazy_gettext("longer than the term")),
    "free": ("—", lazy_gettext("no term")),
}
PRESETS = {
    "days_30": lazy_gettext("30 days"),
    "week": lazy_gettext("This week"),
    "month": lazy_gettext("This month"),
    "last_month": lazy_gettext("Last month"),
    "quarter": lazy_gettext("This quarter"),
    "year": lazy_gettext("This year"),
}
#: what is counted of complaints, as it is asked for
COMPLAINTS = {
    "came": lazy_gettext("came"),
    "considered": lazy_gettext("considered"),
    "upheld": lazy_gettext("found justified"),
    "late": lazy_gettext("considered late"),
}
FIGURES = {
    "received": lazy_gettext("Received"),
    "finished": lazy_gettext("Finished"),
    "returns": lazy_gettext("Returns"),
    "terms": lazy_gettext("Steps"),
    "whole": lazy_gettext("Whole service"),
    "complaints": lazy_gettext("Complaints"),
    "open": lazy_gettext("Open"),
    "week": lazy_gettext("Due this week"),
    "late": lazy_gettext("Late"),
    "done": lazy_gettext("Done in 30 days"),
}
DECIDED = {
    "granted": lazy_gettext("Assigned"),
    "denied": lazy_gettext("Refused"),
    "otherwise": lazy_gettext("Ended otherwise"),
}
ENDS = {
    "": lazy_gettext("Assignments that end"),
    "rechecked": lazy_gettext("Assignments that end: rechecked"),
    "missed": lazy_gettext("Assignments that end: missed, they did not come"),
    "running": lazy_gettext("Assignments that end: running"),
}
KEPT = {
    "kept": lazy_gettext("in time"),
    "late": lazy_gettext("late"),
    "kept_default": lazy_gettext("in time, by a date that is not in the act"),
    "late_default": lazy_gettext("late, by a date that is not in the act"),
    "any_late": lazy_gettext("late"),
}


def holder(key: str) -> str:
    """Whose time it is; a kind of office of the region's own is called as the region calls it."""
    own = words.kind_named(key)
    return own or (str(HOLDERS[key]) if key in HOLDERS else words.word("office_kind", key))


def whose(row: boards.Late) -> str:
    """The person in whose hands it is, else the role, and where, when that is another office."""
    return row.holder or words.word("role", row.role, row)


def why(row: boards.Late) -> list[str]:
    """What it hangs on, in words."""
    said = [_("term of the step") if row.due.clock == "step" else _("term of the whole service")]
    if row.missing:
        said.append(_("the paper is missing"))
    elif row.waiting:
        said.append(_("waits for: %(whom)s", whom=holder(row.waits_for)))
    if row.round > 1:
        said.append(_("returned %(times)s", times=words.counted("times", row.round - 1)))
    if row.holder is None and row.may_reassign:
        said.append(_("nobody has taken it"))
    return said


def outcome(key: str) -> str:
    """How an application ended, as its plugin calls it; the key itself where none does."""
    return words.word("outcome", key) or "—"


def ended(figures: boards.Figures) -> str:
    """How many with which outcome: «тағайындалды — 3, бас тартылды — 1, өтініш беруші қайтарып алды — 2»."""
    decided = _("assigned %(approved)s, refused %(refused)s", approved=figures.approved, refused=figures.refused)
    otherwise = figures.otherwise.most_common()
    return ", ".join(
        [decided, *(_("%(outcome)s %(count)s", outcome=outcome(key), count=count) for key, count in otherwise)]
    )


def ratio(returns: int, finished: int) -> str:
    """Returns for a finished case."""
    said = f"{returns / finished:.2f}" if finished else "—"
    return said if language() == "en" else said.replace(".", ",")


def day_until(on: date) -> str:
    """«26 қарашаға дейін», "until 26 November"."""
    return dates.day_until(on, language())


def day(on: date) -> str:
    """A day by its number and month."""
    return dates.day(on, language())


def level(key: str) -> str:
    """How near a due date is, in words."""
    mark, said = LEVELS[key]
    return f"{mark} {said}"


def step_title(code: str, key: str) -> str:
    """A step in the reader's language, as the region's table names it."""
    rows = registry.current().steps_of_all()
    row = next((row for row in rows if row["code"] == code and row["key"] == key), None)
    return words.t(row["title_kk"]) if row else key


def ground(key: str) -> str:
    """A ground of refusal, as the region's table names it."""
    row = registry.current().by_key("grounds").get(key)
    return words.t(row["title_kk"]) if row else key or _("no ground was given")


def figure(asked: boards.Figure) -> str:
    """What a figure counts, in words: «Қадамдар: кешіккен»."""
    what, of = asked.what, asked.of
    if what == "decided":
        return str(DECIDED[of])
    if what in ("terms", "whole"):
        return f"{FIGURES[what]}: {KEPT[of]}"
    if what == "complaints":
        return f"{FIGURES[what]}: {COMPLAINTS[of]}"
    if what == "ends":
        return str(ENDS[of])
    if what == "outcome":
        return outcome(of)
    if what == "holder":
        return holder(of)
    if what == "ground":
        return ground(of)
    if what.startswith(("step", "element")):
        late = f": {_('late')}" if what.endswith("_late") else ""
        return (step_title(*(of.split(" ", 1))) if what.startswith("step") else _("Time on the diagram")) + late
    if what in boards.NOW:
        role, _sep, person = of.partition(" ")
        who = directory.names([int(person)]).get(int(person), "") if person.isdigit() else _("nobody yet")
        return f"{FIGURES[what]}: {who}, {words.word('role', role)}"
    return str(FIGURES[what])


def not_counted(told: figures.NotCounted) -> list[str]:
    """What the figures of a period leave out, or say as it was before; nothing when they say all."""
    said = []
    if told.days and told.since and told.until:
        said.append(
            _("Days of this period that are not counted yet: %(days)s (%(since)s – %(until)s). What was done in them "
              "is missing here; the worker is counting it.",
              days=told.days, since=f"{told.since:%d.%m.%Y}", until=f"{told.until:%d.%m.%Y}")
        )  # fmt: skip
    if told.anew and told.as_of:
        said.append(
            _("Days of this period in which something was changed afterwards: %(days)s. Their figures stand as of "
              "%(at)s, and are being counted again.",
              days=told.anew, at=dates.exactly(told.as_of, language(), words.zone_here()))
        )  # fmt: skip
    if told.today_at:
        at = dates.exactly(told.today_at, language(), words.zone_here())
        said.append(_("Figures of today are counted each minute, last: %(at)s.", at=at))
    return said


def in_classes() -> str:
    """How exact a median is."""
    return str(
        _("Medians and nine of ten are counted in classes of time: they are within six percent of the exact value.")
    )
