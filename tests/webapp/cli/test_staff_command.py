"""`komek staff add` as the administrators' guide writes it, on the database that Komek brings along."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from komek.testing.surfer import Surfer
from services import directory
from services.config import PLUGINS, ROOT, Config
from services.postgres import Server
from webapp.cli import komek

GUIDE = (ROOT / "docs/administrators.md").read_text(encoding="utf-8")
FIRST = re.search(r'komek staff add (\S+) "([^"]+)" (\S+) (\S+)  +# the first administrator', GUIDE)
COMMAND = re.compile(r"(?:^|[`/ ])komek ((?:--demo )?[a-z0-9][a-z0-9-]*(?: [a-z0-9]+)?)")
PASSWORD = "тау-бұлақ-4-көпір"


def run(*words: str, env: Mapping[str, str], typed: str = "") -> Result:
    told: dict[str, str | None] = {"DATABASE_URL": None, "KOMEK_DATABASE_URL": None, **env}
    return CliRunner().invoke(komek, words, input=typed, env=told)


def first_administrator() -> tuple[str, ...]:
    assert FIRST, "the guide shows how the first administrator is made"
    return ("staff", "add", *FIRST.groups())


def test_the_first_administrator_is_made_as_the_guide_says_while_komek_runs(house: Flask, server: Server) -> None:
    assert run("db", "upgrade", env={"KOMEK_VAR": str(server.home)}).exit_code == 0, "as `komek serve` does first"
    made = run(*first_administrator(), env={"KOMEK_VAR": str(server.home)}, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert made.exit_code == 0, made.output
    login = first_administrator()[2]
    assert Surfer(house).sign_in(login, PASSWORD).get("/staff/").status_code == 200
    again = run(*first_administrator(), env={"KOMEK_VAR": str(server.home)}, typed=f"{PASSWORD}\n{PASSWORD}\n")
    assert (again.exit_code, again.output.splitlines()[-1].startswith("Error: ")) == (1, True)
    assert directory.id_of(login)


@pytest.fixture
def nowhere(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "var"


def test_what_is_missing_is_said_in_one_sentence(nowhere: Path) -> None:
    words = [*first_administrator(), "--password", PASSWORD]
    for env, said in (
        ({"KOMEK_VAR": str(nowhere)}, "no database is kept in"),
        ({"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}, "the database does not answer"),
    ):
        told = run(*words, env=env)
        assert told.exit_code == 1 and said in told.output and "Traceback" not in told.output
        assert len(told.output.strip().splitlines()) <= 2
    assert not nowhere.exists(), "nothing was made in passing"


def test_tables_that_are_not_there_yet_are_told_with_what_to_do(server: Server, database_url: str) -> None:
    server.create_database("no_tables")
    told = run(*first_administrator(), "--password", PASSWORD, env={"DATABASE_URL": server.address_of("no_tables")})
    assert told.exit_code == 1 and "komek db upgrade" in told.output


def test_the_guide_lists_every_setting_and_every_plugin_with_its_default() -> None:
    table = GUIDE[GUIDE.index("## Settings") : GUIDE.index("Yes and no are")]
    names = set(re.findall(r"`KOMEK_([A-Z_]+)`", "".join(re.findall(r"^\|([^|]+)\|", table, re.M))))
    fields = {name.upper() for name in Config.__dataclass_fields__ if name != "testing"}
    assert names == fields
    listed = re.search(r"`KOMEK_PLUGINS` \| empty \|.*`(registration, [^`]+)`", table)
    assert listed and tuple(listed[1].split(", ")) == PLUGINS
    there = {each.parent.name for each in ROOT.glob("plugins/*/__init__.py")}
    others = {each.parent.name for each in ROOT.glob("plugins/*/region.toml")} - set(PLUGINS)  # one region a database
    assert there - others == set(PLUGINS)


def test_every_command_in_the_guides_is_one() -> None:
    for guide in ROOT.glob("docs/*.md"):
        for words in re.findall(
            r"(?:^|[`/ ])komek ((?:--demo )?[a-z0-9][a-z0-9-]*(?: [a-z0-9]+)?)", guide.read_text(encoding="utf-8")
        ):
            command: click.Command | None = komek
            for name in words.removeprefix("--demo ").split():
                if isinstance(command, click.Group):
                    command = command.get_command(click.Context(command), name)
                assert command, f"{guide.name}: komek {words}"


@pytest.mark.soak
def test_it_is_made_as_well_while_komek_does_not_run(nowhere: Path) -> None:
    env = {k: v for k, v in os.environ.items() if k != "DATABASE_URL"} | {"KOMEK_VAR": str(nowhere)}
    for words in (("db", "upgrade"), ("deploy",), (*first_administrator(), "--password", PASSWORD)):
        command = [sys.executable, "-m", "webapp.cli", *words]
        done = subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
