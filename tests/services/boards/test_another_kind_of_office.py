"""A region's third kind of office, a rural akim's, stands wherever bodies and PSCs do, under the region's own words."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select, update

from services import boards, cases, directory, registry
from services.boards.access import offices_compared
from services.boards.whose_time import holder, holders
from services.cases.models import Task
from services.cases.rehearsal import CannotPlay
from services.config import ROOT
from services.db import db
from services.documents.printing import print_form
from services.plugin import Plugin
from services.processes.in_force import in_force_now
from services.registry import Registry
from tests import the_region
from webapp.boards import called
from webapp.language.words import word

AKIM = "PSC_AKSU"
KIND = '\n[kinds.akim]\nname_kk = "Ауыл әкімдіктері"\nname_ru = "Акимы сёл"\nname_en = "Village akims"\n'


@pytest.fixture
def with_akims(house: Flask, tmp_path: Path) -> Iterator[Registry]:
    """The same region, one of whose counters is an akim's."""
    before, folder = registry.current(), tmp_path / "r"
    shutil.copytree(the_region.FOLDER, folder)
    for name, old, new in (
        ("offices.csv", f"\n{AKIM},psc,", f"\n{AKIM},akim,"),
        ("roles.csv", "\npsc_head,psc,", "\nakim_head,akim,"),
        ("hours.csv", "\npsc,", "\nakim,"),
    ):
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        other = [line.replace(old[1:], new[1:], 1) for line in text.splitlines() if line.startswith(old[1:])]
        kept = text if name != "offices.csv" else text.replace("\n" + next(iter(_lines(text, old))), "")
        (folder / name).write_text("\n".join([kept.rstrip(), *other]) + "\n", encoding="utf-8")
    (folder / "region.toml").write_text((folder / "region.toml").read_text(encoding="utf-8") + KIND, encoding="utf-8")
    others = [plugin for plugin in before.plugins if not plugin.region]
    rules = Registry([Plugin(folder, "A region with akims.", region=before.region), *others], ROOT)
    registry.use(rules)
    directory.import_offices(rules)
    yield rules
    registry.use(before)


def words_of(pdf: bytes) -> str:
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(text.replace("\u00a0", " ").split())


def _lines(text: str, begins: str) -> list[str]:
    return [line for line in text.splitlines() if line.startswith(begins.strip())]


def test_it_is_under_control_and_called_by_its_name(with_akims: Registry, house: Flask) -> None:
    assert AKIM in offices_compared() and with_akims.kinds() == ("body", "psc", "akim")
    with house.test_request_context(headers={"Accept-Language": "kk"}):
        assert word("office_kind", "akim") == called.holder("akim") == "Ауыл әкімдіктері"
    assert house.test_client().get("/sign-in").status_code == 200


def test_its_head_has_a_board_and_its_time_is_its_own(with_akims: Registry, house: Flask) -> None:
    head = directory.staff_at(AKIM, "psc_head")[0]
    directory.appoint(head.id, AKIM, "akim_head", actor="console")
    leads = directory.person(head.id)
    assert leads is not None and boards.head_board(AKIM, leads).rows == []
    clerk = directory.staff_at("TALDYKORGAN", "clerk")[0]
    case_id = cases.open_case("direct", "TALDYKORGAN", clerk, key="a")
    db.session.execute(update(Task).where(Task.case_id == case_id).values(office_key=AKIM))
    assert db.session.scalar(select(holder()).where(Task.case_id == case_id)) == "akim"
    assert holders() == ("body", "psc", "akim", "courier", "citizen")
    db.session.rollback()


def test_a_case_is_rehearsed_as_it(with_akims: Registry) -> None:
    designer = next(each for each in directory.staff_at("OBLAST", "designer"))
    case_id = cases.rehearse(in_force_now()["psc"], designer, office_key=AKIM)
    assert cases.case_page(case_id, designer).rehearsal
    with pytest.raises(CannotPlay):
        cases.rehearse(in_force_now()["psc"], designer, office_key="OBLAST")


def test_its_receipt_does_not_say_that_a_psc_s_inspector_signed(with_akims: Registry) -> None:
    content = {
        "number": "P1-2013-00001", "applicant_name": "А", "accepted_on": "2013-10-04", "accepted_by": "Б",
        "psc_name": "Ауыл әкімінің аппараты", "office_name": "Ауыл әкімінің аппараты", "body_name": "Бөлім",
        "documents": [{"title": "Өтініш", "count": 1}], "documents_count": 1, "return_place": "Ауыл",
        "return_by_on": "2013-10-16", "intake_kind": "akim",
    }  # fmt: skip
    at = datetime(2013, 10, 4, tzinfo=UTC)
    said = words_of(print_form("doc.receipt", content, with_akims, at=at, mark=""))
    assert "қабылдаған қызметкердің аты-жөні" in said and "ХҚКО" not in said and "инспектор" not in said
    assert "ХҚКО-ның инспекторының" in words_of(
        print_form("doc.receipt", {**content, "intake_kind": "psc"}, with_akims, at=at, mark="")
    )
