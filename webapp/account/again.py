"""A session that ended while a form was half filled: its person signs in on that very page, and what was typed is sent.

What a form of ours brought is carried through the sign-in by the page itself, never kept on the server; no password and
no file is, so that a form with files goes on without them and by a press alone. A browser says by `Sec-Fetch-Site` or
`Origin` that the form was ours: what another site sends is refused.
"""

from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Flask, Response, current_app, g, make_response, redirect, render_template, request, session, url_for
from flask_login import LoginManager
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException
from werkzeug.wrappers import Response as AnyResponse

from webapp import asked, errors
from webapp.account import step

#: who signed in here last: kept in the cookie as long as that session, whether the database still knows it or not
WHO = "login"
#: a form with more than this is not carried
MOST = 500_000
#: said of a form that was sent with files, which are not carried
FILES = "_files"
_OWN = ("csrf_token", "_to", "_sent", FILES)
Carried = tuple[str, str]  #: the address, and what was sent, as `a=b&c=d`


def init_app(app: Flask, manager: LoginManager) -> None:
    """Whoever is not signed in is asked to, whatever they wanted."""
    manager.unauthorized_handler(_nobody)
    app.register_error_handler(CSRFError, _stale)


def _nobody() -> AnyResponse:
    """Nobody is signed in (any more)."""
    if errors.wants_json():
        return errors.show(errors.SessionEnded())
    if step.half() is not None:
        wanted = asked.local_address(request.full_path.rstrip("?")) if request.method == "GET" else None
        return redirect(url_for("account.second", next=wanted), 303)
    if request.method == "POST" and (carried := _carried()):
        return page(carried, login=str(session.get(WHO, "")))
    return redirect(url_for("account.sign_in", next=asked.local_address(request.full_path.rstrip("?"))))


def _stale(_error: CSRFError) -> AnyResponse:
    """The form is from before the session: of one that ended, or of one in another window."""
    if errors.over_plain_http():
        return errors.show(errors.PlainHttp())
    if errors.wants_json() or not _is_ours() or not (carried := _carried()):
        return errors.show(errors.FormExpired())
    return page(carried) if g.person is None else send(carried, 400)


def page(carried: Carried, *, login: str = "", error: str = "", status: int = 401) -> Response:
    """Sign in here; what was typed goes on with it."""
    told = {"to": carried[0], "sent": carried[1], "login": login, "error": error}
    return make_response(render_template("account/again.html", **told), status)


def send(carried: Carried, status: int = 200, *, by_itself: bool = False) -> Response:
    """What was typed, to be sent under the session that is: by itself for the same person, else by a press."""
    to, sent = carried
    pairs = parse_qsl(sent, keep_blank_values=True)
    files = (FILES, "1") in pairs
    told = {"to": to, "pairs": [each for each in pairs if each[0] not in _OWN], "files": files}
    return make_response(render_template("account/send.html", **told, by_itself=by_itself and not files), status)


def brought() -> Carried | None:
    """What the sign-in carries; None when it carries nothing, or to nowhere of ours."""
    to, sent = asked.form.address("_to"), asked.form.all.get("_sent", "")
    return (to, sent) if to and sent and len(sent) <= MOST and _takes_forms(to) else None


def _carried() -> Carried | None:
    """What was sent just now; None when it cannot be carried."""
    pairs = [(name, value) for name, value in asked.form.all.items(multi=True) if name not in _OWN]
    secret = any("password" in name for name, _ in pairs)
    if secret or not pairs or request.blueprint in (None, "account"):
        return None
    if any(each.filename for _, each in asked.files()):
        pairs.append((FILES, "1"))
    sent = urlencode(pairs)
    return (asked.local_address(request.full_path.rstrip("?")), sent) if len(sent) <= MOST else None


def _is_ours() -> bool:
    site, origin = asked.header("Sec-Fetch-Site"), asked.header("Origin")
    return site == "same-origin" if site else bool(origin) and urlsplit(origin).netloc == request.host


def _takes_forms(to: str) -> bool:
    try:
        current_app.url_map.bind_to_environ(request.environ).match(urlsplit(to).path, method="POST")
    except (HTTPException, RoutingException):
        return False
    return True
