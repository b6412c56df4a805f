"""The door in front of several regions: every request goes whole to the region it names, and to no other."""

import json
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import config_for
from tests.ports import free_port
from tests.webapp.serve.streets import ask, door_of, serving, told
from webapp import create_app


@pytest.fixture
def street(tmp_path: Path) -> Iterator[int]:
    """The port of a door in front of two regions."""
    with ExitStack() as open_:
        north, south = (open_.enter_context(serving(told(name))) for name in ("north", "south"))
        yield open_.enter_context(serving(door_of(tmp_path, north, south)))


def test_a_request_reaches_the_region_of_its_host_letter_by_letter(street: int) -> None:
    path = "/a%2Fb/%D2%9B?q=%D0%B0%20b&v=1+2"
    answer, text = ask(street, "South.komek.test", path, "PUT", "қол".encode(), Cookie="komek=1; x=2",
                       Authorization="Basic YTpi")  # fmt: skip
    said = json.loads(text)
    assert (answer.status, answer.reason) == (207, "Told")
    assert (said["region"], said["uri"], said["body"]) == ("south", path, "қол")
    assert (said["HTTP_HOST"], said["HTTP_COOKIE"]) == ("South.komek.test", "komek=1; x=2")
    assert said["HTTP_AUTHORIZATION"] == "Basic YTpi"
    assert answer.headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_a_region_may_stand_on_another_machine_at_the_very_same_port(tmp_path: Path) -> None:
    with ExitStack() as open_:
        port = open_.enter_context(serving(told("north")))
        open_.enter_context(serving(told("south"), port, "127.0.0.2"))
        street = open_.enter_context(serving(door_of(tmp_path, port, port, "127.0.0.2")))
        for name in ("north", "south"):
            assert json.loads(ask(street, f"{name}.komek.test", "/")[1])["region"] == name


def test_the_door_says_who_came_and_believes_nobody_who_says_so_themselves(street: int) -> None:
    said = json.loads(
        ask(street, "north.komek.test", **{"X-Forwarded-For": "6.6.6.6", "X-Forwarded-Proto": "https"})[1]
    )
    assert said["HTTP_X_FORWARDED_FOR"] == "6.6.6.6, 127.0.0.1" and said["HTTP_X_FORWARDED_PROTO"] == "https, http"


def test_whoever_names_no_region_is_shown_which_there_are_and_no_region_hears_of_it(street: int) -> None:
    for host, path, status in (
        ("komek.test", "/", 200),
        ("komek.test", "/cases/1", 404),
        ("west.komek.test", "/ru", 200),
    ):
        answer, text = ask(street, host, path, **{"Accept-Language": "ru"})
        assert answer.status == status and answer.headers["Content-Type"].startswith("text/html")
        assert 'href="http://north.komek.test/"' in text and "Север" in text and "Выберите регион" in text
    assert json.loads(ask(street, "komek.test", "/healthz")[1]) == {"status": "ok"}


def test_a_region_whose_database_or_pages_are_away_says_so_and_the_other_works(
    house: Flask, session_app: Flask, tmp_path: Path
) -> None:
    nowhere = replace(config_for(f"postgresql://komek@127.0.0.1:{free_port()}/komek"), demo=False)
    with ExitStack() as open_:
        north = open_.enter_context(serving(session_app))
        south = open_.enter_context(serving(create_app(nowhere)))
        street = open_.enter_context(serving(door_of(tmp_path, north, south)))
        away, text = ask(street, "south.komek.test", "/sign-in", Cookie="komek=x", **{"Accept-Language": "kk"})
        assert away.status == 503 and "Дерекқор" in text, "its own page, its database is away"
        assert ask(street, "north.komek.test", "/sign-in")[0].status == 200
        state = json.loads(ask(street, "komek.test", "/readyz")[1])
        assert state == {"regions": {"north": "ok", "south": "unavailable"}}
    with serving(door_of(tmp_path, north, south)) as street:
        answer, text = ask(street, "south.komek.test", "/cases/1", **{"Accept-Language": "ru"})
        assert answer.status == 503 and int(answer.headers["Retry-After"]) > 0 and "Юг" in text
        assert "не отвечает" in text and "http-equiv" in text
        assert ask(street, "south.komek.test", "/static/public.css")[0].status == 200
        answer, text = ask(street, "komek.test", "/readyz")
        assert answer.status == 503 and json.loads(text) == {"regions": {"north": "away", "south": "away"}}
