"""Gold: nothing in the package is unsettled, and what was tried is recorded for this very package."""

import json
from datetime import date
from pathlib import Path

import pytest

from komek.testing import Conformance
from services import loading, soundness
from services.config import PLUGINS, ROOT
from services.soundness.grade import _unsettled
from services.soundness.reading import read_package
from services.soundness.trials import PLACE, untried
from tests.plugins.stranger import run_komek

ALL = dict.fromkeys(soundness.TRIALS, soundness.PASSED)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The package of a new region, tried, with its record."""
    assert run_komek("new-region", "taza", "--into", str(tmp_path))[0] == 0
    home = tmp_path / "komek-taza/taza"
    soundness.keep_record(home, soundness.digest_of(home), ALL, date(2026, 11, 30))
    return home


def missing(folder: Path) -> list[str]:
    return [str(each) for each in untried(folder)]


def test_every_trial_is_a_test_of_the_class_and_each_such_test_a_trial() -> None:
    tests = [each for name, each in vars(Conformance).items() if name.startswith("test_")]
    assert sorted(each.komek_trial for each in tests) == sorted(soundness.TRIALS)


def test_a_package_whose_trials_all_passed_lacks_none_until_a_file_of_it_changes(folder: Path) -> None:
    assert missing(folder) == []
    (folder / "__pycache__").mkdir(exist_ok=True)
    (folder / "__pycache__/x.pyc").write_bytes(b"made")
    assert missing(folder) == []
    steps = folder / "steps.csv"
    before = steps.read_text(encoding="utf-8")
    steps.write_text(before.replace("R-WD(8)", "R-WD(9)"), encoding="utf-8")
    assert missing(folder) == [f"{PLACE}: Files of the package were changed since it was tried on 30.11.2026."]
    steps.write_text(before, encoding="utf-8")
    assert missing(folder) == []


def test_a_trial_that_was_skipped_or_failed_is_said_by_its_name_and_the_others_stand(folder: Path) -> None:
    digest = soundness.digest_of(folder)
    soundness.keep_record(folder, digest, {"readers": "skipped", "killed": "failed"}, date(2026, 11, 30))
    said = "This was not tried, or did not pass:"
    assert missing(folder) == [
        f"{PLACE}: {said} killed in the middle, nothing is lost or done twice.",
        f"{PLACE}: {said} every form of its steps can be used without seeing it.",
    ]
    soundness.keep_record(folder, "of other files", {"ways": "passed"}, date(2026, 12, 1))
    assert soundness.read_record(folder).trials == {"ways": "passed"}  # type: ignore[union-attr]


def test_a_record_that_somebody_wrote_by_hand_and_one_of_another_komek_do_not_count(folder: Path) -> None:
    record = folder / PLACE
    whole = json.loads(record.read_text())
    record.write_text(json.dumps({**whole, "on": "2027-01-01"}))
    assert missing(folder) == [f"{PLACE}: The record of what was tried is not as it was written."]
    for broken in ("", "[]", "{}", '{"on": 1}', json.dumps({**whole, "on": "yesterday"})):
        record.write_text(broken)
        assert missing(folder) == [f"{PLACE}: The record of what was tried is not as it was written."]
    record.unlink()
    assert missing(folder) == [f"{PLACE}: What komek.testing tries of a region was not recorded for this package."]
    old = soundness.Record(soundness.digest_of(folder), "0.0", "2026-11-30", ALL)
    record.write_text(json.dumps({**old.said(), "seal": old.seal()}))
    assert missing(folder) == [f"{PLACE}: It was tried on 30.11.2026 with Komek 0.0, and this is Komek 0.1."]


def test_a_region_of_which_all_is_confirmed_and_tried_is_gold(folder: Path) -> None:
    for table in folder.glob("*.csv"):
        text = (
            table.read_text(encoding="utf-8").replace(",default,", ",confirmed,").replace(",default\n", ",confirmed\n")
        )
        text = text.replace("direct,register,D1,,", "direct,register,D1,A/1,") if table.name == "steps.csv" else text
        table.write_text(text, encoding="utf-8")
    (folder / "clauses.csv").write_text(
        "key*,text_kk,text_ru,text_en,asks,through,mark,note\nA/1,бір,один,one,yes,,act,\n", encoding="utf-8"
    )
    rules = loading.load_folder(folder, PLUGINS, ROOT)
    assert list(_unsettled(read_package(rules))) == []
    found = soundness.table_faults(rules)
    assert (soundness.grade_of(rules, found).name, len(soundness.grade_of(rules, found).missing)) == ("silver", 1)
    soundness.keep_record(folder, soundness.digest_of(folder), ALL, date(2026, 11, 30))
    grade = soundness.grade_of(rules, found)
    assert (grade.name, grade.next, list(grade.missing)) == ("gold", "", [])
