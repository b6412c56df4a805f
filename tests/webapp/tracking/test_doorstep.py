"""A flood at the status page: whoever is refused anyway is answered before Flask, and not everybody is looked up."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask, request_started
from werkzeug.test import TestResponse

from services import clock, tracking
from services.tracking import guesses
from services.tracking.codes import new_code
from services.tracking.pace import Pace
from webapp import create_app


@pytest.fixture(autouse=True)
def nobody_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    guesses.refused.cache_clear()
    monkeypatch.setattr(tracking, "looked_up", Pace(1000, 1000, 9))


@pytest.fixture()
def reached(house: Flask) -> Iterator[list[str]]:
    """Paths that came as far as Flask."""
    seen: list[str] = []
    with request_started.connected_to(lambda sender, **more: seen.append("asked"), house):
        yield seen


def ask(app: Flask, at: str, count: int = 0, language: str = "kk", code: str = "") -> TestResponse:
    said = {"number": f"19-2013-{count:05d}", "code": code or new_code(), "who": "x"}
    return app.test_client().post(f"/status/{language}/", data=said, environ_base={"REMOTE_ADDR": at})


def over_the_limit(app: Flask, at: str) -> None:
    assert [ask(app, at, each).status_code for each in range(guesses.MOST["address"] + 1)][-1] == 429


def test_an_address_over_its_limit_gets_the_same_page_to_the_byte_before_flask(
    house: Flask, reached: list[str]
) -> None:
    over_the_limit(house, "203.0.113.1")
    for language in ("kk", "ru", "en"):
        first = ask(house, "203.0.113.1", 99, language)
        reached.clear()
        again = ask(house, "203.0.113.1", 98, language, code="1")
        assert not reached and (again.status_code, again.data) == (429, first.data)
        assert list(again.headers) == list(first.headers) and again.headers["Retry-After"] == "3600"
        assert f'lang="{language}"' in again.text and "Content-Security-Policy" in again.headers
    assert ask(house, "203.0.114.1").status_code == 404, "somebody else is answered"
    assert house.test_client().get("/status/ru/", environ_base={"REMOTE_ADDR": "203.0.113.1"}).status_code == 200
    with clock.stopped(clock.real() + guesses.WINDOW + timedelta(seconds=1)):
        assert ask(house, "203.0.113.1").status_code == 404, "no longer than the database says"


def test_it_is_the_clients_address_that_is_refused_not_the_proxys(house: Flask) -> None:
    behind = create_app(replace(house.config["KOMEK"], proxies=1))
    said = {"number": "19-2013-00042", "code": new_code(), "who": "x"}

    def asked(at: str) -> int:
        return behind.test_client().post("/status/kk/", data=said, headers={"X-Forwarded-For": at}).status_code

    for each in guesses.keys_of("", "203.0.113.7"):
        guesses.refused.add(each, clock.real() + guesses.WINDOW)
    assert [asked("203.0.113.7") for _ in range(2)] == [429, 429]


def test_a_flood_from_everywhere_is_looked_up_at_a_pace_and_the_rest_is_told_to_come_again(
    house: Flask, reached: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tracking, "looked_up", Pace(0.001, 3, 9))
    found = [ask(house, f"203.{each}.1.1", each) for each in range(6)]
    assert [each.status_code for each in found] == [404, 404, 404, 503, 503, 503]
    assert len(reached) == 4, "the first refusal is made by Flask, the others are given before it"
    assert found[-1].headers["Retry-After"] == "5" and "адам сұрап жатыр" in found[-1].text
    assert "Set-Cookie" not in found[-1].headers and found[-1].data == found[3].data
    assert ask(house, "203.99.1.1", code="1").status_code == 503, "what was typed is not looked at either"
    monkeypatch.setattr(tracking, "looked_up", Pace(1000, 1, 9))
    assert ask(house, "203.0.1.1", 7).status_code == 404, "and then it goes on"


def test_most_threads_of_a_process_are_left_to_those_who_work_here(
    house: Flask, reached: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pace = Pace(1000, 1000, 1)
    monkeypatch.setattr(tracking, "looked_up", pace)
    with pace.one():
        assert [ask(house, "203.0.113.1", each).status_code for each in range(3)] == [503, 503, 503]
    assert len(reached) < 2 and ask(house, "203.0.113.1").status_code == 404
    with pytest.raises(ZeroDivisionError), pace.one():
        raise ZeroDivisionError
    assert not pace.is_used_up(), "what goes wrong takes no place with it"
