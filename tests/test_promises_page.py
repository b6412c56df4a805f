"""The sheet of promises names tests that there are, and the page in docs says every promise."""

from pathlib import Path

import pytest

from services.config import ROOT
from tests import promises

REPORT = """<testsuites><testsuite>
<testcase classname="tests.services.documents.test_numbers" name="test_a" time="1.5"/>
<testcase classname="tests.services.journal.test_journal_proof" name="test_b[x]" time="1"><failure/></testcase>
<testcase classname="tests.services.test_roles" name="test_c" time="1.2"><properties><property name="kills" value="7"/>
</properties></testcase></testsuite></testsuites>"""


def test_every_promise_names_tests_that_there_are() -> None:
    for each in promises.PROMISES:
        assert each.tests, each.says
        for test in each.tests:
            file, _, name = test.partition("::")
            assert (ROOT / file).exists() and (not name or f"def {name}" in (ROOT / file).read_text(encoding="utf-8"))


def test_the_page_says_every_promise_and_every_attack() -> None:
    page = promises.SHEET.read_text(encoding="utf-8")
    assert [each.says for each in promises.PROMISES if each.says not in page or each.attack not in page] == []


def test_a_report_becomes_a_sheet_that_says_what_was_kept_broken_and_not_tried(tmp_path: Path) -> None:
    report, page = tmp_path / "report.xml", tmp_path / "page.md"
    report.write_text(REPORT, encoding="utf-8")
    page.write_text(f"# Page\n{promises.BEGIN}\nof yesterday\n{promises.END}\nand more\n", encoding="utf-8")
    record: promises.Record = {}
    assert not promises.take_in(record, promises.SHORT, report, "abc1234")
    promises.write(page, promises.sheet(record))
    written = page.read_text(encoding="utf-8")
    assert "of yesterday" not in written and written.startswith("# Page") and written.endswith("and more\n")
    rows = {line.split(" | ")[0].strip("| "): line for line in written.splitlines() if line.startswith("| ")}
    by_test = {test: rows[each.says] for each in promises.PROMISES for test in each.tests}
    history = by_test["tests/services/test_roles.py"]
    assert "**kept**; short: 1 of 1 passed, 1 s (" in history and "at abc1234); kills 7" in history
    assert "**BROKEN**" in by_test["tests/services/journal"] and "test_b[x]" in by_test["tests/services/journal"]
    assert "**not tried**" in by_test["tests/webapp/serve/test_logs.py"], "nothing of it"
    assert "**tried in part**" in by_test["tests/services/documents/test_numbers.py"], "not all of it"


def test_of_what_is_counted_the_sheet_says_the_sum_and_of_what_is_measured_the_worst() -> None:
    both = promises._with({"kills": 2, "latest timer (s)": 4.5}, {"kills": 3, "latest timer (s)": 0.2, "asked": 1})
    assert both == {"kills": 5, "latest timer (s)": 4.5, "asked": 1}


def test_what_is_kept_of_runs_is_of_tests_that_a_promise_names_and_the_page_says_it() -> None:
    record = promises.kept()
    assert set(record) <= set(promises.tests())
    assert promises.sheet(record) in promises.SHEET.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("test", "named"), [("tests/a/test_b.py::test_c", True), ("tests/a2/test_b.py::test_c", False)]
)
def test_a_test_belongs_to_its_folder_and_to_no_other_of_a_like_name(test: str, named: bool) -> None:
    assert promises.belongs(test, "tests/a") is named
