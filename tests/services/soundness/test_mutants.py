"""Every way in which a region is broken tells itself before anything stands on it, by file, line and what to do."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from flask_babel import gettext

from services import loading, soundness
from services.config import ROOT
from services.plugin import Plugin
from services.registry import Registry
from services.soundness.columns import TOLD_EVENTS
from services.soundness.drawn import drawn_faults, undrawn_faults
from services.soundness.fault import RegionFault
from services.soundness.files import file_faults
from services.soundness.papers import paper_faults
from services.soundness.reading import read_package
from services.soundness.service import code_of
from services.soundness.worked import case_faults
from tests import the_region
from tests.services.soundness.mutants import MUTANTS as BROKEN
from tests.services.soundness.mutants import REGION, Mutant, brought_about, copied, put, registry_of
from tests.services.soundness.nonsense import NONSENSE
from webapp.cli.spoken import speaking

MUTANTS = (*BROKEN, *NONSENSE)

#: the kinds that a region's author is promised: fewer would be a step back
FEWEST = 161


def found_by(mutant: Mutant, rules: Registry) -> Sequence[RegionFault]:
    """What that part of the check says: the others would say nothing of it, and take their time."""
    if mutant.where == "tables":
        return soundness.table_faults(rules)
    if mutant.where == "files":
        return list(file_faults(rules))
    if mutant.where == "papers":
        return list(paper_faults(rules, frozenset(mutant.forms)))
    if mutant.where == "cases":
        return list(case_faults(rules))
    if mutant.where == "code":
        return code_of(loading.load_folder(rules.folders[0], ("assessment",), ROOT))
    return [*undrawn_faults(rules, read_package(rules)), *drawn_faults(rules, only_own=True)]


@pytest.mark.parametrize("mutant", MUTANTS, ids=[each.kind for each in MUTANTS])
def test_a_broken_region_says_where_and_what_and_what_to_do(tmp_path: Path, mutant: Mutant) -> None:
    found = found_by(mutant, brought_about(mutant, tmp_path))
    told = [each for each in found if str(each).startswith(mutant.told) and each.severity == mutant.severity]
    assert told, [f"{each.severity} {each}" for each in found]
    assert told[0].what_to_do().endswith(".")


def test_every_kind_is_there_once_and_no_sound_region_is_refused(tmp_path: Path) -> None:
    kinds = {each.kind for each in MUTANTS}
    assert len(kinds) == len(MUTANTS) >= FEWEST
    rules = registry_of(copied(tmp_path))
    for where in ("tables", "files", "code", "cases"):
        found = found_by(Mutant("", where, "", bytes, ""), rules)  # type: ignore[arg-type]
        assert found == [], [str(each) for each in found]


def test_every_line_of_which_applicants_can_be_told_is_one_that_histories_have() -> None:
    written = "".join(file.read_text(encoding="utf-8") for file in (ROOT / "services/cases").rglob("*.py"))
    assert [each for each in TOLD_EVENTS if f'"{each}"' not in written] == []


def test_all_tables_that_cannot_be_read_are_told_together_and_refuse_a_start(tmp_path: Path) -> None:
    home = copied(tmp_path)
    (home / "hours.csv").write_bytes((home / "hours.csv").read_text(encoding="utf-8").encode("utf-16"))
    (home / "roles.csv").unlink()
    with pytest.raises(soundness.BadRegion, match=r"cannot be used:\nroles\.csv.*\nhours\.csv: The file is not in"):
        soundness.check_start(registry_of(home))


def test_a_table_laid_over_the_regions_need_not_say_which_part_a_step_plays(tmp_path: Path) -> None:
    (tmp_path / "steps.csv").write_text(
        "route*,key*,code,clause,table_ref,rule,role,title_kk,title_ru,title_en,ends_outer,mark\n"
        "direct,visit,D3,N421/11a/direct/4,,R-WD(8),executor,Үйге бару,Посетить жилище,Visit the dwelling,no,act\n",
        encoding="utf-8",
    )  # fmt: skip
    both = [Plugin(REGION, "The region.", region=the_region.REGION), Plugin(tmp_path, "A visit.")]
    assert soundness.table_faults(Registry(both, ROOT)) == []


@pytest.mark.parametrize(
    ("language", "said", "to_do"),
    [
        ("kk", "hours.csv, 2-жол: weekday бағанында «8» тұр, ал болатыны: 1, 2, 3, 4, 5, 6, 7.", "Осылардың"),
        ("ru", "hours.csv, строка 2: в столбце weekday стоит «8», а может стоять: 1, 2, 3, 4, 5, 6, 7.", "Напишите"),
        ("en", "hours.csv, line 2: weekday is «8», and none of: 1, 2, 3, 4, 5, 6, 7.", "Write one of these"),
    ],
)
def test_it_is_said_in_the_reader_s_language(tmp_path: Path, language: str, said: str, to_do: str) -> None:
    mutant = Mutant("", "tables", "hours.csv", put("body,1,09:00", "body,8,09:00"), "")
    found = soundness.table_faults(brought_about(mutant, tmp_path))
    with speaking(language):
        assert soundness.RegionFaults(found).said(gettext) == said
        assert found[0].what_to_do(gettext).startswith(to_do)
