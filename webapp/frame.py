"""What every page stands in: whose it is, where they stand, where they may go, and what templates may call."""

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from flask import Flask, current_app, g, session, url_for
from flask_babel import gettext
from flask_babel import lazy_gettext as _
from markupsafe import Markup

from services import boards, calls, cases, clock, directory, filekinds, hours, jobs, law, phones, processes, registry
from services.asking import row_numbers
from services.processes import forms
from webapp import admin, neighbours
from webapp.compiled import KeptTemplates
from webapp.language import calendar_words, dates, drawings, laws, words
from webapp.language.i18n import NAMED, language, languages


def load_said(staff_id: str | int) -> str:
    """How much is in that person's hands at this office, and how much of it is late; read once a page.

    Of an office where so much is in hand that not all was counted, that is said, too.
    """
    if "loads" not in g:
        g.loads = cases.loads(g.office_key or "")
    load = g.loads.of.get(int(staff_id)) if str(staff_id).isdigit() else None
    if load is None:
        return str(gettext("nothing of the most urgent in hand") if g.loads.more else gettext("nothing in hand"))
    if g.loads.more:
        return str(gettext("in hand: at least %(open)s, late: at least %(late)s", open=load.open, late=load.late))
    if not load.late:
        return str(gettext("in hand: %(open)s", open=load.open))
    return str(gettext("in hand: %(open)s, late: %(late)s", open=load.open, late=load.late))


#: what templates may call, by the name that they call it
CALLED: Mapping[str, object] = {
    "word": words.word,
    "t": words.t,
    "moment": words.moment,
    "masked": words.masked,
    "hour_at": words.hour_at,
    "counted": words.counted,
    "fault": words.fault,
    "fresh_line_of": words.fresh_line_of,
    "in_cards": words.in_cards,
    "is_drawn_anew": words.is_drawn_anew,
    "line_of": words.line_of,
    "lines_of": words.lines_of,
    "say": words.say,
    "asked_as": words.asked_as,
    "answered_as": words.answered_as,
    "tried": words.tried,
    "since": words.since,
    "minutes_from_utc": words.minutes_from_utc,
    "milliseconds_now": words.milliseconds_now,
    "day_said": words.day_said,
    "time_said": words.time_said,
    "moment_said": words.moment_said,
    "times_offered": hours.offered,
    "file_size": words.file_size,
    "files_offered": filekinds.offered,
    "row_numbers": row_numbers,
    "as_json": words.as_json,
    "in_words": words.in_words,
    "languages": languages,
    "languages_named": NAMED,
    "clause": words.clause,
    "cited": words.cited,
    "office_name": words.office_name,
    "load_said": load_said,
    "office_short": words.office_short,
    "by_todays": laws.by_todays,
    "route": words.route,
    "papers_named": words.papers_named,
    "incidents_named": words.incidents_named,
    "exact": words.exact,
    "not_in_act": laws.NOT_IN_ACT,
    "not_in_act_of": laws.not_in_act,
    "runs_under": words.runs_under,
    "month_name": calendar_words.month_name,
    "weekday_names": calendar_words.weekday_names,
    "rule_in_words": calendar_words.rule_in_words,
    "working": calendar_words.working,
    "line_kind": drawings.line_kind,
    "terms_of": drawings.terms_of,
    "term": drawings.term,
}


def init_app(app: Flask) -> None:
    """Make all of it known to the templates."""
    app.jinja_env.globals.update(CALLED, asset=_asset)
    app.jinja_env.filters["money"] = dates.money
    app.jinja_env.filters["dialled"] = phones.dialled
    app.jinja_env.filters["decimal"] = lambda number: dates.decimal(number, language())
    app.jinja_env.filters["grouped"] = dates.grouped
    app.jinja_env.filters["marked"] = lambda text, markup: Markup(forms.marked(text, markup))
    app.jinja_env.filters["plain"] = lambda text: forms.plain(text).splitlines()
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.bytecode_cache = KeptTemplates()
    app.before_request(_choose_office)
    app.context_processor(_standing)


