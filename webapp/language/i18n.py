"""Which language this reader reads: their own choice, else the browser's, else the region's first."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from babel.support import NullTranslations
from flask import Flask, current_app, g, has_app_context, has_request_context, request, session
from flask_babel import Babel, Domain, force_locale, get_domain
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup
from werkzeug.wrappers import Response

from services import registry
from services.config import ROOT
from services.languages import LANGUAGES, in_order
from webapp import asked

#: what each is called by whoever speaks it
NAMED = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
#: the language somebody read in last: for when neither their session nor the database can be asked
COOKIE, COOKIE_LIFE_S = "komek-language", 365 * 24 * 3600


def language() -> str:
    """kk, ru or en."""
    if has_app_context() and "reading_in" in g:
        return str(g.reading_in)
    if not has_request_context():
        return registry.first_language()
    chosen = session.get("language")
    if chosen in LANGUAGES:
        return str(chosen)
    person = g.get("person")
    if person is not None and person.language in LANGUAGES:
        return str(person.language)
    return language_of_browser()


def languages() -> tuple[str, ...]:
    """All three, the region's first one before the others."""
    return in_order(registry.first_language())


def language_of_browser() -> str:
    """kk, ru or en without asking anybody: what was read here last, else what the browser wants."""
    kept = asked.cookie(COOKIE)
    return kept if kept in LANGUAGES else wanted_by_browser()


def wanted_by_browser() -> str:
    """The language that the request's Accept-Language asks for; the region's first where it names none of the three."""
    offered = languages()
    return str(request.accept_languages.best_match(offered, offered[0]))


def remember(response: Response) -> Response:
    """Let this browser know in which language its person reads."""
    response.set_cookie(
        COOKIE, language(), max_age=COOKIE_LIFE_S, httponly=True, samesite="Lax",
        secure=bool(current_app.config["SESSION_COOKIE_SECURE"]),
    )  # fmt: skip
    return response


@contextmanager
def reading_in(chosen: str) -> Iterator[None]:
    """Whatever is said meanwhile is said in that language: for mail, whose reader is not the one who asks."""
    g.reading_in = chosen if chosen in LANGUAGES else registry.first_language()
    try:
        with force_locale(g.reading_in):
            yield
    finally:
        del g.reading_in


class Catalogues(Domain):  # type: ignore[misc]
    """Flask-Babel's own, found once a page in each language: a page asks for some hundred words."""

    def get_translations(self) -> NullTranslations:
        """The catalogue in the reader's language; Flask-Babel forgets it with the language, by `force_locale` too."""
        here = g._flask_babel  # made by whoever asked for this domain
        found: NullTranslations | None = getattr(here, "babel_translations", None)
        if found is None:
            found = here.babel_translations = super().get_translations()
        return found


def catalogue() -> NullTranslations:
    """The catalogue in the reader's language, by the shortest way there: Flask-Babel's own is six looks through
    proxies, at each of some hundred words of a page."""
    here = getattr(g._get_current_object(), "_flask_babel", None) if has_app_context() else None
    found: NullTranslations | None = getattr(here, "babel_translations", None)
    return found if found is not None else get_domain().get_translations()


def said(msgid: str) -> str:
    """A msgid without places in the reader's language; the msgid itself where nobody translated it."""
    return _looked_up(catalogue(), msgid)


@lru_cache(maxsize=20_000)
def _looked_up(catalogue: NullTranslations, msgid: str) -> str:
    return str(catalogue.ugettext(msgid))


@pass_eval_context
def _said(context: EvalContext, msgid: str, /, **details: object) -> str:
    """A sentence of a template in the reader's language, as Jinja's own `gettext` says it: in markup, what stands in
    its places is escaped. A page asks some hundred times; what has no places is made once a process."""
    here = catalogue()
    if not details:
        return _whole(here, msgid, context.autoescape)
    said = here.ugettext(msgid)
    return str.__mod__(said, details) if not context.autoescape else Markup(said) % details


@lru_cache(maxsize=20_000)
def _whole(catalogue: NullTranslations, msgid: str, in_markup: bool) -> str:
    said = str(catalogue.ugettext(msgid)) % {}
    return Markup(said) if in_markup else said


def init_app(app: Flask) -> None:
    """Catalogues of every plugin that is switched on, under its name; those of the screens have the last word."""
    catalogues = {plugin.folder / "translations": plugin.name for plugin in registry.shipped().plugins}
    catalogues = {folder: domain for folder, domain in catalogues.items() if folder.is_dir()}
    catalogues[ROOT / "webapp" / "translations"] = "messages"
    app.config.update(
        BABEL_DEFAULT_LOCALE=registry.first_language(),
        BABEL_DEFAULT_TIMEZONE="Asia/Almaty",
        BABEL_TRANSLATION_DIRECTORIES=";".join(map(str, catalogues)),
        BABEL_DOMAIN=";".join(catalogues.values()),
    )
    Babel(app, locale_selector=language).domain_instance = Catalogues(domain=app.config["BABEL_DOMAIN"])
    app.jinja_env.globals.update(gettext=_said, _=_said)

    @app.after_request
    def say_language(response: Response) -> Response:
        if request.endpoint == "static" or response.cache_control.public:  # it reads the same for everybody
            return response
        response.headers.setdefault("Content-Language", language())
        response.vary.update(("Accept-Language", "Cookie"))
        return response
