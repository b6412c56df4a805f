"""A wall screen and a kiosk: no sign-in, no cookie, nothing that can be changed; and who opens them, who calls."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial
from hashlib import sha256
from typing import cast
from zoneinfo import ZoneInfo

from flask import (
    Blueprint,
    Flask,
    Response,
    current_app,
    flash,
    g,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from flask_login import login_required
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from services import clock, deadlines, registry, screens
from services.errors import KomekError
from services.msgids import _
from webapp import asked, errors, public, undo
from webapp.language.i18n import languages, reading_in
from webapp.public import kept, markup

bp = Blueprint("screens", __name__, template_folder="templates")

#: pages that ask nobody who they are
OPEN = ("screens.wall", "screens.kiosk")
THEMES = ("light", "dark")
#: what a screen says in every language
SAID = {
    "called": _("Come to the counter"),
    "number": _("Number"),
    "counter": _("Counter"),
    "ready": _("Results that lie ready"),
    "digits": _(
        "These are the last three digits of the number on your paper. Come with it and with your identity card."
    ),
    "none": _("No result lies ready here now."),
    "more": _("There are more: ask at the counter, or look under “Where is my application?”."),
    "as_of": _("As of"),
    "away": _("No connection: this may be out of date."),
    "back": _("Done: back to the beginning"),
    "untouched": _("Are you still there? Touch the screen, or this goes back to the beginning."),
    "unreached": _("This cannot be shown just now: there is no connection. Please try again, or ask at a counter."),
    "shut": _("This screen shows nothing now."),
    "touch": _("Touch what you want to know"),
    "phone": _("Phone"),
    "address": _("Address"),
    "hours": _("Working hours"),
    "closed": _("closed"),
}
#: so many results are looked at at once; the others take turns
ON_WALL = 20


def init_app(app: Flask) -> None:
    """What goes wrong in a hall is said in every language, by a page that looks again by itself."""
    errors.answer_under("/screen", _fault)


def is_open_to_all(endpoint: str | None) -> bool:
    """Pages of a hall: whoever looks at them is asked nothing."""
    return endpoint in OPEN


@bp.get("/screen/<office_key>/")
def wall(office_key: str) -> AnyResponse:
    """Who is called to which counter, and which results lie ready. Raises NoScreenHere."""
    shown = screens.hall(office_key)
    theme = _theme()
    said = f"{shown} {office_key} {theme} {id(registry.current())} {_made()}"
    answer = Response(mimetype="text/html")
    answer.set_etag(sha256(said.encode()).hexdigest()[:20])
    answer.headers["Cache-Control"] = "no-cache"
    answer.make_conditional(request)
    if answer.status_code != 304:
        ready = [shown.ready[at : at + ON_WALL] for at in range(0, len(shown.ready), ON_WALL)]
        answer.set_data(_page("wall", office_key, theme, hall=shown, ready=ready))
    return answer


@bp.get("/screen/<office_key>/kiosk")
def kiosk(office_key: str) -> Response:
    """Large ways to the public pages in every language; on paper, what hangs on the stand. Raises NoScreenHere."""
    if not screens.is_open(office_key):
        raise screens.NoScreenHere
    office = next(each for each in kept.facts().offices if each.key == office_key)
    ways, week = {}, {}
    for each in languages():
        with reading_in(each):
            ways[each] = [
                (url_for("tracking.show", language=each), gettext("Where is my application?")),
                (url_for("public.service", language=each), gettext("The service")),
                (url_for("public.office", key=office_key, language=each), gettext("This office")),
                (url_for("public.offices", language=each), gettext("Where to go")),
            ]
            week[each] = markup.week_said(office)
    answer = make_response(_page("kiosk", office_key, _theme(), office=office, ways=ways, week=week, root=kept.root()))
    answer.headers["Cache-Control"] = "no-cache"
    return answer


@bp.get("/admin/screens/")
@login_required
def show() -> str:
    """Every office, and whether its screens are open. Raises NotAdministrator."""
    opened = screens.screens(g.person)
    halls = sorted(screens.offices_with_halls(), key=lambda key: key not in opened)
    return render_template("screens/list.html", opened=opened, halls=halls, root=asked.site())


@bp.post("/admin/screens/<office_key>/open")
@login_required
def open_them(office_key: str) -> AnyResponse:
    """The pages of that office's hall answer from now on."""
    screens.open_screens(office_key, g.person)
    return redirect(url_for("screens.show", _anchor=office_key), 303)


