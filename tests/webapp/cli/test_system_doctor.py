"""`komek doctor --system`, and the same list for administrators on a page."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from komek.testing.surfer import Surfer
from services.postgres import Server
from tests.conftest import compile_catalogues
from webapp.cli import komek


def run(url: str, *arguments: str, **env: str) -> Result:
    compile_catalogues()
    told = {"KOMEK_DATABASE_URL": url, "LC_ALL": "en_GB.UTF-8", **env}
    return CliRunner().invoke(komek, ["doctor", "--system", *arguments], env=told)


def test_an_installation_is_told_what_is_wrong_with_it_with_an_exit_code_and_for_programs(
    house: Flask, server: Server, tmp_path: Path
) -> None:
    done = run(server.address, "--json", KOMEK_BACKUPS=str(tmp_path))
    found = {each["rule"]: each for each in map(json.loads, done.stdout.splitlines())}
    assert done.exit_code == 1
    assert {"worker", "backups", "role"} <= found.keys()  # nobody works here, and the tests' server has one role
    assert found["worker"]["severity"] == "error" and "komek worker" in found["worker"]["to_do"]
    assert not {"tables", "clock", "time-zone", "postgres"} & found.keys()


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "No worker gives a sign"), ("ru", "Ни один исполнитель"), ("kk", "орындаушы процесс белгі бермейді")],
)
def test_it_speaks_three_languages_and_says_when_the_database_is_away(
    house: Flask, server: Server, language: str, said: str
) -> None:
    assert said in run(server.address, "--language", language).output
    nowhere = run("postgresql+psycopg://postgres@127.0.0.1:1/komek", "--language", language, "--json")
    assert nowhere.exit_code == 1 and [json.loads(nowhere.stdout)["rule"]] == ["database-away"]


def test_an_administrator_reads_the_same_on_a_page_and_nobody_else_does(house: Flask) -> None:
    page = Surfer(house).sign_in("admin").get("/admin/system")
    assert page.status_code == 200 and "komek worker" in page.text
    assert Surfer(house).sign_in("clerk.taldykorgan").get("/admin/system").status_code == 403
