"""Two laws side by side, and which clauses of an act something stands for: from files alone."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner

from services import editions, loading, registry, soundness
from services.config import PLUGINS, ROOT
from services.registry import Registry
from tests import the_region
from webapp.cli import komek

ALMATY = the_region.FOLDER
Region = Callable[..., Registry]


@pytest.fixture
def region(tmp_path: Path) -> Region:
    """Almaty oblast's files under another name, each change (file, what stands there, what else) made."""
    rules = loading.load(PLUGINS, ROOT)

    def made(name: str, *changes: tuple[str, str, str]) -> Registry:
        folder = shutil.copytree(ALMATY, tmp_path / name)
        shutil.copy(ROOT / "bpmn/direct.bpmn", folder / "bpmn/direct.bpmn")
        for place, old, new in changes:
            text = (folder / place).read_text(encoding="utf-8")
            assert old in text, (place, old)
            (folder / place).write_text(text.replace(old, new), encoding="utf-8")
        return rules.of_region(folder)

    return made


def test_something_stands_for_every_clause_of_the_act_that_asks_for_something() -> None:
    found = soundness.coverage(loading.load(PLUGINS, ROOT))
    assert [each.clause.key for each in found.missing] == [] and list(found.unknown) == []
    stands = {each.clause.key: each for each in found.clauses}
    assert {row.key for row in stands["N421/11a/psc/4"].rows} == {"psc receive", "psc pass"}
    assert {each.id for each in stands["N421/11a/psc/4"].elements} == {"Task_Receive", "Task_Pass"}
    assert stands["N421/app5"].papers == ["documents/receipt.typ"]
    assert stands["N421/14"].through and not stands["N421/1/5"].stands
    assert "documents/badge.typ" in found.papers_without
    assert "Task_Consider" in {each.id for each in found.elements_without}


def test_a_clause_for_which_nothing_stands_and_one_that_is_not_in_the_act_are_told(region: Region) -> None:
    found = soundness.coverage(
        region("other", ("steps.csv", "N421/11a/psc/9", ""), ("roles.csv", "N421/1/8", "N421/1/88"))
    )
    assert [each.clause.key for each in found.missing] == ["N421/1/8", "N421/11a/psc/9"]
    assert list(found.unknown) == [("roles.csv psc_accum", "N421/1/88")]
    assert "psc arrive" in {row.key for row in found.rows_without}


def test_two_regions_are_told_row_by_row_and_what_is_drawn_and_printed_in_sentences(region: Region) -> None:
    one = region("one")
    other = region(
        "other",
        ("steps.csv", "R-WD(8)", "R-WD(5)"),
        ("steps.csv", "N421/", "N388/"),
        ("grounds.csv", ",N421/10,", ",,"),
        ("grounds.csv", "Представлен неполный пакет", "Представлены не все"),
        ("bpmn/direct.bpmn", 'name="Хабарламаны жеткізу"', 'name="Хабарламаны табыстау"'),
        ("bpmn/entitlement.dmn", "name=", "  name="),
        ("documents/talon.typ", "#letterhead", "#letterhead\nБасқа сөз"),
    )
    found = editions.beside(one, other)
    steps = [row for row in found.rows if row.table == "steps"]
    assert {row.key for row in steps} == {"direct review", "direct draft"}, "another number of a clause is no other law"
    assert (steps[0].was_clause, steps[0].clause) == ("N421/11a/direct/4", "N388/11a/direct/4")
    assert [row.key for row in found.without_clause] == ["incomplete_documents"]
    files = {each.place: each for each in found.files}
    assert set(files) == {"bpmn/direct.bpmn", "bpmn/entitlement.dmn", "documents/talon.typ"}
    [renamed] = files["bpmn/direct.bpmn"].drawn
    assert renamed.text == "«%(before)s» is now called «%(name)s»."
    assert files["bpmn/entitlement.dmn"].laid_out and not files["bpmn/direct.bpmn"].laid_out
    assert [(list(each.before), list(each.after)) for each in files["documents/talon.typ"].printed] == [
        ([], ["Басқа сөз"])
    ]
    assert not editions.beside(one, one)


def test_a_diagram_that_takes_the_place_of_a_common_one_is_told_beside_that_one(region: Region) -> None:
    common = loading.load(PLUGINS, ROOT)
    assert [each.place for each in editions.beside(common, region("same")).files] == []
    renamed = region("renamed", ("bpmn/direct.bpmn", 'name="Хабарламаны жеткізу"', 'name="Хабарламаны табыстау"'))
    [file] = editions.beside(common, renamed).files
    assert (file.place, file.kind, len(file.drawn)) == ("bpmn/direct.bpmn", "changed", 1)


def test_the_command_tells_both_from_folders_with_no_database(region: Region, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "_shipped", None)
    monkeypatch.setattr(registry, "_law", None)
    other = region("other", ("steps.csv", "R-WD(8)", "R-WD(5)"), ("steps.csv", "N421/11a/psc/9", "")).folders[0]
    said = CliRunner().invoke(komek, ["law", "diff", the_region.REGION, str(other), "--language", "ru"])
    assert said.exit_code == 0, said.output
    told = said.output.replace("\xa0", " ")
    assert "8 рабочих дней -> 5 рабочих дней" in told and "п. 11, подп. 4)" in told
    covered = CliRunner().invoke(komek, ["law", "coverage", str(other), "--language", "kk"])
    assert covered.exit_code == 1 and "11-тармақ, 9)-тармақша" in covered.output.replace("\xa0", " ")
    assert CliRunner().invoke(komek, ["law", "coverage"]).exit_code == 0
    broken = region("broken", ("hours.csv", "body,1,09:00", "body,8,09:00")).folders[0]
    for wrong in (str(broken), "N999", "../../etc"):
        refused = CliRunner().invoke(komek, ["law", "diff", "N421", wrong])
        assert refused.exit_code == 1 and refused.output.startswith("Error: "), refused.output
