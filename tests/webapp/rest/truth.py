"""Whether an answer is what the API's own description says of it."""

import re
from functools import cache
from typing import Any

import jsonschema_rs
from werkzeug.test import TestResponse

from webapp.rest.openapi import described

STATIC = ("count", "create", "fetchAndLock", "key")


@cache
def _paths() -> list[tuple[re.Pattern[str], dict[str, Any]]]:
    found = []
    for path, operations in described()["paths"].items():
        pattern = re.sub(r"\{\w+\}", rf"(?!(?:{'|'.join(STATIC)})(?:/|$))[^/]+", path)
        found.append((re.compile(f"/engine-rest{pattern}"), operations))
    return found


@cache
def _validator(status: str, operation_id: str) -> Any:
    document = described()
    operation = next(each for paths in document["paths"].values() for each in paths.values()
                     if each["operationId"] == operation_id)  # fmt: skip
    (said,) = operation["responses"][status]["content"].values()
    return jsonschema_rs.validator_for({**said["schema"], "components": document["components"]})


def check(method: str, path: str, answer: TestResponse) -> None:
    """Raises AssertionError, or what is wrong with the body."""
    path = "/" + "/".join(part for part in path.partition("?")[0].split("/") if part)
    operation = next((each.get(method.lower()) for pattern, each in _paths() if pattern.fullmatch(path)), None)
    if operation is None:
        assert answer.status_code in (204, 400, 401, 403, 404, 405, 429), f"{method} {path} is not described"
        return
    said = operation["responses"].get(str(answer.status_code))
    assert said is not None, f"{method} {path} does not say that it answers {answer.status_code}"
    if "content" not in said:
        assert not answer.data
        return
    (kind,) = said["content"]
    assert answer.mimetype == kind, (answer.mimetype, kind)
    if kind == "application/json":
        _validator(str(answer.status_code), operation["operationId"]).validate(answer.get_json())
