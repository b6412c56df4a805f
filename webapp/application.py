"""Where plugins, services and screens meet."""

import secrets
from urllib.parse import urlsplit

import orjson
from flask import Flask, Request, Response, current_app, g, request
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface, SessionMixin
from flask_login import LoginManager, current_user
from flask_wtf.csrf import CSRFProtect
from itsdangerous import BadSignature
from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.middleware.proxy_fix import ProxyFix

from services import (
    archive,
    cases,
    custody,
    directory,
    editions,
    figures,
    jobs,
    law,
    loading,
    openid,
    regions,
    registry,
    sheets,
    telling,
)
from services import desk as desk_verbs
from services import notices as notice_rules
from services import standby as reading
from services import time_machine as demo_clock
from services import tracking as tracking_rules
from services.cases.programs import external
from services.config import ROOT, Config
from services.db import db, let_go
from services.lines import connect_args
from services.processes import beginnings
from webapp import (
    absences,
    account,
    act,
    admin,
    asked,
    beginning,
    boards,
    calendar,
    calls,
    case,
    compressed,
    designer,
    desk,
    errors,
    frame,
    health,
    help,
    inbox,
    incidents,
    metrics,
    neighbours,
    notices,
    public,
    recheck,
    requested,
    rest,
    retention,
    screens,
    signing,
    staff,
    standby,
    stands,
    takeover,
    time_machine,
    told,
    tracking,
)
from webapp.language import i18n
from webapp.notices import mail

csrf = CSRFProtect()
MOST_BYTES = 2 * 1024 * 1024
YEAR_S = 365 * 24 * 3600
MOST_OF_FILES = 40 * 1024 * 1024  #: attached at once
#: under this key of a session Flask keeps what the next page says; so many of it at most
SAID, MOST_SAID = "_flashes", 2
MOST_OF_DIAGRAMS = 32 * 1024 * 1024


class Json(DefaultJSONProvider):
    """Names stand in the order in which they were said."""

    sort_keys = False


class Sessions(SecureCookieSessionInterface):
    """What a browser keeps: the key of its session (`directory.person_in`) and what its person chose.

    In a cookie that ends with the browser, and which no file brings: a file is the same for everybody.
    """

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """Whatever we signed, however old: nodes' clocks differ, and the database knows what has ended."""
        signer = self.get_signing_serializer(app)
        if signer is None:
            return None
        try:
            return self.session_class(signer.loads(asked.cookie(self.get_cookie_name(app))))
        except BadSignature:
            return self.session_class()

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """As Flask does; nothing for a file, nor for a page that is the same for everybody.

        What was said and never shown, because no page was opened since, is forgotten but for the last of it: a cookie
        that outgrows what browsers take is thrown away by them whole.
        """
        said = session.get(SAID) if session.modified else None
        if said and len(said) > MOST_SAID:
            session[SAID] = said[-MOST_SAID:]
        if request.endpoint != "static" and not _is_same_for_all(request.endpoint):
            super().save_session(app, session, response)


def create_app(config: Config | None = None) -> Flask:
    """The application over the database of `config` (the environment's, when none is given).

    Does not touch the database: `komek db upgrade` and `komek deploy` prepare it. Raises NoRegionNamed, NotOneRegion.
    """
    config = config or regions.configured(Config.from_env())
    app = Flask("webapp")
    asked.init_app(app)
    app.session_interface = Sessions()
    app.config.update(_settings(config))
    app.json = Json(app)
    # wrapping the method is how Flask wants a middleware put around it
    doors = public.PublicDoorstep(tracking.StatusDoorstep(app.wsgi_app))
    app.wsgi_app = ProxyFix(doors, x_for=config.proxies, x_proto=config.proxies)  # type: ignore[method-assign]
    app.before_request(_allow_large)
    requested.init_app(app)
    metrics.watch(app)
    registry.use(loading.load(config.switched_on, ROOT))
    registry.go_by(law.BOOK)
    law.goes_on(config.demo)
    db.init_app(app)
    notice_rules.by_mail(mail.server(config) is not None)
    tracking_rules.digest_with(str(app.config["SECRET_KEY"]))
    telling.use(telling.gateway_of(config))
    demo_clock.follow(config.demo)
    if config.demo:
        app.before_request(_follow_clock)
    _know_jobs()
    _sign_in(app)
    csrf.init_app(app)  # after it: a form of another session is told by who is there now
    i18n.init_app(app)
    frame.init_app(app)
    errors.init_app(app)
    rest.init_app(app)
    public.init_app(app)
    screens.init_app(app)
    _open_screens(app)
    app.after_request(_protect)
    compressed.init_app(app)
    return app


