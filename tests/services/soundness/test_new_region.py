"""`komek new-region` writes a package that passes every check at once, becomes a wheel, and is graded."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask

from komek.testing import People, RegionAtWork
from komek.testing.surfer import Surfer
from komek.testing.worked import play_worked
from services import loading, processes, soundness
from services.config import PLUGINS, ROOT
from services.postgres import Server
from services.registry import Registry
from services.soundness import worked_cases
from services.soundness.columns import INTAKE_STAFF, MORE_PARAMETERS, NUMBERS, TIMES
from services.soundness.worked import case_faults
from webapp.cli import komek
from webapp.cli.extract import plugin_folders

CLAUSES = (
    "key*,text_kk,text_ru,text_en,asks,through,mark,note\n"
    "A/1,бір,один,one,yes,,default,\nA/2,үш,три,three,yes,,default,\n"
)
BOTH = ("--routes", "direct,psc")


def made(home: Path, *options: str) -> Path:
    """The folder of the region in the package that the command writes."""
    done = CliRunner().invoke(komek, ["new-region", "taza", *options, "--into", str(home)])
    assert done.exit_code == 0, done.output
    return home / "komek-taza/taza"


def rules_of(folder: Path) -> Registry:
    return loading.load_folder(folder, PLUGINS, ROOT)


def change(file: Path, of: Callable[[str], str]) -> None:
    before = file.read_text(encoding="utf-8")
    after = of(before)
    assert after != before
    file.write_text(after, encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [("region.toml", "call_centre", "call_center"), ("region.toml", "reference_ru", "refrence_ru"),
     ("region.toml", "repealed_en", "repealled_en"), ("region.toml", "role =", "rolle ="),
     ("parameters.csv", "assignment_term_months", "assignement_term_months"),
     ("parameters.csv", "appeal_months", "apeal_months"), ("parameters.csv", "intake_staff_psc", "intake_stafff_psc")],
)  # fmt: skip
def test_a_key_that_nobody_reads_is_refused_where_the_one_that_is_meant_is_missing(
    tmp_path: Path, file: str, right: str, wrong: str
) -> None:
    folder = made(tmp_path, *BOTH)
    change(folder / file, lambda text: text.replace(right, wrong, 1))
    found = [str(each) for each in soundness.faults_of(rules_of(folder))]
    assert [each for each in found if wrong.removesuffix(" =") in each and right.removesuffix(" =") in each], found


def test_a_key_of_a_plugins_own_and_one_for_readers_are_let_in(tmp_path: Path) -> None:
    folder = made(tmp_path, *BOTH)
    own = "\nnorm_gas_in_winter,1,x,default,,,а,б,c\n_apeal_months,1,x,default,,,а,б,c\nappeal_months"
    change(folder / "parameters.csv", lambda text: text.replace("\nappeal_months", own, 1))
    found = [str(each) for each in soundness.faults_of(rules_of(folder))]
    assert not [each for each in found if "norm_gas_in" in each or "apeal" in each]


def test_every_parameter_that_authors_are_told_of_is_known_and_no_other() -> None:
    told = (ROOT / "docs/plugin-authors.md").read_text(encoding="utf-8").partition("| parameter | what it does |")[2]
    rows = [line.split("|")[1] for line in told.partition("\n\n")[0].splitlines() if line]
    keys = {key for row in rows for key in re.findall(r"`([a-z_]+)`", row)}
    known = {*NUMBERS, *TIMES, *MORE_PARAMETERS}
    assert {key for key in keys if not key.startswith(INTAKE_STAFF)} == known


@pytest.mark.slow
def test_a_new_region_of_both_routes_is_sound_and_bronze_and_silver_once_it_names_its_act(tmp_path: Path) -> None:
    folder = made(tmp_path, *BOTH)
    rules = rules_of(folder)
    found = soundness.faults_of(rules)
    assert [str(each) for each in soundness.errors(found)] == []
    grade = soundness.grade_of(rules, found)
    assert (grade.name, grade.next) == ("bronze", "silver")
    assert [str(each) for each in grade.missing] == [
        *(f"steps.csv: No step of the route {route} names a clause of the act." for route in ("direct", "psc")),
        "clauses.csv: There is no list of the act's clauses: nobody can say what stands for them.",
    ]
    change(folder / "steps.csv", lambda said: re.sub(r",,,(R-MIN\(\d+\))(.*),default,", r",A/1,,\1\2,act,", said))
    change(folder / "steps.csv", lambda said: said.replace("direct,review,D3,,", "direct,review,D3,A/9,"))
    clauses = folder / "clauses.csv"
    clauses.write_text(CLAUSES, encoding="utf-8")
    grade = soundness.grade_of(rules_of(folder), found)
    assert (grade.name, [str(each) for each in grade.missing]) == ("bronze", [
        "clauses.csv, line 3: The clause A/2 asks for something, and nothing stands for it.",
        "clauses.csv: steps.csv direct review names the clause A/9, which the list does not have.",
    ])  # fmt: skip
    change(clauses, lambda said: said.replace("three,yes", "three,no") + "A/9,төрт,четыре,four,no,,default,\n")
    now = rules_of(folder)
    grade = soundness.grade_of(now, found)
    assert (grade.name, grade.next) == ("silver", "gold") and soundness.errors(soundness.table_faults(now)) == []
    assert {each.file for each in grade.missing} >= {"offices.csv", "parameters.csv", "conformance.json"}


@pytest.mark.slow
def test_a_new_region_of_one_route_has_nothing_of_the_other(tmp_path: Path) -> None:
    folder = made(tmp_path)
    rules = rules_of(folder)
    assert soundness.table_faults(rules) == [] == list(case_faults(rules))
    assert {row["kind"] for row in rules.table("offices")} == {"control", "body"}
    assert {row["route"] for row in rules.table("steps")} == {"direct"}
    assert not rules.roles_that("carries") and not (folder / "bpmn/via_psc.bpmn").exists()
    drawn = processes.brought(rules)
    assert drawn.keys() >= {"direct.bpmn", "signing.bpmn", "complaint.bpmn", "entitlement.dmn"}
    assert not drawn.keys() & {"via_psc.bpmn", "calling_back.bpmn"}, "nobody's way there, and what that alone calls"
    assert [str(each) for each in soundness.errors(soundness.faults_of(rules))] == []


def test_it_becomes_a_wheel_with_all_its_files(tmp_path: Path) -> None:
    folder = made(tmp_path, *BOTH)
    build = "import sys; from flit_core.buildapi import build_wheel; build_wheel(sys.argv[1])"
    subprocess.run([sys.executable, "-c", build, str(tmp_path)], cwd=folder.parent, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    inside = set(zipfile.ZipFile(wheel).namelist())
    assert inside >= {each.relative_to(folder.parent).as_posix() for each in folder.rglob("*.*") if each.is_file()}


def test_a_worked_case_that_the_tables_or_the_decision_say_otherwise_is_told_with_its_line(tmp_path: Path) -> None:
    folder = made(tmp_path)
    change(folder / "cases/terms.yaml", lambda said: said.replace("due: 2026-02-12 18:00}", "due: 2026-02-11 18:00}"))
    change(folder / "cases/money.yaml", lambda said: said.replace("amount: 12345", "amount: 12346"))
    assert [str(each) for each in case_faults(rules_of(folder))] == [
        "cases/money.yaml, line 3: The case «Expenses beyond the share»: amount is 12345, and the case says 12346.",
        "cases/terms.yaml, line 4: The case «Direct, registered at ten»: review: due is 2026-02-12 18:00, "
        "and the case says 2026-02-11 18:00.",
    ]
    change(folder / "cases/money.yaml", lambda said: said + "- case: [\n")
    change(folder / "cases/terms.yaml", lambda said: said.replace("route: direct", "rout: direct"))
    told = [str(each) for each in case_faults(rules_of(folder))]
    assert [each.partition(": This is no worked case")[0] for each in told] == [
        "cases/money.yaml, line 16", "cases/terms.yaml, line 4",
    ]  # fmt: skip


@pytest.mark.parametrize(("key", "routes", "said"), [
    ("Taza", "direct", "small Latin letters"), ("taza", "direct,Post", "Post: a route is named by"),
    ("taza", "post:mail", "a route begins as direct or as psc"), ("taza", "psc:direct", "these two as themselves"),
    ("taza", "direct,body:psc", "body: a route is named by"), ("taza", "signing", "signing.bpmn is drawn already"),
    ("taza", "post:psc,post_body", "post_body: post_body is drawn already"), ("taza", ",", "name a route"),
])  # fmt: skip
def test_what_it_cannot_begin_with_is_said_and_nothing_is_written(
    tmp_path: Path, key: str, routes: str, said: str
) -> None:
    done = CliRunner().invoke(komek, ["new-region", key, "--routes", routes, "--into", str(tmp_path)])
    assert done.exit_code == 1 and said in done.output and list(tmp_path.iterdir()) == []


def test_a_region_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    made(tmp_path)
    done = CliRunner().invoke(komek, ["new-region", "taza", "--into", str(tmp_path)])
    assert done.exit_code == 1 and "is there already" in done.output


@pytest.mark.slow
def test_routes_of_any_names_have_all_that_is_theirs_and_are_played_from_the_counter_to_the_end(
    tmp_path: Path, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = made(tmp_path, "--routes", "akim,e_gov,x9:psc")
    rules = rules_of(folder)
    assert soundness.errors(soundness.faults_of(rules)) == []
    assert {row["kind"] for row in rules.table("offices")} == {"control", "body", "akim", "x9"}
    assert not [each for each in folder.rglob("*.*") if re.search(rb"PSC|psc_(?!app)", each.read_bytes())]
    (installed := tmp_path / "komek-taza/taza-0.1.dist-info").mkdir()
    (installed / "METADATA").write_text("Name: taza\nVersion: 0.1\n")
    (installed / "entry_points.txt").write_text("[komek.plugins]\ntaza = taza:plugin\n")
    monkeypatch.syspath_prepend(folder.parent)
    region = RegionAtWork(server, "taza")
    with region.in_use():
        people, cases = People(region.app), [each.said for each in worked_cases(folder, []) if "route" in each.said]
        assert [each["route"] for each in cases] == ["e_gov", "akim", "x9"]
        for said in cases:
            assert play_worked(people, {**said, "ends": "approved"}).acts
    region.close()


@pytest.mark.slow
def test_the_grade_of_every_region_of_the_tree_is_computed() -> None:
    """Whole: every diagram looked through, every form printed, every worked case reckoned."""
    grades = {}
    for folder in plugin_folders():
        if 'region="' in (folder / "__init__.py").read_text(encoding="utf-8"):
            rules = rules_of(folder)
            found = soundness.faults_of(rules)
            assert [str(each) for each in soundness.errors(found)] == []
            grades[folder.name] = soundness.grade_of(rules, found)
    assert len(grades) > 1
    for key, grade in grades.items():
        assert (grade.name, grade.next) == ("silver", "gold"), key
        assert {each.file for each in grade.missing} >= {"parameters.csv", "steps.csv", "hours.csv"}


@pytest.mark.slow
def test_administrators_read_the_grade_and_what_is_missing_and_nobody_else_does(house: Flask) -> None:
    page = Surfer(house).sign_in("admin").get("/admin/region").text
    assert "күміс" in page and "parameters.csv" in page and "Деңгейі" in page
    assert Surfer(house).sign_in("head.taldykorgan").get("/admin/region").status_code == 403
