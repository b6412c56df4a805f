"""Offices, as the region's table tells them."""

from dataclasses import replace

import pytest
from sqlalchemy import text

from services import directory, journal, registry
from services.config import ROOT
from services.db import db, transaction
from services.registry import Registry
from services.tables import BadTable
from tests import the_region


@pytest.fixture
def other(tmp_path, rules: Registry):
    """A registry whose office table is the given text."""

    def other(table: str) -> Registry:
        (tmp_path / "offices.csv").write_text(table, encoding="utf-8")
        region = next(plugin for plugin in rules.plugins if plugin.region)
        return Registry([replace(region, folder=tmp_path)], ROOT)

    return other


def test_every_office_of_the_act_is_there(rules: Registry):
    assert len(directory.offices("body")) == 19
    assert len(directory.offices("psc")) == 33
    office = directory.office("TALDYKORGAN")
    assert (office.number, office.kind, office.parent, office.place_kind) == ("19", "body", "OBLAST", "city")
    assert (office.phone, office.settings["register"]) == ("+77282210491", "own")
    assert directory.office("PSC_NURA").parent == "TALGAR"


def test_offices_come_in_the_order_of_the_kazakh_alphabet():
    names = [office.short_kk for office in directory.offices("body")]
    assert names[:3] == ["Ақсу ауданы", "Алакөл ауданы", "Балқаш ауданы"]
    assert names[-2:] == ["Ұйғыр ауданы", "Іле ауданы"]


def test_importing_again_changes_nothing(rules: Registry):
    lines = len(journal.read("offices"))
    assert directory.import_offices(rules) == []
    assert len(journal.read("offices")) == lines == 1


def test_what_the_table_tells_differently_is_brought_in(rules: Registry):
    with transaction():
        db.session.execute(text("UPDATE office SET phone = '', settings = '{\"mine\": \"kept\"}' WHERE key = 'TEKELI'"))
    assert directory.import_offices(rules) == ["TEKELI"]
    db.session.expire_all()
    office = directory.office("TEKELI")
    assert office.phone == "+77283542395"
    assert office.settings["mine"] == "kept" and office.settings["register"] == "own"
    assert journal.read("offices")[0].details == {"region": the_region.REGION, "offices": ["TEKELI"]}


def test_an_office_that_left_the_table_stays(other):
    table = "key*,kind,name_kk,parent\nNEW,body,Жаңа бөлім,\n"
    assert directory.import_offices(other(table)) == ["NEW"]
    assert len(directory.offices("body")) == 20
    assert directory.office("TALGAR").number == "16"


@pytest.mark.parametrize(
    ("table", "why"),
    [("key*,kind,name_kk\nNEW,,Жаңа\n", "NEW has no kind"), ("key*,kind,name_kk\n,body,Жаңа\n", "has no key"),
     ("key*,kind,name_kk,parent\nNEW,body,Жаңа,NOWHERE\n", "NOWHERE")],
)  # fmt: skip
def test_a_table_with_holes_is_refused_and_nothing_changes(other, table: str, why: str):
    with pytest.raises(BadTable, match=why):
        directory.import_offices(other(table))
    assert len(directory.offices()) == 53


@pytest.mark.parametrize("key", ["", "talgar", "NOWHERE", "x" * 10_000])
def test_an_unknown_office_is_named(key: str):
    with pytest.raises(directory.NoSuchOffice):
        directory.office(key)


def test_the_region_in_use_is_the_one_that_was_imported(rules: Registry):
    assert {office.key for office in directory.offices()} == {row["key"] for row in registry.current().table("offices")}
