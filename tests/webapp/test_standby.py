"""Pages that only read are read by a standby: a real one, that falls behind, stands still, dies and is promoted."""

import logging
import os
import re
import shutil
import signal
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from flask import Flask
from sqlalchemy import event

from komek.testing.surfer import Surfer
from services import directory, registry, standby
from services.db import WritesWhileReading, db
from services.lines import KeptLine
from services.postgres import Server, plain
from tests.conftest import config_for
from tests.people.office import OFFICE, Office
from tests.standby import Standby
from webapp import create_app
from webapp.boards import views

pytestmark = pytest.mark.processes

BOARD, TABLE = "/boards/region", "/boards/region?as=csv&table=offices"
FAR = 100_000  #: seconds that no test takes


@pytest.fixture(scope="module")
def copy(server: Server, database_url: str) -> Iterator[Standby]:
    """One that runs."""
    home = Path(tempfile.mkdtemp(prefix="komek-standby-"))
    home.chmod(0o755)
    made = Standby(home, server)
    made.start()
    # without durability a commit goes out when the writer of the log next wakes, which would be later than a page looks
    set_of(server, "SET wal_writer_delay = '5ms'")
    yield made
    set_of(server, "RESET wal_writer_delay")
    made.stop()
    shutil.rmtree(home, ignore_errors=True)


def set_of(server: Server, said: str) -> None:
    with psycopg.connect(plain(server.address), autocommit=True) as line:
        line.execute(f"ALTER SYSTEM {said}")  # type: ignore[arg-type]
        line.execute("SELECT pg_reload_conf()")


@pytest.fixture
def reading(house: Flask, done_anew: None, copy: Standby, database_url: str) -> Iterator[Flask]:
    """The region at work, with that standby; its pages are counted by who read them."""
    address = copy.address_of("komek")
    app = create_app(replace(config_for(database_url), read_database_url=address, read_lag_s=FAR))
    if not copy.alive:
        copy.start()
    copy.ask("SELECT pg_wal_replay_resume()")
    copy.catch_up()
    standby.left.forget()
    with app.app_context():
        yield app
        db.session.remove()
        db.engines[standby.ENGINE].dispose()
        db.engine.dispose()
    standby.left.forget()


