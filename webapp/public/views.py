"""The pages. The language stands in the address; what the browser wants decides the first redirect only."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Blueprint, Flask, Response, current_app, g, make_response, redirect, render_template, request, url_for
from flask_babel import gettext
from markupsafe import escape
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from services import processes, public, registry
from services.db import db, let_go
from services.deadlines import RegionTime
from services.errors import KomekError, NotFound
from services.languages import LANGUAGES
from webapp import asked, errors
from webapp.language import dates, words
from webapp.language.i18n import language, languages, reading_in, wanted_by_browser
from webapp.public import kept, mapped, markup, vcard
from webapp.public.kept import PageFacts

bp = Blueprint("public", __name__, template_folder="templates")
#: who answers "where is my application?"
STATUS = "tracking.show"
_PAGE = "/service/<any(kk, ru, en):language>"
LONGEST_WORDS = 60
#: what a browser makes nothing of, and a slow line carries
_INDENTED = re.compile(r"\n[ \n]+")
#: names in an outline lead into the diagram by a script elsewhere; here none runs
_INTO_DIAGRAM = re.compile(r'<a href="#diagram" data-element="[^"]*">(.*?)</a>')
#: days off and days worked that differ from their weekday are told for so long
DAYS_AHEAD = 35


def init_app(app: Flask) -> None:
    """What goes wrong below /service and /status is said in the language of the address, and sets no cookie."""
    app.before_request(_follow_clock)
    for prefix in ("/service", "/status"):
        errors.answer_under(prefix, _fault)


def is_public(endpoint: str | None) -> bool:
    """Pages that ask nobody who they are."""
    return (endpoint or "").startswith("public.")


@bp.url_value_preprocessor
def _read_language(endpoint: str | None, values: dict[str, str] | None) -> None:
    first = languages()[0]
    g.reading_in = values.pop("language", first) if values else first


@bp.url_defaults
def _keep_language(endpoint: str, values: dict[str, str]) -> None:
    if current_app.url_map.is_endpoint_expecting(endpoint, "language"):
        values.setdefault("language", language())


def _follow_clock() -> None:
    """On a demo system its clock stands in the database; while that is away, the machine's own is good enough."""
    if is_public(request.endpoint) and current_app.config["KOMEK"].demo:
        try:
            db.session.connection()
        except SQLAlchemyError:
            let_go()


@bp.get("/service")
@bp.get("/service/")
def choose() -> AnyResponse:
    """To the page in the language that the browser wants, else the region's first."""
    response = redirect(url_for("public.service", language=wanted_by_browser()), 302)
    response.vary.add("Accept-Language")
    response.cache_control.public, response.cache_control.max_age = True, 300
    return response


@bp.get(f"{_PAGE}/")
def service() -> Response:
    """The service in plain words."""
    return kept.answer(_service)


def _service(facts: PageFacts) -> str:
    said, plugins = public.parts_said(facts.region, language()), registry.current()
    told = {
        "routes": [
            (key, route_name(facts.region, key), public.steps_said(facts.region, key, language()))
            for key in _routes(facts)
        ],
        "papers": explained(facts.region, "documents", said.get("document", ())),
        "grounds": explained(facts.region, "grounds", said.get("ground", ())),
        "limit": facts.region.parameter("outer_limit_calendar_days"),
        "act": plugins.facts()["act"],
        "call_centre": plugins.facts().get("call_centre", ""),
        "marked_up": markup.service(facts, kept.root()),
    }
    return _page("service.html", facts, **told)


def _routes(facts: PageFacts) -> list[str]:
    return list(registry.current().facts()["service"]["routes"])


def route_name(region: RegionTime, key: str) -> str:
    """What the route is called in plain words, else as staff call it."""
    named = public.parts_said(region, language()).get("route", ())
    return next((each.text for each in named if each.key == key), words.route(key))


def explained(region: RegionTime, table: str, said: Sequence[public.PublicSentence]) -> list[dict[str, object]]:
    """Every row of that table: its title, and what it means in plain words where the region says so."""
    plain = {each.key: each.text for each in said}
    return [{**row, "title": row[f"title_{language()}"], "plain": plain.get(row["key"], "")}
            for row in region.table(table)]  # fmt: skip