def _open_screens(app: Flask) -> None:
    """Every screen at its address."""
    standby.init_app(app)
    csrf.exempt(rest.bp)
    csrf.exempt(tracking.bp)  # nobody is signed in there
    csrf.exempt(told.reports)  # nor there: what comes is signed
    for rooms in (
        account, act, beginning, inbox, notices, case, desk, signing, calendar, boards, designer, admin, absences,
        staff, takeover, retention, incidents, time_machine, health, help, public, stands, tracking,
        recheck, calls, told, screens, neighbours, metrics,
    ):  # fmt: skip
        app.register_blueprint(rooms.bp)
    app.register_blueprint(told.reports)


def _settings(config: Config) -> dict[str, object]:
    """What Flask and its extensions go by. Without a secret key, one that lasts as long as the process."""
    key = config.secret_key or secrets.token_hex(32)
    return {
        "SECRET_KEY": key,
        "SECRET_KEY_FALLBACKS": [config.former_secret_key] if config.former_secret_key else [],
        "WTF_CSRF_SECRET_KEY": config.keys() or key,
        "SQLALCHEMY_DATABASE_URI": address(config.database_url),
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(config),
        "SQLALCHEMY_BINDS": _standby(config),
        "SESSION_COOKIE_NAME": "__Host-komek" if config.secure_cookies else "komek",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_REFRESH_EACH_REQUEST": False,  # a late answer to a look takes nobody's place in the browser
        "WTF_CSRF_TIME_LIMIT": None,  # a form is good for as long as its session; nodes' clocks may differ
        "WTF_CSRF_SSL_STRICT": config.secure_cookies,
        "MAX_CONTENT_LENGTH": MOST_BYTES,
        "TESTING": config.testing,
        "KOMEK": config,
        "KOMEK_NEIGHBOURHOOD": regions.of(config),
    }


def address(database_url: str) -> str:
    """The address with our driver: `postgres://…` and `postgresql://…` mean psycopg."""
    url = make_url(database_url or "postgresql+psycopg://")
    return url.set(drivername="postgresql+psycopg").render_as_string(hide_password=False)


def engine_options(config: Config) -> dict[str, object]:
    """One pool a process. Statements are prepared on the server unless a pgbouncer stands between; each line plans each
    of them some times before it keeps the plan, so the line that was let go last is taken first.
    """
    return {
        "pool_size": 10,
        "max_overflow": 10,
        "pool_use_lifo": True,
        "pool_pre_ping": False,
        "hide_parameters": True,
        "connect_args": connect_args(config),
        "json_serializer": lambda value: orjson.dumps(value, default=str).decode(),
        "json_deserializer": orjson.loads,
    }


def _standby(config: Config) -> dict[str, object]:
    """Where pages are read that a standby may answer: its clock is nobody's, and nobody waits for one of its lines."""
    if not reading.is_there(config):
        return {}
    told = engine_options(config)
    lines = connect_args(config) | {"tells_time": False} | reading.impatient()
    told |= {"pool_timeout": reading.PATIENCE_S, "connect_args": lines}
    return {reading.ENGINE: {"url": address(config.read_database_url), **told}}


def _know_jobs() -> None:
    """Who carries out what is done later."""
    incident = cases.tell_incident
    jobs.handle(cases.TIMER, cases.wake, gave_up=incident)
    jobs.handle(cases.ANSWERS, cases.go_on_with, gave_up=incident)
    jobs.handle(cases.OPERATION, cases.take_result, cases.carry_out, incident)
    jobs.handle(cases.FORM, cases.look_again, gave_up=incident)
    jobs.handle(cases.SENT, cases.look_again, gave_up=incident)
    jobs.handle(cases.SIGNAL, cases.hear, gave_up=incident)
    jobs.handle(editions.BEGINS, editions.begin, gave_up=incident)
    cases.law_comes_by(editions.begin_today)
    jobs.handle(beginnings.START, cases.at_its_moment, gave_up=cases.tell_not_begun)
    jobs.handle(cases.EXTERNAL, external.try_again, gave_up=incident)
    jobs.handle(cases.BACK, cases.take_operation_back, gave_up=incident)
    jobs.handle(cases.NOTICE, cases.tell, gave_up=incident)
    jobs.handle(cases.PERIOD, cases.tell_period, gave_up=incident)
    jobs.handle(desk_verbs.MISSING, desk_verbs.tell_missing, gave_up=incident)
    jobs.handle(archive.KIND, archive.nightly, gave_up=incident)
    jobs.handle(figures.KIND, figures.keep_on, gave_up=incident)
    jobs.handle(notice_rules.MAIL, mail.sent, mail.send, incident)
    jobs.handle(telling.TELL, cases.tell_applicant, gave_up=incident)
    jobs.handle(telling.HAND_ON, cases.keep_told, telling.hand_on, cases.give_up_telling)


