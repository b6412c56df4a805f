"""The page that leads to everything that is looked after."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, current_app, g, render_template
from flask_babel import lazy_gettext as _
from flask_login import login_required

from services import cases, deadlines, directory, registry
from services.directory import NotAdministrator

bp = Blueprint("admin", __name__, template_folder="templates", url_prefix="/admin")


@dataclass(frozen=True)
class Section:
    """A page of the administration, and who is led to it."""

    endpoint: str
    title: object  #: lazily translated
    about: object
    for_whom: Callable[[directory.Person, str], bool]


def _administrators(person: directory.Person, office_key: str) -> bool:
    return directory.ADMIN in person.roles()


def _on_a_demo(person: directory.Person, office_key: str) -> bool:
    return bool(current_app.config["KOMEK"].demo) and _administrators(person, office_key)


#: in the order in which they are shown
SECTIONS: tuple[Section, ...] = (
    Section(
        "beginning.show", _("The first day"),
        _("Offices in use, staff from a list, numbers that go on; what is still missing for a case to be opened."),
        _administrators,
    ),
    Section(
        "takeover.show", _("Cases from paper"),
        _("Cases under way and the register of earlier years, taken over from a file."),
        _administrators,
    ),
    Section(
        "calendar.show", _("Calendar"), _("Holidays, moved days, working hours; which dates a change would move"),
        _administrators,
    ),
    Section(
        "calendar.values", _("What is not in the act"), _("Terms, hours and norms that wait to be confirmed"),
        _administrators,
    ),
    Section(
        "incidents.show",
        _("Incidents"),
        _("Timers and operations that could not be carried out: try them again, or settle them by hand."),
        _administrators,
    ),
    Section("staff.show", _("Staff"), _("Who works here, in which roles; joining and leaving."), _administrators),
    Section(
        "retention.show", _("Keeping and destroying"),
        _("Cases kept for their whole time; acts of destruction, by two persons."),
        _administrators,
    ),
    Section(
        "retention.ask_for_person", _("A person's file"),
        _("Everything that is held under an IIN, and who looked at it, on request."),
        _administrators,
    ),
    Section(
        "absences.show",
        _("Absences"),
        _("Who is away, by which order, who stands in; whether enough people take applications."),
        lambda person, office_key: directory.may_enter(person),
    ),
    Section(
        "absences.own_drafts",
        _("Signed by whoever drafted it"),
        _("Answers that one person drafted and signed, each with its reason."),
        lambda person, office_key: cases.may_see_own_drafts(person),
    ),
    Section(
        "time_machine.show",
        _("Clock of this demo"),
        _("Let it be another day, for training and trials: what becomes due then happens. Only a demo has this."),
        _on_a_demo,
    ),
)  # fmt: skip


def sections_for(person: directory.Person, office_key: str) -> list[Section]:
    """What this person looks after at that office."""
    return [each for each in SECTIONS if each.for_whom(person, office_key)]


@bp.get("/")
@login_required
def show() -> str:
    """Every section of this person, with what it is about. Raises NotAdministrator for whoever has none."""
    sections = sections_for(g.person, g.office_key)
    if not sections:
        raise NotAdministrator
    return render_template("admin/hub.html", sections=sections, short=_short_today(g.person))


def _short_today(person: directory.Person) -> list[str]:
    """Offices at work today where too few take applications (N421/11b), for administrators."""
    if directory.ADMIN not in person.roles():
        return []
    today, plugins = directory.today(), registry.current()
    counted = directory.intake_staff([today], office_keys=directory.staffed_offices())
    return [
        key
        for key, (day,) in counted.items()
        if not day.enough and deadlines.calendar_for(plugins, key).works_on(today)
    ]
