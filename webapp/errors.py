"""Errors as people and programs see them: four kinds, mapped to HTTP here and nowhere else."""

import logging
from collections.abc import Callable, Mapping

from flask import Flask, Response, current_app, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RoutingException
from werkzeug.wrappers import Response as AnyResponse

from services import cases
from services.db import db
from services.engine import Shown
from services.errors import Conflict, Forbidden, Invalid, InvalidAnswers, KomekError, NotFound, Unavailable
from webapp import words

logger = logging.getLogger(__name__)

STATUS = {Invalid: 400, Forbidden: 403, NotFound: 404, Conflict: 409, Unavailable: 503}


class FormExpired(Invalid):
    """This form is too old, or was not made by Komek. Please open the page again and repeat what you did."""


class PageNotFound(NotFound):
    """There is no such page."""


class MethodNotAllowed(Invalid):
    """This address does not take that kind of request."""


class TooLarge(Invalid):
    """What was sent is too large."""


class Broken(KomekError):
    """Something went wrong on our side. Nothing was changed. The administrator sees this in the log."""


def message_of(error: KomekError) -> str:
    """The error in the reader's language."""
    text = str(gettext(error.message))
    return text % _said(error.details) if error.details and "%(" in text else text


def _said(details: Mapping[str, object]) -> dict[str, object]:
    """Keys of offices and roles as people call them."""
    said = {key: each.said(gettext) if isinstance(each, Shown) else each for key, each in details.items()}
    if "office" in said:
        said["office"] = words.office_name(str(said["office"]))
    if "role" in said:
        said["role"] = ", ".join(words.word("role", role) for role in str(said["role"]).split(", "))
    return said


def status_of(error: KomekError) -> int:
    """400, 403, 404, 409 or 503; 500 for what is none of the four kinds."""
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
    app.register_error_handler(CSRFError, lambda error: show(FormExpired()))
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(InterfaceError, _database_away)
    app.register_error_handler(PoolTimeout, _database_away)
    app.register_error_handler(DBAPIError, _database_fault)
    app.register_error_handler(HTTPException, _http)
    if not app.testing:
        app.register_error_handler(Exception, _unexpected)


def show(error: KomekError) -> tuple[str | Response, int]:
    """The page of that error."""
    if (other := _other()) is not None:
        said = other(error)
        return said, said.status_code
    status = status_of(error)
    message = message_of(error)
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        body: dict[str, object] = {"type": error.code, "message": message}
        if isinstance(error, InvalidAnswers):
            body["errors"] = {name: gettext(text) for name, text in error.errors.items()}
        return jsonify(body), status
    return render_template("error.html", status=status, message=message, code=error.code), status


def _database_away(error: Exception) -> tuple[str | Response, int]:
    logger.error("the database cannot be reached: %s", type(error).__name__)
    db.session.remove()
    return show(Unavailable())


def _database_fault(error: DBAPIError) -> tuple[str | Response, int]:
    if error.connection_invalidated:
        return _database_away(error)
    return _unexpected(error)


def _http(error: HTTPException) -> tuple[str | Response, int] | HTTPException | AnyResponse:
    if (other := _other()) is not None:
        return other(error)
    kinds: dict[int | None, type[KomekError]] = {400: Invalid, 404: PageNotFound, 405: MethodNotAllowed, 413: TooLarge}
    if error.code == 405 and request.method == "GET" and (address := _case_behind()):
        return redirect(address, 303)
    if error.code in kinds:
        page, _ = show(kinds[error.code]())
        return page, error.code or 500
    return error


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


def _unexpected(error: Exception) -> tuple[str | Response, int]:
    logger.exception("unexpected")
    db.session.remove()
    return show(Broken())