def part(template: str, **told: object) -> str:
    """A few words of a template that is no page: nothing of what every page shows is put together for it."""
    return current_app.jinja_env.get_template(template).render(told)


def _choose_office() -> None:
    g.names = None
    if (person := g.get("person")) is None:  # whoever is nobody is asked for no session either
        g.office_key = None
        return
    offices = person.offices()
    g.office_key = session.get("office") if session.get("office") in offices else next(iter(offices), None)


def _standing() -> dict[str, object]:
    """What every page shows."""
    facts = registry.current().facts()
    notice = facts["notice"]
    person = g.get("person")
    return {
        "language": language(),
        "region_notice": notice[f"repealed_{language()}"],
        "act_ended": _ended(),
        "act_title": facts["act"][f"reference_{language()}"],
        "person": person,
        "session_left": g.get("session_left", 0),
        **_workers(person),
        "demo_clock": clock.now() if clock.offset() else None,
        "offices": person.offices() if person else {},
        "office_key": g.get("office_key"),
        "places": _places(person) if person and g.get("office_key") else [],
        "regions": neighbours.switches(person),
        "region_here": current_app.config["KOMEK"].region,
        "roles_here": sorted(person.roles_at(g.office_key)) if person and g.get("office_key") else [],
    }


def _ended() -> str:
    """Of an act that is repealed: whether applications are taken in under it all the same, as on a demo."""
    plugins = registry.current()
    if law.repealed(plugins) is None:
        return ""
    if law.begins(plugins):
        return str(_("This is a demo: applications are taken in all the same."))
    return str(_("Applications are not taken in any more."))


def _workers(person: directory.Person | None) -> dict[str, object]:
    """For administrators: whether no worker was seen for a while, and since when; or since when work is left lying."""
    if person is None or directory.ADMIN not in person.roles():
        return {}
    seen_at = jobs.last_seen()
    if jobs.is_silent(seen_at):
        return {"worker_is_silent": True, "worker_seen_at": seen_at}
    return {"work_waits_since": jobs.waiting_since()}


def _places(person: directory.Person) -> list[tuple[str, object]]:
    """Endpoint and name of what this person's work is about, at the office they stand in."""
    places: list[tuple[str, object]] = [("inbox.show_inbox", _("Inbox"))]
    if calls.answers_calls(person):
        places.insert(0, ("calls.show", _("Callers")))
    if boards.may_lead(person, g.office_key) or boards.may_look_everywhere(person):
        places.append(("boards.show", _("Board")))
    if desk_is_for(person.roles_at(g.office_key)):
        places.append(("desk.show", _("Desk")))
    if cases.may_sign(person, g.office_key):
        places.append(("signing.show", _("To sign")))
    if processes.looks_after(person):
        places.append(("designer.show", _("Diagrams")))
    if admin.sections_for(person, g.office_key):
        places.append(("admin.show", _("Administration")))
    return places


#: where a role's people begin, as the region's table names it -> endpoint
LANDINGS: Mapping[str, str] = {
    "desk": "desk.show",
    "calls": "calls.show",
    "processes": "designer.show",
    "administration": "admin.show",
    "offices": "boards.show",
}


def landing(person: directory.Person, office_key: str | None) -> str:
    """The endpoint where this person begins; empty: the inbox, as for whoever has any role that begins there."""
    rows = registry.current().by_key("roles")
    theirs = [rows.get(role, {}).get("lands", "") for role in person.roles_at(office_key or "")]
    return LANDINGS.get(theirs[0], "") if theirs and len(set(theirs)) == 1 else ""


def desk_is_for(roles: frozenset[str]) -> bool:
    """Whether somebody with these roles has to do with paper that travels: a column of the region's table."""
    rows = registry.current().by_key("roles")
    return any(rows.get(role, {}).get("uses_desk") == "yes" for role in roles)


def _asset(name: str) -> str:
    """Address of a file of ours or of a vendor, changing with its bytes."""
    return url_for("static", filename=name, v=_version(name))


@lru_cache(maxsize=64)
def _version(name: str) -> str:
    file = Path(__file__).parent / "static" / name
    return hashlib.sha256(file.read_bytes()).hexdigest()[:10] if file.is_file() else "absent"