def _sign_in(app: Flask) -> None:
    openid.check_ready(app.config["KOMEK"])
    directory.check_elsewhere(app.config["KOMEK"])
    manager = LoginManager()
    manager.init_app(app, add_context_processor=False)  # pages say `person`; an error's page asks for nobody
    manager.session_protection = None  # sessions are the database's
    account.again.init_app(app, manager)

    @manager.user_loader
    def load(key: str) -> "account.SignedIn | None":
        found = directory.person_in(key)
        if found is None:
            return None
        if account.step.owes(found.person, found.asked, found.proved):
            g.half = account.step.Half(found.person, key, found.asked, found.proved)
            return None
        return account.SignedIn(found.person, key, found.ends_soon, found.left_s, found.unseen, found.proved)

    @app.before_request
    def remember_person() -> None:
        g.nonce = secrets.token_urlsafe(12)
        # looked up once: each look at `current_user` is several through proxies
        found = None if _is_open(request.endpoint) else current_user._get_current_object()
        user = found if found is not None and found.is_authenticated else None
        g.person = user.person if user is not None else None
        g.session_left = user.left_s if user is not None else 0
        g.ends_soon = user.session_key if user is not None and user.ends_soon else ""
        g.unseen = user.session_key if user is not None and user.unseen else ""

    @app.after_request
    def stay(response: Response) -> Response:
        lengthens = g.get("ends_soon") and request.method == "POST" and response.status_code < 400
        try:
            if lengthens:
                directory.lengthen_session(g.ends_soon)
            if g.get("unseen"):
                directory.see_session(g.unseen, request.remote_addr or "")
        except SQLAlchemyError:  # what was asked for is done, and said
            let_go()
        return response


def _allow_large() -> None:
    """Phones send large pictures, designers several diagrams; nobody else sends anything large."""
    if request.endpoint == "desk.note_damage":
        request.max_content_length = custody.MOST_BYTES + MOST_BYTES
    elif request.endpoint == "inbox.complete":
        request.max_content_length = MOST_OF_FILES
    elif request.blueprint in ("beginning", "takeover"):  # a table comes back as the text that was looked at
        request.max_form_memory_size = sheets.MOST_BYTES
    elif request.blueprint == "designer":
        request.max_content_length = request.max_form_memory_size = MOST_OF_DIAGRAMS


def _follow_clock() -> None:
    """On a demo system: begin with what its clock says, which is read whenever a transaction begins."""
    if not _is_open(request.endpoint):
        db.session.connection()


def _is_same_for_all(endpoint: str | None) -> bool:
    """Pages that know no reader: no session is read for them, and none is kept."""
    return public.is_public(endpoint) or screens.is_open_to_all(endpoint)


def _is_open(endpoint: str | None) -> bool:
    """Pages that need nobody's rights and must answer without the database."""
    files = {"static", "health.healthz", "health.readyz", "health.favicon", "metrics.show"}
    # whoever is over a limit there, or signs nothing, costs the database nothing
    asks = (endpoint or "").startswith(("tracking.", "told_reports."))
    return endpoint is None or endpoint in files or asks or _is_same_for_all(endpoint)


def _provider() -> str:
    """Where a form leads that signs out at the provider, too."""
    parts = urlsplit(current_app.config["KOMEK"].openid_issuer)
    return f" {parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _frames() -> str:
    """A kiosk shows the pages that it leads to within its own; no other page stands within another, nor has one."""
    if request.endpoint == "screens.kiosk":
        return "frame-src 'self'; frame-ancestors 'none'"
    return "frame-ancestors 'self'" if request.blueprint in ("public", "tracking") else "frame-ancestors 'none'"


def _protect(response: Response) -> Response:
    """What a page may load and do: nothing but our own."""
    headers = response.headers
    # the desk reads a camera's picture with a compiled library of ours; no other page runs any
    wasm = " 'wasm-unsafe-eval'" if request.blueprint == "desk" else ""
    said = {
        "Content-Security-Policy":
        f"default-src 'none'; script-src 'self'{wasm}; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        f"connect-src 'self'; form-action 'self'{neighbours.origins()}{_provider()}; base-uri 'none'; "
        f"{_frames()}",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(self), geolocation=(), microphone=()",
    }  # fmt: skip
    if request.endpoint != "static":
        said["Cache-Control"] = "no-store"
    elif "v" in asked.address.all and response.status_code == 200:  # other bytes, another address
        headers["Cache-Control"] = f"public, max-age={YEAR_S}, immutable"
    there = {name.lower() for name, _ in headers}
    for name, value in said.items():
        if name.lower() not in there:
            headers.add(name, value)
    return response
