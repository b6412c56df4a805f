"""Errors as people and programs see them: four kinds, mapped to HTTP here and nowhere else."""

import logging
from collections.abc import Callable, Mapping
from traceback import extract_tb

from flask import (
    Flask,
    Response,
    current_app,
    g,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_babel import gettext
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.exceptions import MethodNotAllowed as OtherMethod
from werkzeug.routing import RoutingException
from werkzeug.wrappers import Response as AnyResponse

from services import cases
from services.db import CutWhileSaving, db, end_parted, let_go
from services.errors import Conflict, Forbidden, Invalid, InvalidAnswers, KomekError, NotFound, Unavailable
from services.shown import Shown
from webapp import asked
from webapp.language import i18n, words

logger = logging.getLogger(__name__)


class FormExpired(Invalid):
    """This form is too old, or was not made by Komek. Please open the page again and repeat what you did."""


class PlainHttp(Invalid):
    """This page came over plain HTTP, and browsers keep Komek's cookies over TLS only: open it with https://."""


class SessionEnded(KomekError):
    """Your session has ended. Please sign in again."""


class PageNotFound(NotFound):
    """There is no such page."""


class MethodNotAllowed(Invalid):
    """This address does not take that kind of request."""


class TooLarge(Invalid):
    """What was sent is too large."""


class WrongKind(Invalid):
    """What was sent is of a kind that is not taken here."""


class TooMany(Invalid):
    """Too much was asked at once. Please wait a minute and try again."""


class NotAnswered(Invalid):
    """This request cannot be answered; please open the page anew."""


class ReadOnly(Unavailable):
    """The database can only be read just now. Nothing was changed; please try again in a minute."""


class TookTooLong(Unavailable):
    """This took too long and was stopped. Nothing was changed; please try again in a minute."""


class Unsure(Unavailable):
    """The line was cut while this was saved. Open the page anew to see whether it was; pressing again does no harm."""


class Broken(KomekError):
    """Something went wrong on our side. Nothing was changed. The administrator sees this in the log."""


STATUS = {Invalid: 400, SessionEnded: 401, Forbidden: 403, NotFound: 404, Conflict: 409, Unavailable: 503}
#: what the web server's library refuses by itself, in our words; whatever else it refuses is `NotAnswered`
OF_HTTP: dict[int, type[KomekError]] = {
    400: Invalid, 401: SessionEnded, 403: Forbidden, 404: PageNotFound, 405: MethodNotAllowed, 410: PageNotFound,
    413: TooLarge, 414: TooLarge, 415: WrongKind, 429: TooMany, 431: TooLarge, 503: Unavailable,
}  # fmt: skip
#: SQLSTATE of a wait for a row that somebody holds
HELD_TOO_LONG = "55P03"
#: SQLSTATE -> what the server stopped: a write while it is read only, a statement, a wait for a row, a deadlock
STOPPED: dict[str, type[Unavailable]] = {
    "25006": ReadOnly, "57014": TookTooLong, HELD_TOO_LONG: TookTooLong, "40P01": TookTooLong, "40001": TookTooLong,
}  # fmt: skip
#: after how many seconds it is worth trying again
AGAIN_S = 5


def message_of(error: KomekError) -> str:
    """The error in the reader's language."""
    text = str(gettext(error.message))
    return text % _said(error.details) if error.details and "%(" in text else text


def sentences_of(error: KomekError) -> str:
    """What went wrong, for a page that shows no field's own error: of wrong answers, what is wrong with each."""
    if isinstance(error, InvalidAnswers):
        return " ".join(str(gettext(text)) for text in error.errors.values())
    return message_of(error)


def _said(details: Mapping[str, object]) -> dict[str, object]:
    """Keys of offices and roles as people call them."""
    said = {key: each.said(gettext) if isinstance(each, Shown) else each for key, each in details.items()}
    for name in {"office", "body"} & set(said):
        said[name] = words.office_name(str(said[name]))
    if "role" in said:
        said["role"] = ", ".join(words.word("role", role) for role in str(said["role"]).split(", "))
    return said


def status_of(error: KomekError) -> int:
    """400, 401, 403, 404, 409 or 503; 500 for what is none of these kinds."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def answer_under(prefix: str, answer: Callable[[KomekError | HTTPException], Response]) -> None:
    """Let errors of the addresses under that prefix be said that way, whatever was asked for."""
    _others[prefix] = answer


_others: dict[str, Callable[[KomekError | HTTPException], Response]] = {}


def _other() -> Callable[[KomekError | HTTPException], Response] | None:
    """Who says errors at this address, when it is no page."""
    return next((answer for prefix, answer in _others.items() if f"{request.path}/".startswith(f"{prefix}/")), None)


def init_app(app: Flask) -> None:
    """Answer every error as a page, or as JSON to whoever asks for JSON."""
    app.register_error_handler(KomekError, show)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(InterfaceError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(DBAPIError, _database_fault)
    app.register_error_handler(HTTPException, _http)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)


def over_plain_http() -> bool:
    """Whether a browser keeps no cookie of this page: it is no page over TLS, nor one of the same computer.

    A proxy that says it speaks TLS is taken at its word: this decides nothing but what is said.
    """
    local = request.host.partition(":")[0] in ("localhost", "127.0.0.1") or request.host.startswith("[::1]")
    spoken = request.is_secure or asked.header("X-Forwarded-Proto").lower() == "https"
    return bool(current_app.config["SESSION_COOKIE_SECURE"]) and not spoken and not local


def show(error: KomekError, answered: int | None = None) -> Response:
    """The page of that error. It asks neither the session nor the database: those may be what is wrong.

    `answered`: the status of HTTP where it is told more closely than by the error's kind.
    """
    if (other := _other()) is not None:
        return other(error)
    status = answered or status_of(error)
    said = i18n.language() if g.get("person") or "language" in session else i18n.language_of_browser()
    with i18n.reading_in(said):
        response = _json(error) if wants_json() else _page(error, status)
    response.status_code = status
    response.headers["Content-Language"] = said
    if status == 503:
        response.headers["Retry-After"] = str(AGAIN_S)
    return response


def wants_json() -> bool:
    """Whether a script asks, which reads data, no page."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def _json(error: KomekError) -> Response:
    body: dict[str, object] = {"type": error.code, "message": message_of(error)}
    if isinstance(error, InvalidAnswers):
        body["errors"] = {name: gettext(text) for name, text in error.errors.items()}
    return jsonify(body)


def _page(error: KomekError, status: int) -> Response:
    """With the person's own places around it, as long as nothing is wrong on our side."""
    message = message_of(error)
    told = {"status": status, "message": message, "code": error.code, "again_s": AGAIN_S}
    if status < 500:
        try:
            if current_app.config["KOMEK"].demo:  # its clock stands on every page
                db.session.connection()
            return make_response(render_template("error.html", **told, bare=False))
        except SQLAlchemyError:
            let_go()
    g.person = g.office_key = None
    return make_response(render_template("error.html", **told, bare=True))


def _database_away(error: Exception) -> Response:
    logger.error("the database cannot be used: %s %s", type(error).__name__, _sqlstate(error))
    let_go()
    if _sqlstate(error) == HELD_TOO_LONG:
        _let_go_of_the_dead()
    return show(state_of(error)())


def _let_go_of_the_dead() -> None:
    """Whoever holds a row that long may be a node that nobody hears any more: then the next try goes through."""
    try:
        end_parted()
    except SQLAlchemyError as fault:
        logger.warning("who is not heard any more could not be ended: %s", type(fault).__name__)
    finally:
        let_go()


def state_of(error: Exception) -> type[Unavailable]:
    """What an error of the database says of it."""
    if isinstance(error, CutWhileSaving):
        return Unsure
    return STOPPED.get(_sqlstate(error), Unavailable)


def _sqlstate(error: Exception) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")


def _database_fault(error: DBAPIError) -> Response:
    stopped = error.connection_invalidated or _sqlstate(error) in STOPPED
    return _database_away(error) if stopped else _unexpected(error)


def _http(error: HTTPException) -> HTTPException | AnyResponse:
    if (other := _other()) is not None:
        return other(error)
    if error.code == 500:  # a fault while another one was being told
        original = getattr(error, "original_exception", None)
        return _database_fault(original) if isinstance(original, DBAPIError) else _unexpected(original or error)
    if error.code is None or error.code < 400:  # it leads elsewhere
        return error
    if error.code == 405 and request.method == "GET" and (address := _case_behind()):
        return redirect(address, 303)
    page = show(OF_HTTP.get(error.code, Broken if error.code > 500 else NotAnswered)(), error.code)
    if isinstance(error, OtherMethod) and error.valid_methods:
        page.headers["Allow"] = ", ".join(sorted(error.valid_methods))
    return page


def _case_behind() -> str:
    """Where a form was that is sent to this address: whoever opens it anew wants the case. Empty when it is no form's.

    A page with faults keeps the address it was sent to: reloading it, or coming back to it, asks for that.
    """
    try:
        _, values = current_app.url_map.bind_to_environ(request.environ).match(method="POST")
        case_id = cases.case_of_task(str(values["task_id"])) if "task_id" in values else values.get("case_id")
    except (HTTPException, RoutingException, KomekError):
        return ""
    return url_for("case.show", case_id=case_id) if case_id else url_for("inbox.show_list")


def where(error: BaseException) -> str:
    """What went wrong and where, innermost last, and nothing of what was in hand: that may be somebody's name.

    Only the database's words are kept, which `services.db` strips of values.
    """
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    frames = [f"{frame.name} ({frame.filename}:{frame.lineno})" for frame in extract_tb(error.__traceback__)]
    words = ""
    if isinstance(error, DBAPIError):
        statement = getattr(error.orig, "of_statement", error.statement)  # of a batch the one that failed
        words = f": {error.args[0]} in {' '.join(str(statement).split())[:200]}"
    return "\n  ".join([*([where(cause), "then"] if cause else []), type(error).__name__ + words, *frames])


def _unexpected(error: Exception) -> Response:
    logger.error("unexpected: %s", where(error))
    let_go()
    return show(Broken())
