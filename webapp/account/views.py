"""Signing in and out, and the two things a person chooses for themselves: the language, and the office to act for."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, current_app, flash, g, jsonify, redirect, render_template, request, session, url_for
from flask_babel import gettext, lazy_gettext
from flask_login import current_user, login_required, login_user, logout_user
from flask_wtf.csrf import generate_csrf
from werkzeug.wrappers import Response as AnyResponse

from services import beginning, directory, factors, openid, registry
from services.config import Config
from services.directory.demo import DEMO_PASSWORD, demo_people
from services.errors import InvalidAnswers, KomekError
from services.languages import LANGUAGES
from webapp import asked
from webapp.account import again, browsers, step, where
from webapp.errors import PlainHttp, message_of, over_plain_http, status_of, wants_json
from webapp.language.i18n import language, remember
from webapp.language.words import kind_named

_ = lazy_gettext

OFFICE_KINDS = {"body": _("Authorised bodies"), "psc": _("Public Service Centres"), "control": _("Oblast")}

#: what whoever has not chosen their own password yet may do
WITHOUT_OWN_PASSWORD = frozenset(
    f"account.{each}"
    for each in ("first_password", "change_password", "choose_language", "sign_out", "slip", "use_slip")
) | {"static", "health.healthz", "health.readyz", "health.favicon", "metrics.show"}

#: in the cookie of whoever came by the provider: they sign out there, too
BY_PROVIDER = "by_provider"

bp = Blueprint("account", __name__, template_folder="templates")


@dataclass
class SignedIn:
    """A person as Flask-Login wants them."""

    person: directory.Person
    session_key: str
    ends_soon: bool = False
    left_s: int = 0  #: seconds until the session ends by itself
    unseen: bool = False  #: that it is used was not written down lately
    proved: str = ""  #: what was shown beside the password, or in its place
    is_authenticated = True
    is_active = True
    is_anonymous = False

    def get_id(self) -> str:
        """What the cookie keeps: the key of a session, which the database knows."""
        return self.session_key


@bp.get("/session")
@login_required
def session_left() -> AnyResponse:
    """How many seconds are left of the session; asking lengthens nothing."""
    return jsonify(left=g.session_left)


@bp.post("/session")
@login_required
def stay() -> AnyResponse:
    """Stay signed in: the session ends later, by its whole life."""
    directory.lengthen_session(current_user.session_key)
    return jsonify(left=int(directory.LIFE.total_seconds()))


@bp.get("/sign-in")
def sign_in() -> str | AnyResponse:
    """The page to sign in on; in demo mode with everybody who may."""
    if g.person is not None:
        return redirect(url_for("inbox.show_list"))
    if not _config().demo and not beginning.has_begun():
        return redirect(url_for("beginning.show"))
    return _page(error=message_of(PlainHttp()) if over_plain_http() else "")


@bp.post("/sign-in")
def sign_in_now() -> tuple[str, int] | AnyResponse:
    """Begin a session. Wrong names and wrong passwords get the same words.

    What a form brought after its session had ended is sent now; a page that asks for data signs in without being left.
    """
    login, password, carried = asked.form.text("login"), asked.secret("password"), again.brought()
    try:
        if not _takes_passwords():
            raise openid.PasswordsOff
        known = browsers.known_for(login)
        person = directory.sign_in(login, password, request.remote_addr or "", _config(), device=known)
    except KomekError as error:
        if wants_json():
            raise
        if carried:
            return again.page(carried, login=login, error=message_of(error), status=status_of(error))
        return _page(login=login, error=message_of(error)), status_of(error)
    before = begin(person)
    if g.person is None:
        if wants_json():
            raise factors.SecondStepWaits
        return step.page(carried=carried) if carried else redirect(url_for("account.second", next=_wanted()), 303)
    if wants_json():
        return browsers.know(remember(jsonify(person=person.login, csrf=generate_csrf())), person.login)
    if carried:
        return browsers.know(remember(again.send(carried, by_itself=before == person.login)), person.login)
    return browsers.know(remember(redirect(_wanted(), 303)), person.login)


def begin(person: directory.Person, *, proved: str = "") -> str | None:
    """A session of that person's in this browser; who was here before, by their login. The language stays.

    `g.person` is nobody as long as it owes more than was `proved`.
    """
    said, before = session.get("language"), session.get(again.WHO)
    session.clear()
    if said:
        session["language"] = said
    session[again.WHO] = person.login
    go_in(person, proved=proved)
    return before


def go_in(person: directory.Person, *, proved: str = "") -> None:
    """A new session of that person's, as this browser comes from where it does; `proved` beside the password."""
    place, browser, wanted = request.remote_addr or "", asked.header("User-Agent"), factors.has_any(person.id)
    key = directory.begin_session(person, place=place, browser=browser, asked=wanted, proved=proved)
    login_user(SignedIn(person, key, proved=proved))
    g.half = step.Half(person, key, wanted, proved) if step.owes(person, wanted, proved) else None
    g.person = None if g.half else person


