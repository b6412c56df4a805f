"""More than a password: the step at the door, and what one sets up and takes away on one's own page."""

from collections.abc import Callable
from functools import wraps

from flask import current_app, flash, g, make_response, redirect, render_template, session, url_for
from flask_babel import gettext
from flask_login import current_user, login_required
from werkzeug.wrappers import Response as AnyResponse

from services import directory, factors
from services.errors import KomekError
from webapp import asked
from webapp.account import again, browsers, step
from webapp.account.views import begin, bp, go_in
from webapp.errors import message_of, status_of
from webapp.language.i18n import remember

_CHALLENGE = "challenge"


def _halfway(view: Callable[[step.Half], AnyResponse]) -> Callable[[], AnyResponse]:
    """Only for a session that owes a second proof; anybody else goes where they belong."""

    @wraps(view)
    def there() -> AnyResponse:
        mine = step.half()
        if mine is None:
            return redirect(url_for("inbox.show_list" if g.person else "account.sign_in"), 303)
        return view(mine)

    return there


@bp.get("/sign-in/second")
@_halfway
def second(_mine: step.Half) -> AnyResponse:
    """What is asked beside the password."""
    return step.page()


@bp.post("/sign-in/second")
@_halfway
def second_now(mine: step.Half) -> AnyResponse:
    """A code of the authenticator, or a recovery code."""
    try:
        factors.check_code(mine.person, asked.form.text("code"), current_app.config["KOMEK"])
    except KomekError as error:
        return step.page(message_of(error), status_of(error), again.brought())
    return _go_on(mine, factors.CODE)


@bp.post("/sign-in/second/passkey")
@_halfway
def second_by_passkey(mine: step.Half) -> AnyResponse:
    """A passkey beside the password: that person's own."""
    try:
        factors.who_signed(*_signed(), step.site(), mine.person)
    except KomekError as error:
        return step.page(message_of(error), status_of(error), again.brought())
    return _go_on(mine, factors.PASSKEY)


@bp.post("/sign-in/passkey/options")
def passkey_options() -> AnyResponse:
    """What a device is to sign: of whoever's password was right, else whichever it keeps for us."""
    mine = step.half()
    return _options(*factors.ask(step.site(), mine.person if mine else None))


@bp.post("/sign-in/passkey")
def sign_in_by_passkey() -> AnyResponse:
    """In by a passkey alone: the device has made sure of its owner."""
    try:
        person = factors.who_signed(*_signed(), step.site())
    except KomekError as error:
        flash(message_of(error), "warning")
        return redirect(url_for("account.sign_in", next=asked.address.address("next") or None), 303)
    begin(person, proved=factors.PASSKEY)
    wanted = asked.address.address("next") or url_for("inbox.show_list")
    return browsers.know(remember(redirect(wanted, 303)), person.login)


def _go_on(mine: step.Half, proved: str) -> AnyResponse:
    """What was shown is enough, or lets something stronger be set up; the session before it is over."""
    carried, wanted = again.brought(), asked.address.address("next")
    directory.end_session(mine.key)
    go_in(mine.person, proved=proved)
    if g.person is None:
        return step.page()
    if carried:
        return browsers.know(remember(again.send(carried)), mine.person.login)
    return browsers.know(remember(redirect(wanted or url_for("inbox.show_list"), 303)), mine.person.login)


# ---------------------------------------------------------------- what one sets up


@bp.get("/account/second")
@login_required
def my_second() -> str:
    """One's own page of what is shown beside the password."""
    return _mine("")


@bp.post("/account/codes")
def begin_codes() -> AnyResponse:
    """The square that an authenticator reads."""
    person = _who_sets_up()
    if person is None:
        return _unauthorized()
    try:
        _check_password()
        return step.codes_page(person, factors.begin_codes(person))
    except KomekError as error:
        return _told(error)


@bp.post("/account/codes/confirm")
def confirm_codes() -> AnyResponse:
    """The first code was right: from now on one is asked for. The recovery codes are shown once."""
    person = _who_sets_up()
    if person is None:
        return _unauthorized()
    try:
        made = factors.confirm_codes(person, asked.form.text("code"), current_app.config["KOMEK"])
    except KomekError as error:
        secret = factors.pending_secret(person)
        return step.codes_page(person, secret, message_of(error), status_of(error)) if secret else _told(error)
    _now_proved(person, factors.CODE)
    return make_response(render_template("account/recovery.html", codes=made))


