"""Errors as Camunda 7 words them: {"type", "message", "code"}, in the language that the program asks for."""

from flask import Response, jsonify
from flask_babel import gettext
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from services.cases.errors import NoReceiver
from services.errors import Forbidden, Invalid, InvalidAnswers, KomekError, NotFound
from services.processes import NotDeployable
from services.processes.doctor import Report
from webapp.errors import message_of, status_of
from webapp.rest.shapes import NUMBER, STRING

REALM = 'Basic realm="komek"'
TYPES: dict[type[KomekError], str] = {
    NotDeployable: "ParseException",
    NoReceiver: "MismatchingMessageCorrelationException",
    Invalid: "InvalidRequestException",
    Forbidden: "AuthorizationException",
    NotFound: "RestException",
}
#: of the document: what every refusal looks like
PROBLEM = {
    "type": "object",
    "properties": {
        "type": STRING,
        "message": STRING,
        "code": NUMBER,
        "error": {**STRING, "description": "Komek's own name of the error: stable, whatever the language."},
        "errors": {"type": "object", "additionalProperties": STRING, "description": "Field of a form: what is wrong."},
        "details": {"type": "object", "description": "File: its errors and warnings, with line and elements."},
    },
    "required": ["type", "message", "code"],
}


class NoCredentials(Forbidden):
    """Please sign in with a name and a password of Komek."""


class WrongCredentials(Forbidden):
    """The name or the password is not right."""


class TooOften(Forbidden):
    """Too many sign-ins failed. Please try again in %(wait_s)s seconds."""


class NotJson(Invalid):
    """The body is not readable JSON, or is not said to be application/json."""


class NotFiles(Invalid):
    """Send files as the parts of a form (multipart/form-data), or one diagram or decision as text/xml."""


class WrongMethod(Invalid):
    """This address does not take that kind of request."""


class NothingHere(NotFound):
    """There is nothing at this address; what there is stands in /engine-rest/openapi.json."""


class TooMuch(Invalid):
    """What was sent is too large."""


#: by kind, before the four statuses of every error
STATUS: dict[type[KomekError], int] = {NoCredentials: 401, WrongCredentials: 401, TooOften: 429, NotJson: 415,
                                       NotFiles: 415, WrongMethod: 405, TooMuch: 413}  # fmt: skip
_OF_HTTP: dict[int | None, type[KomekError]] = {400: Invalid, 404: NothingHere, 405: WrongMethod, 413: TooMuch,
                                                415: NotJson}  # fmt: skip


def answer(error: KomekError | HTTPException) -> Response:
    """The answer that says it: never a page, never a redirect."""
    if isinstance(error, HTTPException):
        said = _OF_HTTP.get(error.code, KomekError)()
        response = _answer(said, STATUS.get(type(said)) or error.code or 500)
        if isinstance(error, MethodNotAllowed) and error.valid_methods:
            response.headers["Allow"] = ", ".join(sorted(error.valid_methods))
        return response
    return _answer(error, STATUS.get(type(error)) or status_of(error))


def _answer(error: KomekError, status: int) -> Response:
    kind = next((name for kind, name in TYPES.items() if isinstance(error, kind)), "ProcessEngineException")
    body: dict[str, object] = {"type": kind, "message": message_of(error), "code": 0, "error": error.code}
    if isinstance(error, InvalidAnswers):
        body["errors"] = {name: str(gettext(text)) for name, text in error.errors.items()}
        body["message"] = "\n".join([str(body["message"]), *(f"* {k}: {v}" for k, v in _said(body["errors"]))])
    if isinstance(error, NotDeployable):
        body["details"] = _details(error.report)
    response = jsonify(body)
    response.status_code = status
    if status == 401:
        response.headers["WWW-Authenticate"] = REALM
    if status == 429:
        response.headers["Retry-After"] = str(error.details.get("wait_s", 1))
    return response


def _said(errors: object) -> list[tuple[str, str]]:
    return list(errors.items()) if isinstance(errors, dict) else []


def _details(report: Report) -> dict[str, object]:
    """File -> its errors and warnings, as Camunda's ParseException tells them."""
    found: dict[str, dict[str, list[object]]] = {}
    for each in report.findings:
        of_file = found.setdefault(each.resource, {"errors": [], "warnings": []})
        elements = [each.element] if each.element else []
        message = f"{each.what(gettext)} {each.what_to_do(gettext)}"
        said = {"message": message, "line": each.line or 0, "column": each.column or 0}
        of_file["errors" if each.severity == "error" else "warnings"].append(
            {**said, "mainElementId": each.element or None, "elementIds": elements}
        )
    return dict(found)
