"""A database is one region's: the law of another never enters it unnoticed, and nobody's is in force unasked."""

import shutil
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from services import directory, registry
from services.config import PLUGINS, ROOT, Config, NoRegionNamed
from services.db import db
from services.plugin import Plugin
from services.registry import Registry
from tests import the_region
from webapp import create_app
from webapp.serve.start import need_tables


@pytest.fixture
def another(house: Flask, tmp_path: Path) -> Iterator[Registry]:
    """Komek started over the same database with another region's plugins."""
    before = registry.current()
    shutil.copytree(the_region.FOLDER, tmp_path / "elsewhere")
    table = tmp_path / "elsewhere/offices.csv"
    table.write_text(
        table.read_text(encoding="utf-8").replace("\nAKSU,", "\nELSEWHERE,", 1).replace(",AKSU,", ",ELSEWHERE,"),
        encoding="utf-8",
    )
    region = Plugin(tmp_path / "elsewhere", "Another region.", region="elsewhere")
    rules = Registry([region, *(each for each in before.plugins if not each.region)], ROOT)
    registry.use(rules)
    yield rules
    registry.use(before)


def test_a_database_is_the_region_s_that_was_deployed_first(house: Flask) -> None:
    assert directory.kept_region() == registry.current().region
    directory.check_region(registry.current())


def test_another_region_is_neither_deployed_nor_started_nor_ready(another: Registry, house: Flask) -> None:
    said = rf"is of the region {the_region.REGION}, .* are of elsewhere"
    with pytest.raises(directory.OtherRegion, match=said):
        directory.import_offices(another)
    assert "ELSEWHERE" not in {each.key for each in directory.offices()}
    with pytest.raises(SystemExit, match=said):
        need_tables(house)
    answer = house.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json()["region"] == {"kept": the_region.REGION, "named": "elsewhere"}


def test_nothing_starts_over_tables_that_are_broken(another: Registry, house: Flask) -> None:
    (another.plugins[0].folder / "steps.csv").unlink()
    with pytest.raises(SystemExit, match=r"package cannot be used:\nsteps\.csv: steps\.csv is missing\."):
        need_tables(house)


@pytest.mark.parametrize("emptied", [(), ("calendar_version",)])
def test_a_database_of_before_is_the_region_s_that_its_cases_or_its_calendar_are_of(
    house: Flask, emptied: tuple[str, ...]
) -> None:
    for table in ("installation", *emptied):
        db.session.execute(text(f"DELETE FROM {table}"))
    db.session.execute(text(import_module("services.migrations.versions.0036_region").KEPT))
    assert directory.kept_region() == ("" if emptied else the_region.REGION)
    db.session.rollback()


def test_outside_of_the_demo_nothing_starts_before_a_region_is_named() -> None:
    with pytest.raises(NoRegionNamed, match="KOMEK_PLUGINS is not set"):
        create_app(Config())
    assert Config(demo=True).switched_on == PLUGINS
    assert Config.from_env({"KOMEK_PLUGINS": "a,b"}).switched_on == ("a", "b")
