"""Absences: who is away now, soon and before; entering and ending; whether enough people take applications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask import Blueprint, flash, g, redirect, render_template, url_for
from flask_babel import gettext
from flask_login import login_required
from werkzeug.wrappers import Response

from services import cases, deadlines, directory, registry
from services.directory import PlannedAbsence
from services.errors import InvalidAnswers, KomekError
from webapp import asked
from webapp.errors import message_of, sentences_of, status_of
from webapp.language import dates
from webapp.language.i18n import language
from webapp.language.words import cited, office_name

bp = Blueprint("absences", __name__, template_folder="templates", url_prefix="/absences")

#: the picture begins this long ago, and shows this many days
BEFORE_DAYS, SHOWN_DAYS = 7, 35
GRID_DAYS = 14
#: so many offices are shown whether they lack somebody or not
FEW_OFFICES = 3


@dataclass(frozen=True)
class AbsenceLine:
    """An absence as it is shown: its row, and its bar in the picture, in days from the left edge."""

    row: directory.Absence
    who: str
    deputy: str
    state: str  #: now, coming or past
    left: int
    width: int
    last_on: date


@bp.get("/")
@login_required
def show() -> str:
    """The absences that this person may know of, as a picture and as a table."""
    return _page()


@bp.post("/")
@login_required
def enter() -> Response | tuple[str, int]:
    """Enter one; when it leaves an office with too few people, that is said."""
    form = asked.form
    try:
        from_on, last_on, order_on = (_day(name) for name in ("from_on", "last_on", "order_on"))
        wanted = PlannedAbsence(form.number("staff") or 0, form.number("deputy"), form.texts("scope"), from_on,
                         last_on + timedelta(days=1))  # fmt: skip
        short = _short_days(wanted)
        directory.enter_absence(
            wanted.staff_id,
            from_on=from_on,
            until_on=wanted.until_on,
            order_number=form.text("order_number"),
            order_on=order_on,
            deputy_id=wanted.deputy_id,
            scope=wanted.scope,
            signs="signs" in form.all,
            actor=g.person,
        )
    except InvalidAnswers as error:
        return _page(sentences_of(error)), 422
    except KomekError as error:
        return _page(message_of(error)), status_of(error)
    flash(gettext("Entered. In those days their work is with the deputy, and comes back by itself."),
          "plain")  # fmt: skip
    for said in short:
        flash(said, "warning")
    return redirect(url_for("absences.show"), 303)


@bp.post("/<int:absence_id>/end")
@login_required
def end(absence_id: int) -> Response:
    """Somebody is back from today."""
    directory.end_absence(absence_id, actor=g.person)
    flash(gettext("Ended: from today everything is theirs again."), "plain")
    return redirect(url_for("absences.show"), 303)


@bp.get("/own-drafts")
@login_required
def own_drafts() -> str:
    """What was signed by whoever drafted it, for the control level."""
    return render_template("absences/own_drafts.html", drafts=cases.own_drafts(g.person))


def _page(wrong: str = "") -> str:
    today = directory.today()
    first = today - timedelta(days=BEFORE_DAYS)
    rows = directory.absences_for(g.person, since=first)
    names = directory.names([each for row in rows for each in (row.staff_id, row.deputy_id) if each])
    people = _people()
    return render_template(
        "absences/list.html",
        lines=[_line(row, names, first, today) for row in rows],
        people=people,
        scopes=_scopes(people),
        is_gap=_is_gap,
        today=today,
        days=[first + timedelta(days=n) for n in range(SHOWN_DAYS)],
        grid=_grid(today),
        grid_days=[today + timedelta(days=n) for n in range(GRID_DAYS)],
        staffing_clauses=directory.staffing_clauses(),
        wrong=wrong,
        typed=asked.form.all,
        may_enter=directory.may_enter(g.person),
    )


def _scopes(people: Sequence[directory.Person]) -> dict[tuple[str, str], list[int]]:
    """Office and role -> whose it is: a page asks of the one who is away in which of their roles somebody stands in."""
    found: dict[tuple[str, str], list[int]] = {}
    for each in people:
        for held in each.appointments:
            found.setdefault((held.office_key, held.role), []).append(each.id)
    return dict(sorted(found.items()))


def _people() -> list[directory.Person]:
    """Staff whom this person may choose: everybody for an administrator, else the staff of the offices they lead."""
    everybody = directory.everybody()
    if directory.ADMIN in g.person.roles():
        return everybody
    leaders = directory.leaders()
    led = {each.office_key for each in g.person.appointments if each.role in leaders}
    return [each for each in everybody if led & set(each.offices()) or each.id == g.person.id]


def _line(row: directory.Absence, names: dict[int, str], first: date, today: date) -> AbsenceLine:
    back = row.ended_on or row.until_on
    state = "coming" if row.from_on > today else "now" if back > today else "past"
    left = max(0, (row.from_on - first).days)
    width = max(0, min((back - first).days, SHOWN_DAYS) - left)
    last_on = back - timedelta(days=1)
    return AbsenceLine(row, names.get(row.staff_id, ""), names.get(row.deputy_id or 0, ""), state, left, width, last_on)


def _grid(today: date) -> dict[str, Sequence[directory.DayStaff]]:
    """Office -> its working days, of the staffed offices that lack somebody on one; few offices are all shown."""
    own = set(directory.staffed_offices())
    if directory.ADMIN not in g.person.roles():
        own &= set(g.person.offices())
    days = [today + timedelta(days=n) for n in range(GRID_DAYS)]
    found = directory.intake_staff(days, office_keys=sorted(own))
    gaps = {office for office, counted in found.items() if any(_is_gap(office, day) for day in counted)}
    shown = found if len(found) <= FEW_OFFICES else {office: found[office] for office in found if office in gaps}
    return dict(sorted(shown.items(), key=lambda each: each[0] not in gaps))


def _is_gap(office: str, day: directory.DayStaff) -> bool:
    """Whether too few take applications there on a day on which the office works at all."""
    return not day.enough and deadlines.calendar_for(registry.current(), office).works_on(day.on)


def _short_days(wanted: PlannedAbsence) -> list[str]:
    """What this absence would break, office by office, said in words."""
    today = directory.today()
    count = min(max((wanted.until_on - max(wanted.from_on, today)).days, 0), 370)
    days = [max(wanted.from_on, today) + timedelta(days=n) for n in range(count)]
    before, after = directory.intake_staff(days), directory.intake_staff(days, planned=wanted)
    said = []
    for office, counted in after.items():
        broken = [day for day, was in zip(counted, before[office], strict=True) if was.enough and _is_gap(office, day)]
        if broken:
            said.append(_warning(office, broken[0]))
    return said


def _warning(office: str, day: directory.DayStaff) -> str:
    kind = registry.current().row("offices", office)["kind"]
    return str(gettext(
        "%(office)s: %(since)s too few take applications: %(present)s of %(needed)s (%(clause)s).",
        office=office_name(office), since=dates.day_since(day.on, language()), present=day.present, needed=day.needed,
        clause=cited(directory.staffing_clause(kind)),
    ))  # fmt: skip


def _day(name: str) -> date:
    found = asked.form.day(name)
    if found is None or not 2000 <= found.year <= 2200:
        raise asked.WrongDay(name)
    return found