@bp.get(f"{_PAGE}/offices")
def offices() -> Response:
    """Every office, or those that were searched for."""
    typed = asked.address.text("q", most=LONGEST_WORDS)
    return kept.answer(lambda facts: _offices(facts, typed), keep=not asked.address.all)


def _offices(facts: PageFacts, typed: str) -> str:
    found = public.find_offices(facts.offices, typed)
    bodies = {each.key: each for each in facts.offices if each.kind == "body"}
    groups = [
        (body, [each for each in found if each.serves == key])
        for key, body in bodies.items() if any(each.serves == key for each in found)
    ]  # fmt: skip
    return _page("offices.html", facts, groups=groups, words=typed, count=len(found), **_today(facts))


@bp.get(f"{_PAGE}/offices/table")
def offices_table() -> Response:
    """Every office, one a line: to compare and to print."""
    return kept.answer(lambda facts: _page("table.html", facts, **_today(facts)))


@bp.get(f"{_PAGE}/offices/map")
def offices_map() -> Response:
    """Where the offices lie, drawn from the region's own table."""
    return kept.answer(lambda facts: _page("map.html", facts, drawn=mapped.draw(facts.offices, language())))


@bp.get(f"{_PAGE}/offices/<key>")
def office(key: str) -> Response:
    """One office. Raises NoSuchPublicOffice."""
    return kept.answer(lambda facts: _office(facts, key))


def _office(facts: PageFacts, key: str) -> str:
    found = _found(facts, key)
    by_key = {each.key: each for each in facts.offices}
    return _page(
        "office.html", facts, office=found, body=by_key.get(found.serves),
        served_by=[by_key[each] for each in found.served_by], week=markup.week_said(found),
        marked_up=markup.office(found, kept.root()), hours_default=_hours_default(facts, found), **_today(facts, found),
    )  # fmt: skip


def _found(facts: PageFacts, key: str) -> public.PublicOffice:
    found = next((each for each in facts.offices if each.key == key), None)
    if found is None:
        raise public.NoSuchPublicOffice(office=key)
    return found


def _hours_default(facts: PageFacts, office: public.PublicOffice) -> bool:
    return facts.region.hours_of(office.key) in facts.region.default_hours


@bp.get(f"{_PAGE}/offices/<key>.vcf")
def office_card(key: str) -> Response:
    """The office for a telephone's address book."""
    response = kept.answer(lambda facts: vcard.card(_found(facts, key), language()), mimetype="text/vcard")
    response.headers["Content-Disposition"] = f"attachment; filename={key}.vcf"
    return response


@bp.get(f"{_PAGE}/diagrams/<route>")
def diagram(route: str) -> Response:
    """The diagram in force, as a picture and as text. Raises NotFound."""
    return kept.answer(lambda facts: _diagram(facts, route))


def _diagram(facts: PageFacts, route: str) -> str:
    drawn = facts.told.diagrams.get(f"{route}/{language()}")
    if drawn is None:
        raise errors.PageNotFound
    title = route_name(facts.region, route)
    picture, lines = _pictured(drawn, title)
    page = _page("diagram.html", facts, route=route, title=title, picture=picture, lines=lines)
    return _INTO_DIAGRAM.sub(r"<b>\1</b>", page)


def _pictured(drawn: str, title: str) -> tuple[str, Sequence[processes.OutlineLine]]:
    content = drawn.encode()
    return processes.picture_of(content, title), processes.outlined(content)


@bp.get(f"{_PAGE}/privacy")
def privacy() -> Response:
    """What is public here, and why; what is kept of whoever looks: nothing."""
    return kept.answer(lambda facts: _page("privacy.html", facts))