@bp.post("/admin/screens/<office_key>/shut")
@login_required
def shut(office_key: str) -> AnyResponse:
    """The pages of that office's hall show nothing from now on."""
    screens.shut_screens(office_key, g.person)
    back = url_for("screens.open_them", office_key=office_key)
    undo.offer(gettext("Shut: its screens show nothing any more."), gettext("Undo: open them again"), back)
    return redirect(url_for("screens.show", _anchor=office_key), 303)


@bp.post("/cases/<int:case_id>/call")
@login_required
def call(case_id: int) -> AnyResponse:
    """The wall of the office one stands in shows that this number is called; the counter is kept for the next one."""
    counter = asked.form.number("counter") or 0
    call_id = screens.call_to_counter(case_id, counter, g.office_key or "", g.person)
    session["counter"] = counter
    back = url_for("screens.take_back", call_id=call_id)
    said = gettext("Called to counter %(counter)s.", counter=counter)
    undo.offer(said, gettext("Undo: take the call back"), back, [("case", case_id)])
    return redirect(url_for("case.show", case_id=case_id), 303)


@bp.post("/calls-to-counters/<int:call_id>/take-back")
@login_required
def take_back(call_id: int) -> AnyResponse:
    """The wall does not show that call any more."""
    screens.take_call_back(call_id, g.person)
    flash(gettext("The call is taken back."), "plain")
    return redirect(url_for("case.show", case_id=asked.form.number("case") or 0), 303)


@bp.app_template_global()
def counter_offered(case_id: int) -> Mapping[str, object] | None:
    """What the button on a case needs; None for whoever calls nobody here."""
    if not screens.may_call(case_id, g.person, g.office_key or ""):
        return None
    return {"counter": session.get("counter", ""), "most": screens.MOST_COUNTERS}


def _theme() -> str:
    theme = asked.address.text("theme")
    return theme if theme in THEMES else ""


def _made(page: str = "wall") -> str:
    """Changes with what a page is drawn by: one that was left on loads it anew."""
    asset = cast("Callable[[str], str]", current_app.jinja_env.globals["asset"])
    return f"{asset('screen.css')} {asset('kiosk.js' if page == 'kiosk' else 'screen.js')}"


def _page(page: str, office_key: str, theme: str, **more: object) -> str:
    """What is said in every language stands there in all of them, and takes turns where scripts run."""
    plugins = registry.current()
    row = plugins.by_key("offices").get(office_key)
    now = clock.now().astimezone(deadlines.zone(plugins, office_key) if row else ZoneInfo(plugins.facts()["time_zone"]))
    told = {
        "office_names": [(each, row[f"name_{each}"]) for each in languages()] if row else [],
        "services_named": _in_turn(public.service_name),
        "said": {key: _in_turn(partial(gettext, each)) for key, each in SAID.items()},
        "theme": theme, "made": _made(page), "now": now,
        "called_s": screens.CALLED_FOR // timedelta(seconds=1),
        "minutes": (now.utcoffset() or timedelta()) // timedelta(minutes=1),
    }  # fmt: skip
    with reading_in(languages()[0]):
        return render_template(f"screens/{page}.html", **told, **more)


def _in_turn(say: Callable[[], str]) -> list[tuple[str, str]]:
    """In every language, with its key."""
    said = []
    for each in languages():
        with reading_in(each):
            said.append((each, str(say())))
    return said


def _fault(error: KomekError | HTTPException) -> Response:
    """Read by whoever passes by; the screen looks again by itself."""
    if isinstance(error, HTTPException):
        status = error.code or 500
        if status < 400:
            return error.get_response()  # type: ignore[return-value]
    else:
        status = errors.status_of(error)
    return make_response(_page("shut", "", _theme()), status)