@bp.post("/account/passkeys/options")
def new_passkey_options() -> AnyResponse:
    """What a device makes a passkey of."""
    person = _who_sets_up()
    if person is None:
        return _unauthorized()
    _check_password()
    return _options(*factors.ask_for_new(person, step.site()))


@bp.post("/account/passkeys")
def keep_passkey() -> AnyResponse:
    """A passkey that the device made."""
    person = _who_sets_up()
    if person is None:
        return _unauthorized()
    try:
        factors.keep_passkey(person, *_signed(), asked.form.text("name"), step.site())
    except KomekError as error:
        return _told(error)
    _now_proved(person, factors.PASSKEY)
    flash(gettext("The passkey is kept."), "plain")
    return redirect(url_for("account.my_second"), 303)


@bp.post("/account/codes/remove")
@login_required
def remove_codes() -> AnyResponse:
    """No code is asked for any more."""
    return _after_password(lambda: factors.remove_codes(g.person), gettext("No code is asked for any more."))


@bp.post("/account/passkeys/<int:passkey_id>/remove")
@login_required
def remove_passkey(passkey_id: int) -> AnyResponse:
    """Nobody comes in by that passkey any more."""
    return _after_password(lambda: factors.remove_passkey(passkey_id, actor=g.person), gettext("Removed."))


@bp.post("/account/recovery-codes")
@login_required
def renew_recovery_codes() -> AnyResponse:
    """Ten new recovery codes, shown this once."""
    try:
        _check_password()
    except KomekError as error:
        return _told(error)
    made = factors.renew_recovery_codes(g.person)
    return make_response(render_template("account/recovery.html", codes=made))


def _who_sets_up() -> directory.Person | None:
    """Whoever is signed in; or whoever has to set something up before they are."""
    mine = step.half()
    signed_in: directory.Person | None = g.person
    return signed_in or (mine.person if mine and mine.sets_up else None)


def _check_password() -> None:
    """Nothing at the door, where it was given just now. Raises WrongPassword, TooManyAttempts."""
    if g.person is not None:
        directory.check_password(g.person.login, asked.secret("password"), current_app.config["KOMEK"])


def _now_proved(person: directory.Person, proved: str) -> None:
    """What was just set up was shown, too: the session goes on as one that showed it."""
    mine = step.half()
    before = mine.proved if mine else current_user.proved
    directory.end_session(mine.key if mine else current_user.session_key)
    go_in(person, proved=before if factors.suffices(before, proved) else proved)


def _after_password(act: Callable[[], object], said: str) -> AnyResponse:
    try:
        _check_password()
        act()
    except KomekError as error:
        return _told(error)
    flash(said, "plain")
    return redirect(url_for("account.my_second"), 303)


def _told(error: KomekError) -> AnyResponse:
    said = message_of(error)
    if isinstance(error, directory.WrongPassword):
        said = str(gettext("This is not your password."))
    if g.person is None:
        return step.page(said, status_of(error))
    return make_response(_mine(said), status_of(error))


def _mine(error: str) -> str:
    return render_template(
        "account/second.html",
        error=error,
        has_codes=factors.has_codes(g.person.id),
        recovery_left=factors.recovery_left(g.person.id),
        passkeys=factors.passkeys_of(g.person.id),
        needed=factors.needed_by(g.person),
    )


def _options(told: str, challenge: bytes) -> AnyResponse:
    session[_CHALLENGE] = challenge.hex()
    return AnyResponse(told, mimetype="application/json")


def _signed() -> tuple[str, bytes]:
    """What the device sent, and the challenge that this browser was given; it is taken out of the cookie."""
    challenge = str(session.pop(_CHALLENGE, ""))
    return asked.form.text("credential", most=20_000), bytes.fromhex(challenge)


def _unauthorized() -> AnyResponse:
    answer: AnyResponse = current_app.login_manager.unauthorized()  # type: ignore[attr-defined]
    return answer
