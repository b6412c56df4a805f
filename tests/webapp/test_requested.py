"""One id for a request, a line for it in the log, and what was slow by its name: nobody's name stands in any."""

import json
import logging
import time
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import text

from services import clock, journal, trail
from services.db import db
from services.guarded import call_plugin
from tests.conftest import config_for
from tests.people.office import Office
from webapp import create_app, requested


def id_of(app: Flask, said: str | None) -> str:
    headers = {} if said is None else {"X-Request-ID": said}
    return app.test_client().get("/healthz", headers=headers).headers["X-Request-ID"]


def test_a_proxys_id_is_kept_where_one_is_believed_and_else_each_request_has_a_new_one(
    house: Flask, database_url: str
) -> None:
    assert id_of(house, "abc-12345678") != "abc-12345678"  # nobody stands in front
    behind = create_app(replace(config_for(database_url), proxies=1))
    assert id_of(behind, "abc-12345678") == "abc-12345678"
    for said in (None, "short", "x" * 65, "a b c d e f g h", '"},{"forged":"1', "-850101300123"):
        made = id_of(behind, said)
        assert made != said and trail.ID.fullmatch(made)
    assert id_of(behind, None) != id_of(behind, None)


def test_what_a_request_did_is_found_in_the_journal_by_its_id_and_nothing_else_is(house: Flask) -> None:
    office = Office(house)
    answer = office.person("clerk").submit("/cases", {"route": "direct"}, follow=False)
    begun = journal.of_request(answer.headers["X-Request-ID"])
    assert {line.stream.split(":")[0] for line in begun} == {"case"} and "case.opened" in {line.event for line in begun}
    office.open()
    journal.append("staff", [journal.NewLine("staff.trial", "nobody", {})], at=clock.now())  # by no request
    assert journal.of_request(answer.headers["X-Request-ID"]) == begun
    assert journal.read("staff")[0].request is None


def test_the_line_of_a_request_says_what_was_asked_for_and_never_about_whom(
    house: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="komek.access"):
        answer = house.test_client().get("/sign-in?next=850101300123")
        house.test_client().get("/no/such/850101300123")
    first, second = [json.loads(each.message) for each in caplog.records if each.name == requested.logger.name]
    assert first["request"] == answer.headers["X-Request-ID"] and first["ms"] >= 0
    assert set(first) == {"at", "request", "endpoint", "method", "status", "ms", "bytes"}
    assert (second["endpoint"], second["method"], second["status"]) == ("none", "", 404)
    assert "850101300123" not in caplog.text


def test_what_takes_too_long_is_named_with_its_request_and_without_values(
    house: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    trail.begin("request-of-a-trial", believed=True)
    try:
        trail.tell_slow(1)
        db.session.execute(text("SELECT pg_sleep(:pause), :who"), {"pause": 0.01, "who": "850101300123"})
        call_plugin("trial.form", lambda: time.sleep(0.01))
        told = [each.message for each in caplog.records if each.name == "komek.slow"]
        assert any("slow statement" in each and "pg_sleep" in each and "request-of-a-trial" in each for each in told)
        assert any("slow plugin" in each and each.endswith(": trial.form") for each in told)
        assert "850101300123" not in caplog.text
        trail.tell_slow(0)
        caplog.clear()
        db.session.execute(text("SELECT pg_sleep(0.01)"))
        assert not caplog.records
    finally:
        trail.tell_slow(1000)
        trail.go_on(None)
