"""What the papers of each region, and of each edition of its act, call the office that took an application in."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO

import pytest
from pypdf import PdfReader

from services import documents, law, loading
from services.config import PLUGINS, ROOT
from services.registry import Registry

AT = datetime(2016, 9, 1, tzinfo=UTC)
SAMPLE = json.loads((ROOT / "plugins/registration/documents/samples/receipt.json").read_text(encoding="utf-8"))
#: what an act that speaks of Public Service Centres calls them
CENTRES = ("ХҚКО", "ЦОН", "инспектор")


def editions(region: str) -> Iterator[tuple[str, Registry]]:
    others = [each.name for each in loading.load(PLUGINS, ROOT).plugins if not each.region]
    package = loading.load_folder(ROOT / "plugins" / region, others, ROOT)
    for each in law.shipped_editions(package):
        yield each.key, package.under(law.laid_out(each.files))


def receipt(under: Registry, second_language: str) -> str:
    (counter, *_) = [row for row in under.table("offices") if row["kind"] == "psc"]
    content = {
        **SAMPLE["receipt"], "psc_name": counter["name_kk"], "office_name": counter["name_kk"], "return_place": "Ауыл",
        "intake_kind": "psc", "second_language": second_language,
    }  # fmt: skip
    pages = PdfReader(BytesIO(documents.print_form("doc.receipt", content, under, at=AT, mark=""))).pages
    return " ".join("".join(each.extract_text() for each in pages).split())


@pytest.mark.parametrize(
    ("region", "edition", "of_centres"),
    [
        ("almaty_oblast", "N421", True), ("almaty_2016", "S185", True), ("almaty_2016", "S319", False),
        ("north_kazakhstan", "N483", False), ("north_kazakhstan", "N182", False),
    ],
)  # fmt: skip
def test_a_receipt_speaks_of_a_centre_s_inspector_only_where_the_act_has_that_form(
    region: str, edition: str, of_centres: bool
) -> None:
    under = dict(editions(region))[edition]
    for second in ("", "ru", "kk"):
        said = receipt(under, second)
        assert any(each in said for each in CENTRES) == of_centres, said


def test_what_an_act_calls_the_counters_stands_in_its_own_edition() -> None:
    said = {key: under.facts()["kinds"]["psc"]["name_ru"] for key, under in editions("north_kazakhstan")}
    assert said == {"N483": "Центры обслуживания населения", "N182": "Отделы Государственной корпорации"}