@bp.post("/sign-out")
@login_required
def sign_out() -> AnyResponse:
    """End the session, here and wherever its cookie was copied to."""
    said, by_provider = session.get("language"), session.get(BY_PROVIDER)
    directory.end_session(current_user.session_key)
    logout_user()
    session.clear()
    if said:
        session["language"] = said
    there = by_provider and openid.sign_out_there(_config(), url_for("account.sign_in", _external=True))
    return redirect(there or url_for("account.sign_in"), 303)


@bp.post("/language")
def choose_language() -> AnyResponse:
    """Read in another language from now on; kept with the person."""
    chosen = asked.form.text("language")
    if chosen in LANGUAGES:
        session["language"] = chosen
        if g.person is not None:
            directory.choose_language(chosen, actor=g.person)
    return remember(redirect(_back(), 303))


@bp.post("/office")
@login_required
def choose_office() -> AnyResponse:
    """Act for another of one's offices."""
    office = asked.form.text("office")
    if office in g.person.offices():
        session["office"] = office
    return redirect(url_for("inbox.show_list"), 303)


@bp.get("/account")
@login_required
def show() -> str:
    """One's own page: who one is here, and where notices go."""
    return _me(*directory.mail_of(g.person), {})


@bp.post("/account/mail")
@login_required
def choose_mail() -> tuple[str, int] | AnyResponse:
    """Switch mail on or off for oneself."""
    email, mailed = asked.form.text("email"), "mailed" in asked.form.all
    try:
        directory.choose_mail(email, mailed, actor=g.person)
    except InvalidAnswers as faults:
        return _me(email, mailed, faults.errors), 422
    flash(gettext("Kept."), "plain")
    return redirect(url_for("account.show"), 303)


@bp.post("/account/sessions/<int:session_id>/end")
@login_required
def end_session(session_id: int) -> AnyResponse:
    """One of one's own sessions is over, at whichever browser it is. Raises NoSuchSession."""
    directory.end_session_of(g.person.id, session_id, actor=g.person)
    flash(gettext("Signed out there."), "plain")
    return redirect(url_for("account.show") + "#sessions", 303)


@bp.post("/account/sessions/end-others")
@login_required
def end_other_sessions() -> AnyResponse:
    """Signed in here and nowhere else."""
    directory.end_other_sessions(current_user.session_key, actor=g.person)
    flash(gettext("You are signed in here and nowhere else."), "plain")
    return redirect(url_for("account.show") + "#sessions", 303)


@bp.get("/slip")
def slip() -> str:
    """Choose another password by a slip of an administrator's."""
    return _slip({})


@bp.post("/slip")
def use_slip() -> tuple[str, int] | AnyResponse:
    """Another password by a slip; whoever used it signs in with what they chose."""
    login, code, new = asked.form.text("login"), asked.secret("slip"), asked.secret("new_password")
    if new != asked.secret("new_password_again"):
        return _slip({"new_password_again": str(gettext("The two do not match."))}, login), 422
    try:
        directory.use_slip(login, code, new, request.remote_addr or "", _config())
    except KomekError as error:
        name = "new_password" if isinstance(error, directory.WeakPassword) else "slip"
        return _slip({name: message_of(error)}, login), status_of(error)
    flash(gettext("Your password is changed. Sign in with it."), "plain")
    return redirect(url_for("account.sign_in"), 303)


def _slip(errors: Mapping[str, str], login: str = "") -> str:
    return render_template("account/slip.html", errors=errors, login=login, shortest=directory.MIN_LENGTH)


@bp.post("/account/password")
@login_required
def change_password() -> tuple[str, int] | AnyResponse:
    """Another password for oneself: the session here goes on as a new one, every other is over."""
    old, new = asked.secret("old_password"), asked.secret("new_password")
    wrong = _wrong_passwords(old, new, asked.secret("new_password_again"))
    if wrong:
        return _choice(wrong), 422
    try:
        directory.change_password(g.person.id, new, actor=g.person, config=_config(), old=old)
    except KomekError as error:
        name = "new_password" if isinstance(error, directory.WeakPassword) else "old_password"
        said = (
            gettext("This is not your password.") if isinstance(error, directory.WrongPassword) else message_of(error)
        )
        return _choice({name: str(said)}), status_of(error)
    chose_anew: bool = g.person.own_password  # as it was: `go_in` knows the person anew
    if person := directory.person(g.person.id):
        go_in(person, proved=current_user.proved)
    flash(gettext("Your password is changed."), "plain")
    return redirect(url_for("account.show" if chose_anew else "inbox.show_inbox"), 303)