@pytest.fixture
def asked(reading: Flask) -> Iterator[Counter[str]]:
    """How many statements either was asked that read cases."""
    counts = Counter[str]()
    with reading.app_context():
        engines = {"primary": db.engine, "standby": db.engines[standby.ENGINE]}

    def count(name: str) -> Callable[..., None]:
        def note(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
            counts[name] += "FROM task" in statement or 'FROM "case"' in statement

        return note

    listening = [(engine, count(name)) for name, engine in engines.items()]
    for engine, note in listening:
        event.listen(engine, "before_cursor_execute", note)
    yield counts
    for engine, note in listening:
        event.remove(engine, "before_cursor_execute", note)


def controller(app: Flask) -> Surfer:
    role = registry.current().role_that("controls")
    login = next(each.login for each in directory.everybody() if role in each.roles())
    return Surfer(app).sign_in(login)


def read_by(asked: Counter[str], page: Callable[[], Any]) -> str:
    """Who was asked for a page, which must be there."""
    asked.clear()
    assert page().status_code == 200
    return "+".join(sorted(name for name, count in asked.items() if count))


def test_boards_and_their_files_are_read_by_the_standby_and_everything_else_by_the_primary(
    reading: Flask, asked: Counter[str]
) -> None:
    watching = controller(reading)
    assert read_by(asked, lambda: watching.get(BOARD)) == "standby"
    assert read_by(asked, lambda: watching.get(f"{BOARD}?as=xlsx")) == "standby"
    assert read_by(asked, lambda: Surfer(reading).sign_in(f"clerk.{OFFICE.lower()}").get("/inbox")) == "primary"


def test_whoever_may_not_look_is_refused_by_the_primary_s_rights(reading: Flask) -> None:
    assert Surfer(reading).sign_in(f"clerk.{OFFICE.lower()}").get(BOARD).status_code == 403


def test_who_just_wrote_reads_the_primary_until_the_standby_has_it_and_others_are_told_of_which_moment_a_page_is(
    reading: Flask, copy: Standby, asked: Counter[str]
) -> None:
    watching, office = controller(reading), Office(reading)
    other = Surfer(reading).sign_in(f"head.{OFFICE.lower()}")
    copy.catch_up()
    copy.ask("SELECT pg_wal_replay_pause()")
    try:
        office.run(until=2)
        head = office.person("head")
        assert read_by(asked, lambda: head.get("/boards/head")) == "primary", "nobody sees less than they did"
        assert read_by(asked, lambda: watching.get(BOARD)) == "standby"
        assert "жағдайы бойынша" in text_of(watching)
        assert read_by(asked, lambda: other.get(f"/boards/counted?what=late&of=head&office={OFFICE}")) == "standby"
        (heading,) = re.findall(r"<h1>.*?</h1>", text_of(other), re.DOTALL)
        assert "жағдайы бойынша" in heading and len(re.findall(r"\d\d:\d\d", heading)) == 1, "one moment"
    finally:
        copy.ask("SELECT pg_wal_replay_resume()")
    copy.catch_up()
    assert read_by(asked, lambda: head.get("/boards/head")) == "standby"
    assert "жағдайы бойынша" not in text_of(head)


def test_a_standby_further_behind_than_the_setting_says_is_not_read(
    reading: Flask, copy: Standby, asked: Counter[str]
) -> None:
    watching = controller(reading)
    copy.catch_up()
    copy.ask("SELECT pg_wal_replay_pause()")
    try:
        Office(reading).run(until=1)
        reading.config["KOMEK"] = replace(reading.config["KOMEK"], read_lag_s=0)
        assert read_by(asked, lambda: watching.get(BOARD)) == "primary"
    finally:
        copy.ask("SELECT pg_wal_replay_resume()")


def test_a_standby_that_dies_in_the_middle_of_a_page_costs_nobody_a_page(
    reading: Flask, copy: Standby, asked: Counter[str], caplog: pytest.LogCaptureFixture
) -> None:
    watching = controller(reading)
    whole = watching.get(TABLE).data
    with reading.app_context():
        engine = db.engines[standby.ENGINE]

    def die(connection: Any, cursor: Any, statement: str, *more: Any) -> None:
        if "FROM task" in statement and copy.process is not None:
            copy.process.send_signal(signal.SIGKILL)
            copy.process.wait(60)
            copy.stop()

    event.listen(engine, "before_cursor_execute", die)
    with caplog.at_level(logging.WARNING, "services.standby"):
        assert read_by(asked, lambda: watching.get(TABLE)) == "primary+standby"
        assert watching.page is not None and watching.page.data == whole
        assert read_by(asked, lambda: watching.get(BOARD)) == "primary", "it is left alone for a while"
    event.remove(engine, "before_cursor_execute", die)
    assert [each.message for each in caplog.records] == [
        "the standby does not answer: its pages are read by the primary"
    ]

    copy.start()
    copy.catch_up()
    standby.left.over()
    with caplog.at_level(logging.WARNING, "services.standby"):
        assert read_by(asked, lambda: watching.get(BOARD)) == "standby"
    assert caplog.records[-1].message == "the standby is read again"


def test_a_standby_that_stands_still_is_not_waited_for(
    reading: Flask, copy: Standby, asked: Counter[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    watching = controller(reading)
    still: list[int] = []
    ask = KeptLine.cursor

    def stop(line: KeptLine, *args: Any, **kwargs: Any) -> Any:
        if not line.tells_time and not still:
            still.append(line.info.backend_pid)
            os.kill(still[0], signal.SIGSTOP)
        return ask(line, *args, **kwargs)

    monkeypatch.setattr(KeptLine, "cursor", stop)
    try:
        assert read_by(asked, lambda: watching.get(BOARD)) == "primary"
    finally:
        for pid in still:
            os.kill(pid, signal.SIGCONT)
    assert still


def test_a_view_that_would_write_while_a_standby_is_read_is_a_fault_that_is_told(reading: Flask) -> None:
    with reading.test_request_context(), pytest.raises(WritesWhileReading):
        standby.read(lambda as_of: directory.lengthen_session("anybody's"))


def test_one_that_was_promoted_is_no_standby_any_more(reading: Flask, copy: Standby, asked: Counter[str]) -> None:
    watching = controller(reading)
    try:
        copy.ask("SELECT pg_promote()")
        assert read_by(asked, lambda: watching.get(BOARD)) == "primary"
    finally:
        copy.stop()
        shutil.rmtree(copy.data)


def test_without_a_standby_nothing_is_remembered_of_what_somebody_wrote(house: Flask) -> None:
    assert standby.ENGINE not in db.engines
    assert hasattr(views.head, "__wrapped__")


def text_of(surfer: Surfer) -> str:
    assert surfer.page is not None
    return surfer.page.text
