"""An operation of the API: its view, its address, what it takes and what it answers, said in one place."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import Blueprint, Response, jsonify, request

from webapp.asked import address, body, content
from webapp.rest.problems import NotJson
from webapp.rest.shapes import Shape, WrongValue, record, text, whole

bp = Blueprint("rest", __name__, url_prefix="/engine-rest")
#: what the OpenAPI document is made from, in the order of the modules
OPERATIONS: list["ApiOperation"] = []

MOST_RESULTS, FARTHEST = 500, 10_000
#: lists are given in pages; none goes on without an end
PAGE = {"firstResult": whole(0, FARTHEST).or_else(0), "maxResults": whole(0, MOST_RESULTS).or_else(100)}


@dataclass(frozen=True)
class ApiRequest:
    """A request, read: what its address and its body say."""

    query: Mapping[str, Any]
    body: Mapping[str, Any]

    @property
    def first(self) -> int:
        return int(self.query["firstResult"])

    @property
    def most(self) -> int:
        return int(self.query["maxResults"])


@dataclass(frozen=True)
class ApiOperation:
    """What is said of one address of the interface, where its view is written."""

    method: str
    path: str  #: "/task/<task_id>/claim"
    says: str  #: one sentence
    subject: str
    name: str
    query: Mapping[str, Shape] = field(default_factory=dict)
    body: Shape | None = None
    #: schema of what is answered; None: nothing is
    answer: Mapping[str, Any] | None = None
    answers_as: str = "application/json"
    or_nothing: bool = False  #: 204 is an answer, too
    files: Mapping[str, Any] | None = None  #: schema of the parts of a multipart body
    texts: bool = False  #: the text of one file is a body, too
    about: str = ""
    open: bool = False


def operation(
    method: str,
    path: str,
    says: str,
    *,
    query: Mapping[str, Shape] | None = None,
    body: Shape | None = None,
    answer: Mapping[str, Any] | None = None,
    **more: Any,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Let that view answer there: it is called with what was asked and the parts of the address.

    What it returns is answered as JSON; None as 204; a Response as it is.
    """

    def keep(view: Callable[..., Any]) -> Callable[..., Any]:
        subject, name = view.__module__.rpartition(".")[2], view.__name__
        about = inspect.cleandoc(view.__doc__ or "")
        known = ApiOperation(method, path, says, subject, name, query or {}, body, answer, about=about, **more)
        OPERATIONS.append(known)

        def answered(**parts: str) -> Response | tuple[str, int]:
            asked = ApiRequest(_query(known), _body(known))
            given = view(asked, **{key: PART.read(value, key) for key, value in parts.items()})
            if given is None:
                return "", 204
            return given if isinstance(given, Response) else jsonify(given)

        bp.add_url_rule(path, f"{subject}_{name}", answered, methods=[method], provide_automatic_options=False)
        return view

    return keep


PART = text(300, 1)


def _query(known: ApiOperation) -> dict[str, Any]:
    """Raises UnknownName for what this address does not ask, WrongValue for what stands there twice."""
    sent = address.all
    if twice := next((key for key in sent if len(sent.getlist(key)) > 1), None):
        raise WrongValue("This is there twice: %(where)s.", where=twice[:60])
    return dict(record(**known.query).read(sent.to_dict(), ""))


def _body(known: ApiOperation) -> dict[str, Any]:
    """The body of those that take one; none at all is an empty object."""
    if known.body is None:
        return {}
    if not content():
        return dict(known.body.read({}, ""))
    if request.mimetype != "application/json":
        raise NotJson
    if (sent := body()) is None:
        raise NotJson
    return dict(known.body.read(sent, ""))
