"""The page on which an applicant asks where the application is: no sign-in, no cookie, nothing in an address.

The three answers that are asked travel in the body of a request, which no log keeps; the square on the talon brings
number and code behind a `#`, which browsers send to nobody.
"""

from datetime import datetime
from functools import lru_cache

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from services import cases, clock, documents, registry, tracking
from services.errors import Invalid, KomekError, NotFound
from services.languages import LANGUAGES
from services.public import phones_of
from webapp import asked, public
from webapp.errors import AGAIN_S, message_of
from webapp.language import dates, i18n, words
from webapp.tracking import doorstep

bp = Blueprint("tracking", __name__, template_folder="templates")

#: seconds for which the empty page may be kept by whoever passes it on
KEPT_S = 300
#: which of the three is meant by what is wrong with how it was typed
MEANT = ((documents.Misread, "number"), (tracking.WrongCode, "code"), (tracking.WrongGroup, "code"))
WAIT_S = int(tracking.WINDOW.total_seconds())


@bp.url_value_preprocessor
def read_in(endpoint: str | None, values: dict[str, object] | None) -> None:
    """The language is the address's: nothing of the reader is asked."""
    if values and values.get("language") in LANGUAGES:
        g.reading_in = values["language"]


@bp.context_processor
def _around() -> dict[str, object]:
    """What stands around every public page. An answer in another language is asked for anew: nothing is kept of it."""
    here = {each: url_for("tracking.show", language=each) for each in i18n.languages()}
    return {
        "here": here,
        "status_address": here[i18n.language()],
        "service_name": public.service_name(),
        "call_centre": registry.current().facts()["call_centre"],
    }


@bp.get("/status")
def choose() -> AnyResponse:
    """To the page in the language that the browser wants; what stands behind a `#` goes along."""
    answer = redirect(url_for("tracking.show", language=i18n.wanted_by_browser()), 302)
    answer.vary.add("Accept-Language")
    return answer


@bp.get("/status/<any(kk, ru, en):language>/")
def show(language: str) -> Response:
    """The three questions."""
    answer = make_response(render_template("tracking/ask.html", said={}, fault="", at=""))
    answer.headers["Cache-Control"] = f"public, max-age={KEPT_S}"
    return answer


@bp.post("/status/<any(kk, ru, en):language>/")
def answer(language: str) -> AnyResponse:
    """Where the application is; or the questions again, and which of them was typed wrong."""
    said = dict.fromkeys(("number", "code", "who"), "")
    try:
        said = {name: asked.form.text(name, most=100) for name in said}
        found = cases.track(said["number"], said["code"], said["who"], request.remote_addr or "")
    except (tracking.TooManyGuesses, tracking.TooManyAsk) as fault:
        return _refused(type(fault), language)
    except (Invalid, cases.NothingFound) as fault:
        status = 404 if isinstance(fault, NotFound) else 422
        return make_response(_again(said, fault), status)
    office = registry.current().row("offices", found.call_key)
    told = {"office": office, "phones": phones_of(office), "asked_at": clock.now()}
    return make_response(render_template("tracking/answer.html", found=found, **told))


def _again(said: dict[str, str], fault: KomekError) -> str:
    at = next((name for kind, name in MEANT if isinstance(fault, kind)), "")
    return render_template("tracking/ask.html", said=said, fault=message_of(fault), at=at)


def _refused(refusal: type[KomekError], language: str) -> Response:
    """A refusal in the same words for everybody, so that it is given before Flask to whoever comes next."""
    status, again_s = (429, WAIT_S) if refusal is tracking.TooManyGuesses else (503, AGAIN_S)
    request.environ[doorstep.REFUSAL] = refusal
    page = _refusal_page(message_of(refusal()), language, registry.current())
    return Response(page, status, {"Retry-After": str(again_s)}, mimetype="text/html")


@lru_cache(maxsize=2 * len(LANGUAGES))
def _refusal_page(message: str, language: str, plugins: registry.Registry) -> str:
    """Made once for each edition of the act; a number that is over its limit is refused with it, too."""
    return render_template("tracking/ask.html", said={}, fault=message, at="")


@bp.app_template_global()
def in_public(said: cases.Words) -> str:
    """The region's public words in the reader's language."""
    return said.get(i18n.language(), "")


@bp.app_template_global()
def bounded(word: str, at: datetime) -> str:
    """«бүгін 18:00-ге дейін», «до 18:00», "by 18:00 today"."""
    return dates.bound(word, at, i18n.language(), words.zone_here())


@bp.app_template_global()
def day_until(at: datetime) -> str:
    """«30 желтоқсанға дейін», «до 30 декабря», "until 30 December"."""
    return dates.day_until(at.astimezone(words.zone_here()).date(), i18n.language())
