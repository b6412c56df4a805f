"""The API does what its own description says, whatever is sent: tried by schemathesis with made-up requests."""

from contextvars import Context
from dataclasses import replace

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from services.db import db
from tests.webapp.rest import outside
from tests.webapp.rest.programs import ADMIN, DESIGNER, WORKER, Program, basic
from webapp.rest import waiting
from webapp.rest.openapi import described
from webapp.rest.operations import OPERATIONS, bp

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_headers_conformance,
          response_schema_conformance, ignored_auth, negative_data_rejection, unsupported_method]  # fmt: skip
WHO = {"external_tasks": WORKER, "messages": WORKER, "incidents": ADMIN}


@pytest.fixture
def api(house: Flask, monkeypatch: pytest.MonkeyPatch) -> schemathesis.schemas.BaseSchema:
    """The description, as it is served; wrong passwords are tried all the time, and nobody waits for long."""
    monkeypatch.setitem(house.config, "KOMEK", replace(house.config["KOMEK"], sign_in_attempts=100_000))
    monkeypatch.setattr(waiting, "LONGEST_S", 0.1)
    return schemathesis.openapi.from_wsgi("/engine-rest/openapi.json", house)


DESCRIBED = [(path, method) for path, methods in described()["paths"].items() for method in methods]


@pytest.mark.parametrize(("path", "method"), DESCRIBED, ids=lambda said: said.replace("/", "."))
def test_whatever_is_sent_is_answered_as_described(
    house: Flask, api: schemathesis.schemas.BaseSchema, path: str, method: str
) -> None:
    operation = api[path][method.upper()]
    login = WHO.get(operation.definition.raw["tags"][0], DESIGNER)
    headers = {"Authorization": basic(login), "Accept-Language": "en", "Accept-Encoding": "identity"}

    @given(case=operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
           | operation.as_strategy(generation_mode=GenerationMode.NEGATIVE))  # fmt: skip
    @settings(max_examples=15, deadline=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck),
              database=None)  # fmt: skip
    def send(case: schemathesis.Case) -> None:
        Context().run(lambda: case.call_and_validate(headers=headers, checks=CHECKS))

    send()


def test_every_address_of_the_api_is_described_and_anybody_may_read_it(house: Flask) -> None:
    outside.waiting()
    db.session.remove()
    answer = Program(house).ask("GET", "/openapi.json")
    assert answer.status_code == 200 and answer.get_json() == described()
    rules = {(rule.rule, method) for rule in house.url_map.iter_rules() if rule.endpoint.startswith(f"{bp.name}.")
             for method in rule.methods or () if method not in ("HEAD", "OPTIONS")}  # fmt: skip
    assert rules == {(f"/engine-rest{each.path}", each.method) for each in OPERATIONS}
