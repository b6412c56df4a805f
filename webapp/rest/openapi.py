"""The API's own description, made from what stands beside each view."""

import re
from collections.abc import Iterable
from functools import cache
from typing import Any

from services.packages import CORE_VERSION
from webapp.rest.operations import OPERATIONS, ApiOperation, ApiRequest, operation
from webapp.rest.problems import PROBLEM

_PART = re.compile(r"<name:(\w+)>")
_REFUSED = {
    400: "What was sent cannot be read, or what it asks for cannot be done.",
    401: "No name and password of Komek.",
    403: "Your role at your office does not allow this.",
    404: "There is nothing here by that name.",
    409: "Somebody else was quicker.",
    413: "What was sent is too large.",
    415: "The body is of another kind than described, or cannot be read as that.",
    429: "Too many sign-ins failed.",
    503: "The database cannot be reached just now.",
}
_WITH_BODY = frozenset({413, 415})
ABOUT = """The part of Camunda 7's REST API that Camunda Modeler, external task workers and other programs need.
Every request carries a name and a password of Komek (HTTP Basic); what the person may do on the pages, the program may.
A parameter, a filter or a key of a body that is not described is refused with 400: nothing is passed over in silence.
Messages come in the language of Accept-Language: kk, ru or en."""


@operation("GET", "/openapi.json", "This description.", answer={"type": "object"}, open=True)
def document(asked: ApiRequest) -> dict[str, Any]:
    """The whole interface in OpenAPI 3."""
    return described()


@cache
def described() -> dict[str, Any]:
    """The whole document, OpenAPI 3.1."""
    paths: dict[str, dict[str, Any]] = {}
    for each in OPERATIONS:
        paths.setdefault(_PART.sub(r"{\1}", each.path), {})[each.method.lower()] = _operation(each)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Komek", "version": CORE_VERSION, "description": ABOUT},
        "servers": [{"url": "/engine-rest"}],
        "security": [{"basic": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
            "schemas": {"Problem": PROBLEM},
        },
    }


def _operation(each: ApiOperation) -> dict[str, Any]:
    found: dict[str, Any] = {
        "operationId": f"{each.subject}.{each.name}",
        "tags": [each.subject],
        "summary": each.says,
        "parameters": [*_parts(each), *_query(each)],
        "responses": _responses(each),
    }
    if each.about:
        found["description"] = each.about
    if each.body is not None:
        schema = dict(each.body.schema)
        found["requestBody"] = {"required": "required" in schema, "content": {"application/json": {"schema": schema}}}
    if each.files is not None:
        kinds: dict[str, Any] = {"multipart/form-data": {"schema": dict(each.files)}}
        kinds |= {"text/xml": {"schema": {"type": "string"}}} if each.texts else {}
        found["requestBody"] = {"required": True, "content": kinds}
    if each.open:
        found["security"] = []
    return found


def _parts(each: ApiOperation) -> Iterable[dict[str, Any]]:
    text = {"type": "string", "minLength": 1, "maxLength": 300}
    return ({"name": name, "in": "path", "required": True, "schema": text} for name in _PART.findall(each.path))


def _query(each: ApiOperation) -> Iterable[dict[str, Any]]:
    return (
        {"name": name, "in": "query", "required": shape.required, "schema": dict(shape.schema)}
        for name, shape in each.query.items()
    )


def _responses(each: ApiOperation) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if each.answer is not None:
        found["200"] = {"description": each.says, "content": {each.answers_as: {"schema": dict(each.answer)}}}
    if each.answer is None or each.or_nothing:
        found["204"] = {"description": "Done; there is nothing to say."}
    takes = each.body is not None or each.files is not None
    for status, says in _REFUSED.items():
        if status == 400 or (not each.open and (takes or status not in _WITH_BODY)):
            problem = {"$ref": "#/components/schemas/Problem"}
            found[str(status)] = {"description": says, "content": {"application/json": {"schema": problem}}}
    return found