@bp.before_app_request
def ask_for_own_password() -> AnyResponse | None:
    """Whoever's password somebody else set chooses their own before anything else; a program's is no session's."""
    person = g.get("person")
    if (
        person is None
        or person.own_password
        or not directory.counts_here(_config())
        or request.endpoint in WITHOUT_OWN_PASSWORD
        or _is_program()
    ):
        return None
    if wants_json():
        raise directory.NotOwnPassword
    return redirect(url_for("account.first_password"), 303)


def _is_program() -> bool:
    """Whoever sends name and password with each request is signed in to no session."""
    return not current_user.is_authenticated


@bp.get("/account/first-password")
@login_required
def first_password() -> str | AnyResponse:
    """Choose one's own password in place of the one that somebody else set."""
    return redirect(url_for("account.show")) if g.person.own_password else _choice({})


def _choice(errors: Mapping[str, str]) -> str:
    """Where one changes one's password, with what was wrong."""
    if g.person.own_password:
        return _me(*directory.mail_of(g.person), errors)
    return render_template("account/first_password.html", errors=errors, shortest=directory.MIN_LENGTH)


def _wrong_passwords(old: str, new: str, again: str) -> dict[str, str]:
    """What is to be corrected before anything is asked of the database."""
    wrong = {}
    if not old:
        wrong["old_password"] = str(gettext("Write the password until now."))
    if new != again:
        wrong["new_password_again"] = str(gettext("The two do not match."))
    return wrong


def _me(email: str, mailed: bool, errors: Mapping[str, str]) -> str:
    sends_mail = bool(_config().smtp_url)
    return render_template(
        "account/me.html", email=email, mailed=mailed, errors=errors, sends_mail=sends_mail, absences=_own_absences(),
        shortest=directory.MIN_LENGTH, sessions=where.sessions_of(g.person.id, current_user.session_key),
        password_elsewhere=not directory.counts_here(_config()),
        ends=directory.may_enter(g.person) or bool(directory.led_by(g.person.id)),
    )  # fmt: skip


def _own_absences() -> list[dict[str, object]]:
    """The person's own that are not over: first and last day, order, and who stands in."""
    rows = [row for row in directory.absences_of(g.person.id) if row.staff_id == g.person.id]
    names = directory.names([row.deputy_id for row in rows if row.deputy_id])
    return [
        {"from_on": row.from_on, "last_on": (row.ended_on or row.until_on) - timedelta(days=1),
         "order": row.order_number, "deputy": names.get(row.deputy_id or 0, "")}
        for row in rows
    ]  # fmt: skip


def _page(login: str = "", error: str = "") -> str:
    plugins = registry.current()
    rows = plugins.by_key("offices")
    return render_template(
        "account/sign_in.html",
        login=login,
        error=error,
        by_provider=openid.is_on(_config()),
        by_password=_takes_passwords(),
        by_slip=directory.counts_here(_config()),
        groups=_demo_groups() if _config().demo else {},
        kinds={kind: kind_named(kind) or OFFICE_KINDS.get(kind, kind) for kind in (*plugins.kinds(), "control")},
        roles={row["key"]: row[f"title_{language()}"] for row in registry.current().table("roles")},
        # every way of writing it: whoever reads Russian finds an office by its Kazakh name, too
        office_names={key: " ".join(row[f"short_{each}"] for each in LANGUAGES) for key, row in rows.items()},
        demo_password=DEMO_PASSWORD,
    )


def _demo_groups() -> dict[str, dict[str, list[tuple[str, str, str]]]]:
    """Kind of office -> office -> login, name and role of its people, the offices of the demo's cases first."""
    kind_of = {row["key"]: row["kind"] for row in registry.current().table("offices")}
    groups: dict[str, dict[str, list[tuple[str, str, str]]]] = {}
    for person in demo_people(registry.current()):
        office, role = person.roles[0]
        groups.setdefault(kind_of[office], {}).setdefault(office, []).append((person.login, person.full_name, role))
    return groups


def _takes_passwords() -> bool:
    """Where a provider is, only when the settings say so."""
    return _config().openid_passwords or not openid.is_on(_config())


def _config() -> Config:
    config: Config = current_app.config["KOMEK"]
    return config


def _wanted() -> str:
    """Where the person was going, if that is a page of ours."""
    return asked.address.address("next") or url_for("inbox.show_list")


def _back() -> str:
    return asked.local_address(request.referrer or "", own_host=True) or url_for("inbox.show_list")
