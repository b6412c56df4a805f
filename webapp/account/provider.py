"""In by the organisation's provider: there, and back."""

from flask import current_app, flash, g, redirect, session, url_for
from werkzeug.wrappers import Response as AnyResponse

from services import factors, openid
from services.errors import KomekError
from webapp import asked
from webapp.account import browsers
from webapp.account.views import BY_PROVIDER, begin, bp
from webapp.errors import PageNotFound, message_of
from webapp.language.i18n import remember

_STATE, _NEXT = "openid_state", "openid_next"


@bp.get("/sign-in/openid")
def to_provider() -> AnyResponse:
    """To the provider; who is signed in there already comes back at once."""
    config = current_app.config["KOMEK"]
    if not openid.is_on(config):
        raise PageNotFound
    try:
        address, state = openid.send_there(config, _back())
    except KomekError as error:
        return _door(error)
    session[_STATE], session[_NEXT] = state, asked.address.address("next")
    return redirect(address, 303)


@bp.get("/sign-in/openid/back")
def from_provider() -> AnyResponse:
    """Back from the provider, with its word for who came."""
    config = current_app.config["KOMEK"]
    if not openid.is_on(config):
        raise PageNotFound
    said = asked.address.text
    state, wanted = str(session.pop(_STATE, "")), str(session.pop(_NEXT, "") or "")
    try:
        came = openid.CameBack(said("state"), said("code", most=4000), said("iss"), said("error"))
        person, more = openid.who_came(came, state, config, _back())
    except KomekError as error:
        return _door(error)
    begin(person, proved=factors.CODE if more else "")
    session[BY_PROVIDER] = True
    if g.person is None:
        return redirect(url_for("account.second", next=wanted or None), 303)
    return browsers.know(remember(redirect(wanted or url_for("inbox.show_list"), 303)), person.login)


def _door(error: KomekError) -> AnyResponse:
    flash(message_of(error), "warning")
    return redirect(url_for("account.sign_in"), 303)


def _back() -> str:
    public = current_app.config["KOMEK"].public_url.rstrip("/")
    here = url_for("account.from_provider")
    return public + here if public else url_for("account.from_provider", _external=True)
