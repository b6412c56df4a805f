"""The page that leads to everything that is looked after."""

from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, current_app, g, render_template
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from flask_login import login_required

from services import calls, cases, deadlines, directory, processes, public, registry, soundness, upkeep
from services.directory import NotAdministrator
from webapp import stands

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


def _prints_stands(person: directory.Person, office_key: str) -> bool:
    return public.may_print_stand(person, office_key, registry.current())


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
        "act.show", _("The act"), _("Its editions: which holds, which waits for a second person, what it changes."),
        lambda person, office_key: processes.looks_after(person),
    ),
    Section(
        "admin.region", _("The region's package"),
        _("What is wrong with its files, how far it has come, and what is missing for the next grade."),
        _administrators,
    ),
    Section(
        "admin.system", _("The installation"),
        _("What is wrong with it today: clocks, disks, certificate, backups, versions, workers, settings."),
        _administrators,
    ),
    Section(
        "incidents.show",
        _("Incidents"),
        _("Timers and operations that could not be carried out: try them again, or settle them by hand."),
        _administrators,
    ),
    Section(
        "told.show", _("Applicants told"),
        _("Messages to applicants who agreed to them, month by month: how they went, parts, costs."),
        _administrators,
    ),
    Section("staff.show", _("Staff"), _("Who works here, in which roles; joining and leaving."), _administrators),
    Section(
        "retention.show", _("Keeping and destroying"),
        _("Cases kept for their whole time; acts of destruction, by two persons."),
        _administrators,
    ),
    Section(
        "retention.archived", _("Archive"),
        _("Cases closed long ago: how many, which go next; taking one out again."),
        _administrators,
    ),
    Section(
        "retention.ask_for_person", _("A person's file"),
        _("Everything that is held under an IIN, and who looked at it, on request."),
        _administrators,
    ),
    Section(
        "stands.show", _("Sheets for the stand"),
        _("What hangs on the office's wall for everybody to read; which of it is out of date."),
        _prints_stands,
    ),
    Section(
        "screens.show", _("Screens in the hall"),
        _("At which offices a wall screen and a kiosk are open; their addresses."),
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
        "calls.watch",
        _("Looked up for callers"),
        _("Which applications were looked up for callers, by whom and why."),
        lambda person, office_key: calls.may_watch(person),
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
    return render_template(
        "admin/hub.html", sections=sections, short=_short_today(g.person), outdated=stands.outdated(g.person),
        troubles=_troubles(g.person),
    )  # fmt: skip


@bp.get("/region")
@login_required
def region() -> str:
    """What is wrong with the region's package, and its grade. Raises NotAdministrator."""
    directory.check_administers(g.person)
    found, grade = soundness.looked_through(registry.shipped())
    grades = {each: gettext(called) for each, called in soundness.CALLED.items()}
    errors = soundness.errors(found)
    return render_template(
        "admin/region.html", region=registry.shipped().region, errors=errors, grade=grade, grades=grades,
        warnings=[each for each in found if each not in errors], translate=gettext,
    )  # fmt: skip


@bp.get("/system")
@login_required
def system() -> str:
    """What is wrong with the installation: the list of `komek doctor --system`. Raises NotAdministrator."""
    directory.check_administers(g.person)
    found = upkeep.findings(upkeep.look(current_app.config["KOMEK"]))
    return render_template("admin/system.html", found=found, translate=gettext)


def _troubles(person: directory.Person) -> tuple[int, cases.Counted]:
    """For administrators: how many incidents wait for them, and tasks that nobody can do today."""
    if directory.ADMIN not in person.roles():
        return 0, cases.Counted(0, False)
    waiting = sum(number for _kind, number in cases.incidents(person, limit=1).kinds)
    stuck = [each.count for each in cases.stuck_tasks()]
    return waiting, cases.Counted(sum(each.value for each in stuck), any(each.more for each in stuck))


def _short_today(person: directory.Person) -> list[str]:
    """Offices at work today where too few take applications, for administrators."""
    if directory.ADMIN not in person.roles():
        return []
    today, plugins = directory.today(), registry.current()
    counted = directory.intake_staff([today], office_keys=directory.staffed_offices())
    return [
        key
        for key, (day,) in counted.items()
        if not day.enough and deadlines.calendar_for(plugins, key).works_on(today)
    ]
