"""`komek backup` and `komek restore`: a region at work comes back whole, in words of three languages."""

import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask
from sqlalchemy import text

from services import backups
from services.backups.receiving import Receiver
from services.db import db
from services.postgres import MAJOR, Recovery, Server
from tests.conftest import compile_catalogues
from tests.people.office import Office
from webapp.cli import komek

pytestmark = pytest.mark.processes


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder on a short path that everybody may pass."""
    made = Path(tempfile.mkdtemp(prefix="komek-backup-"))
    made.chmod(0o755)
    yield made
    shutil.rmtree(made)


def run(place: Path, server: Server, *arguments: str, **env: str) -> Result:
    compile_catalogues()
    told = {"KOMEK_DATABASE_URL": server.address, "KOMEK_BACKUPS": str(place / "backups"), "LC_ALL": "en_GB.UTF-8"}
    return CliRunner().invoke(komek, [*arguments], env={**told, **env})


def test_a_region_at_work_is_copied_rehearsed_and_brought_back_as_it_was_between_two_clicks(
    house: Flask, done_anew: None, server: Server, place: Path
) -> None:
    body = Office(house)
    source, kept = backups.LivingServer(server.address), backups.Repository(place / "backups")
    receiver = Receiver(source, kept)
    receiver.start()
    try:
        first = body.run(until=2)
        done = run(place, server, "backup")
        assert done.exit_code == 0, done.output
        assert re.search(r"backup \S+: whole at \S+, \d+ MB in \d+ s, PostgreSQL \d+, tables 00", done.output)
        moment = source.now()
        second = body.run(until=2)
        with source.asked() as connection:
            connection.execute("SELECT pg_switch_wal()")
        killed = Recovery(place / "backups" / "rehearsal", MAJOR, Path("/usr/bin"))  # as a rehearsal that was killed
        killed.prepare()
        (killed.data / "base").mkdir(parents=True)
        with backups.rehearsing(kept):
            assert "Another process works in" in run(place, server, "backup", "rehearse").output, "one at a time"
        killed.prepare()
        rehearsed = run(place, server, "backup", "rehearse")
        assert rehearsed.exit_code == 0, rehearsed.output
        assert "rows of every table were held against those counted" in rehearsed.output
        assert kept.rehearsed()["ok"] and not (place / "backups" / "rehearsal").exists()
        assert not killed.places.place.exists(), "also what lay elsewhere"
        seals = place / "seals.jsonl"
        sealed = run(place, server, "journal", "seal")
        seals.write_text(sealed.output)
    finally:
        receiver.stop()
        source.drop_slot()
    back = run(place, server, "restore", "--to", moment.isoformat(), "--into", str(place / "back"))
    assert back.exit_code == 0, back.output
    assert "whole" in back.output and f"KOMEK_VAR={place / 'back'} komek serve" in back.output
    assert [row.id for row in db.session.execute(text('SELECT id FROM "case" ORDER BY id'))][-2:] == [first, second]
    opened = Server(place / "back").start()
    try:
        with backups.LivingServer(opened.address).asked() as connection:
            assert connection.execute('SELECT max(id) FROM "case"').fetchone() == (first,)
    finally:
        opened.stop()

    cut = run(place, server, "restore", "--to", moment.isoformat(), "--into", str(place / "b"), "--seals", str(seals))
    assert cut.exit_code == 1 and "faults: " in cut.output  # seals of later days know of more


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "is no moment"), ("ru", "не момент времени"), ("kk", "мезет емес")],
)
def test_what_hinders_is_said_in_the_readers_language(server: Server, place: Path, language: str, said: str) -> None:
    done = run(place, server, "restore", "--to", "soon", "--into", str(place / "new"), "--language", language)
    assert done.exit_code == 1 and said in done.output and not (place / "new").exists()
    nowhere = run(place, server, "backup", KOMEK_BACKUPS="", LC_ALL=f"{language}_KZ.UTF-8")
    assert nowhere.exit_code == 1 and "KOMEK_BACKUPS" in nowhere.output
    none = run(place, server, "backup", "list", "--json", "--language", language)
    assert none.exit_code == 1 and not none.stdout.startswith("{")
