"""Whatever happens to the database, people read our own words in their language, soon, and a way back."""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from threading import Thread

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event, text

from komek.testing.surfer import Surfer
from services.config import Config
from services.db import db
from services.lines import connect_args
from services.postgres import Server
from tests.conftest import config_for
from tests.ends import ends
from tests.people.office import Office
from webapp import create_app

SAID = {
    "kk": "Дерекқорға қазір қосылу мүмкін емес",
    "ru": "База данных сейчас недоступна",
    "en": "The database cannot be reached just now",
}


@contextmanager
def silent() -> Iterator[tuple[str, list[float]]]:
    """A server that takes connections and never says a word, as behind a wall that swallows; and when it was asked."""
    asked: list[float] = []
    kept: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def take() -> None:
            while True:
                try:
                    kept.append(listening.accept()[0])
                except OSError:
                    return
                asked.append(time.monotonic())

        thread = Thread(target=take, daemon=True)
        thread.start()
        yield f"postgresql://komek@127.0.0.1:{listening.getsockname()[1]}/komek", asked
        listening.shutdown(socket.SHUT_RDWR)
    thread.join(5)
    for each in kept:
        each.close()


def at(database_url: str, surfer: Surfer | None = None, **settings: object) -> Surfer:
    """The same person's browser at a node whose database is that one."""
    elsewhere = Surfer(create_app(replace(config_for(database_url), demo=False, **settings)))  # type: ignore[arg-type]
    for cookie in surfer.client._cookies.values() if surfer else ():
        elsewhere.client.set_cookie(cookie.key, cookie.value)
    return elsewhere


@pytest.fixture
def nowhere() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"postgresql://komek@127.0.0.1:{listening.getsockname()[1]}/komek"


@pytest.fixture
def gate(house: Flask, server: Server) -> Iterator[psycopg.Connection]:
    """A second role of the database, to be shut out."""
    db.session.remove()
    db.engine.dispose()
    with psycopg.connect(server.address.replace("+psycopg", ""), autocommit=True) as line:
        line.execute("CREATE ROLE narrow LOGIN IN ROLE komek_app")
        yield line
        line.execute("DROP ROLE narrow")


def narrow(database_url: str) -> str:
    return database_url.replace("komek_app@", "narrow@")


@pytest.mark.parametrize("path", ["/", "/cases/1", "/desk/", "/account"])
def test_somebody_who_is_signed_in_reads_our_words_when_the_database_is_away(
    house: Flask, nowhere: str, path: str
) -> None:
    clerk = Office(house).person("clerk")
    page = at(nowhere, clerk).get(path)
    assert page.status_code == 503 and page.mimetype == "text/html"
    assert SAID["kk"] in page.text and "Internal Server Error" not in page.text
    assert page.headers["Content-Language"] == "kk" and int(page.headers["Retry-After"]) > 0
    assert 'href="/"' in page.text, "the way back"


@pytest.mark.parametrize("language", ["ru", "en"])
def test_the_words_are_in_the_language_of_the_person_also_once_the_session_is_over(
    house: Flask, nowhere: str, language: str
) -> None:
    clerk = Office(house).person("clerk")
    clerk.get("/")
    clerk._ask("POST", "/language", data={**dict(clerk.form("/language").form_values()), "language": language})
    assert SAID[language] in at(nowhere, clerk).get("/").text
    clerk.client.delete_cookie("komek")
    assert f'lang="{language}"' in at(nowhere, clerk).get("/sign-in").text
    assert f'lang="{language}"' in at(nowhere, clerk).get("/nothing-here").text


@pytest.mark.parametrize(("accepted", "language"), [("ru-RU,ru;q=0.9", "ru"), ("en", "en"), ("de", "kk"), ("", "kk")])
def test_a_stranger_is_told_in_the_language_of_the_browser(
    house: Flask, nowhere: str, accepted: str, language: str
) -> None:
    surfer = at(nowhere)
    answer = surfer.get("/engine-rest/deployment", **{"Authorization": "Basic YTpi", "Accept-Language": accepted})
    assert answer.status_code == 503 and SAID[language] in answer.get_json()["message"]
    page = surfer._ask("POST", "/sign-in", data={"login": "a", "password": "b"}, headers={"Accept-Language": accepted})
    assert page.status_code == 400 and f'lang="{language}"' in page.text, "an error page, whatever it says"
    surfer.client.set_cookie("komek-language", "en")
    assert 'lang="en"' in surfer.get("/nothing-here", **{"Accept-Language": accepted}).text