@bp.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page in every language."""
    return kept.answer(_sitemap, mimetype="application/xml")


def _sitemap(facts: PageFacts) -> str:
    pages: list[tuple[str, dict[str, Any]]] = [
        (name, {}) for name in ("service", "offices", "offices_table", "offices_map", "privacy")
    ]
    pages += [("office", {"key": each.key}) for each in facts.offices]
    pages += [("diagram", {"route": route}) for route in _routes(facts) if f"{route}/kk" in facts.told.diagrams]
    found = [url_for(f"public.{name}", **{**more, "language": one}) for name, more in pages for one in languages()]
    said = "".join(f"<url><loc>{escape(kept.root() + each)}</loc></url>" for each in found)
    head = '<?xml version="1.0" encoding="UTF-8"?><urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
    return f"{head}{said}</urlset>"


@bp.get("/robots.txt")
def robots() -> Response:
    """Only the public pages are for search engines."""
    said = f"User-agent: *\nAllow: /service\nAllow: /static/\nDisallow: /\nSitemap: {kept.root()}/sitemap.xml\n"
    response = Response(said, mimetype="text/plain")
    response.cache_control.public, response.cache_control.max_age = True, 3600
    return response


def _page(name: str, facts: PageFacts | None, **told: object) -> str:
    """With what stands around every public page."""
    status = url_for(STATUS, language=language())
    here = {one: _here(one) for one in languages()}
    told["said"] = public.parts_said(facts.region, language()) if facts else {}
    page = render_template(f"public/{name}", facts=facts, status_address=status, here=here, root=kept.root(),
                           service_name=service_name(), **told)  # fmt: skip
    return _INDENTED.sub("\n", page)


def _here(one: str) -> str:
    """The address of the page that is read, in that language."""
    if request.endpoint and is_public(request.endpoint):
        values = {**asked.path(), "language": one}
        if current_app.url_map.is_endpoint_expecting(request.endpoint, "language"):
            return url_for(request.endpoint, **values)
    return url_for("public.service", language=one)


def service_name() -> str:
    """What the region calls the service; in Kazakh where it has no other name."""
    named = registry.current().facts()["service"]
    return str(named.get(f"name_{language()}") or named["name_kk"])


def _today(facts: PageFacts, office: public.PublicOffice | None = None) -> dict[str, object]:
    """How every office stands today, said so that it stays true for as long as the page is kept."""
    standing = {each.key: public.opening(each.calendar, facts.now) for each in facts.offices}
    shown = office or facts.offices[0]
    return {
        "standing": {each.key: _said_of(standing[each.key], each, facts.now) for each in facts.offices},
        "open_now": {key for key, each in standing.items() if each.is_open},
        "today_said": dates.day(shown.calendar.local(facts.now).date(), language()),
        "special": [
            (dates.day(each.on, language()), getattr(each, f"name_{language()}"), each.working)
            for each in shown.days_ahead(shown.calendar.local(facts.now).date(), DAYS_AHEAD)
        ],
    }


def _said_of(standing: public.OpenState, office: public.PublicOffice, now: datetime) -> str:
    """«Ашық: 18:00-ге дейін», «Жабық: ертең 09:00-де ашылады»."""
    if standing.changes_at is None:
        return str(gettext("Closed"))
    there = office.calendar.local(standing.changes_at)
    if standing.is_open:
        return str(gettext("Open %(until)s", until=dates.hour_until(f"{there:%H:%M}", language())))
    at = dates.hour_at(there.time(), language())
    away = (there.date() - office.calendar.local(now).date()).days
    if away == 0:
        said = gettext("Break, opens %(at)s", at=at) if standing.on_break else gettext("Closed, opens %(at)s", at=at)
        return str(said)
    day = dates.DAYS[language()][1] if away == 1 else dates.day(there.date(), language())
    return str(gettext("Closed, opens %(day)s %(at)s", day=day, at=at))


def _fault(error: KomekError | HTTPException) -> Response:
    """In the language of the address; no session is asked, no cookie set."""
    if isinstance(error, HTTPException):
        if error.code is None or error.code < 400:
            return error.get_response()  # type: ignore[return-value]
        status = error.code
        error = errors.OF_HTTP.get(status, errors.NotAnswered)()
    else:
        status = errors.status_of(error)
    part = request.path.partition("/")[2].partition("/")[2].partition("/")[0]
    with reading_in(part if part in LANGUAGES else wanted_by_browser()):
        page = _page("fault.html", None, message=errors.message_of(error), lost=isinstance(error, NotFound))
        response = make_response(page, status)
        response.headers["Content-Language"] = said_in = language()
    g.reading_in = said_in
    if status == 503:
        response.headers["Retry-After"] = str(errors.AGAIN_S)
    return response