def test_a_database_that_never_answers_is_asked_once_and_not_for_long(house: Flask) -> None:
    clerk = Office(house).person("clerk")
    with silent() as (address, asked):
        surfer = at(address, clerk, database_connect_s=2)
        with ends():
            page = surfer.get("/")
    assert page.status_code == 503 and SAID["kk"] in page.text
    assert len(asked) == 1


def test_a_database_with_no_connection_left_is_away(house: Flask, database_url: str, gate: psycopg.Connection) -> None:
    clerk = Office(house).person("clerk")
    gate.execute("ALTER ROLE narrow CONNECTION LIMIT 0")
    page = at(narrow(database_url), clerk).get("/")
    assert page.status_code == 503 and SAID["kk"] in page.text
    assert at(narrow(database_url)).get("/readyz").status_code == 503


def test_a_database_that_can_only_be_read_says_so_and_is_read(
    house: Flask, database_url: str, gate: psycopg.Connection
) -> None:
    clerk = Office(house).person("clerk")
    gate.execute("ALTER ROLE narrow SET default_transaction_read_only = on")
    surfer = at(narrow(database_url), clerk)
    assert surfer.get("/").status_code == 200
    page = surfer.submit("/cases", {"route": "direct"})
    assert page.status_code == 503 and "тек оқуға" in page.text
    assert int(page.headers["Retry-After"]) > 0


def test_a_program_and_a_probe_are_told_as_programs_are(house: Flask, nowhere: str) -> None:
    ready = at(nowhere).get("/readyz")
    assert ready.status_code == 503 and ready.get_json()["status"] != "ok"
    answer = at(nowhere).get("/desk/outbox.json", Accept="application/json")
    assert answer.status_code in (302, 401, 503) or answer.request.path == "/sign-in"


def test_what_hangs_is_cut_off_and_nothing_else_is(house: Flask, database_url: str) -> None:
    config = replace(config_for(database_url), database_statement_s=1, database_lock_s=1)
    app = create_app(config)
    with app.app_context():
        with pytest.raises(Exception, match="statement timeout"):
            db.session.execute(text("SELECT pg_sleep(20)"))
        db.session.rollback()
        shown = dict(db.session.execute(text(
            "SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout', "
            "'idle_in_transaction_session_timeout', 'tcp_keepalives_idle')")).all())  # fmt: skip
        assert (shown["statement_timeout"], shown["lock_timeout"]) == ("1000", "1000")
        assert int(shown["idle_in_transaction_session_timeout"]) == config.database_idle_s * 1000
        assert 0 < Config.database_idle_s <= 60
        db.session.remove()
        db.engine.dispose()
    given = connect_args(config)
    assert "-c tcp_keepalives_idle=5 " in str(given["options"]), "a node that was parted from it holds no row for hours"
    assert given["keepalives"] == 1 and 0 < given["tcp_user_timeout"] <= 15_000  # type: ignore[operator]
    bouncer = connect_args(replace(config, prepare_statements=False))
    assert "options" not in bouncer, "a pgbouncer refuses what it does not know"


def test_a_statement_that_took_too_long_is_stopped_and_said_and_the_next_one_works(house: Flask) -> None:
    clerk = Office(house).person("clerk")

    def slow(connection, cursor, statement, parameters, context, many):  # type: ignore[no-untyped-def]
        if "FROM staff" in statement:
            cursor.execute("SET LOCAL statement_timeout = 50")
            cursor.execute("SELECT pg_sleep(2)")

    engine = db.engine
    event.listen(engine, "before_cursor_execute", slow)
    try:
        page = clerk.get("/")
    finally:
        event.remove(engine, "before_cursor_execute", slow)
    assert page.status_code == 503 and "тым ұзаққа созылып" in page.text
    assert clerk.get("/").status_code == 200


def test_a_fault_of_ours_is_said_without_the_database_too(house: Flask, nowhere: str) -> None:
    app = at(nowhere, Office(house).person("clerk"))

    def broken() -> None:
        raise RuntimeError("a fault")

    app.client.application.testing = False
    app.client.application.view_functions["account.sign_in"] = broken  # type: ignore[index]
    app.client.delete_cookie("komek")
    app.client.delete_cookie("komek-language")
    page = app.get("/sign-in", **{"Accept-Language": "en"})
    assert page.status_code == 500 and "Something went wrong on our side" in page.text
