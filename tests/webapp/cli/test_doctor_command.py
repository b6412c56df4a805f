"""`komek doctor`: a designer's terminal, a script's JSON, the repaired file."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from services.config import ROOT
from tests.conftest import compile_catalogues
from webapp.cli import komek

SIGNING = (ROOT / "bpmn/signing.bpmn").read_text(encoding="utf-8")


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    file = tmp_path / "signing.bpmn"
    file.write_text(SIGNING.replace("${signed == true}", "${signed === true}"), encoding="utf-8")
    return file


def run(*arguments: str, **env: str) -> Result:
    compile_catalogues()
    return CliRunner().invoke(komek, ["doctor", *arguments], env={"LC_ALL": "", "LC_MESSAGES": "", "LANG": "", **env})


def test_our_own_diagrams_pass(tmp_path: Path) -> None:
    done = run(str(ROOT / "bpmn"), "--language", "en")
    assert done.exit_code == 0, done.output
    assert "errors: 0" in done.output


def test_an_error_is_named_with_its_place_and_ends_with_1(broken: Path) -> None:
    done = run(str(broken), "--language", "en")
    assert done.exit_code == 1
    assert (
        "error" in done.output
        and "(Flow_Signed" in done.output
        and "| line " in done.output
        and "[bad-expression]" in done.output
    )
    assert "--repair does it: Write the expression as it was probably meant." in done.output


@pytest.mark.parametrize(
    ("env", "said"),
    [
        ({"LANG": "kk_KZ.UTF-8"}, "қолдануға болмайды"),
        ({"LANG": "ru_RU.UTF-8"}, "использовать нельзя"),
        ({"LC_ALL": "ru_RU.UTF-8", "LANG": "kk_KZ.UTF-8"}, "использовать нельзя"),
        ({"LANG": "C.UTF-8"}, "cannot be used"),
    ],
)
def test_it_speaks_the_terminal_s_language(broken: Path, env: dict[str, str], said: str) -> None:
    assert said in run(str(broken), **env).output


def test_json_is_one_finding_a_line(broken: Path) -> None:
    lines = [json.loads(line) for line in run(str(broken), "--json", "--language", "ru").output.splitlines()]
    (wrong,) = [each for each in lines if each["severity"] == "error"]
    assert (
        wrong["rule"] == "bad-expression" and wrong["element"].startswith("Flow_") and wrong["line"] and wrong["column"]
    )
    assert "использовать нельзя" in wrong["text"]


def test_the_repaired_file_is_as_modeler_saved_it(broken: Path, tmp_path: Path) -> None:
    run(str(broken), "--repair", str(tmp_path / "mended"), "--language", "en")
    assert (tmp_path / "mended/signing.bpmn").read_text(encoding="utf-8") == SIGNING
    assert run(str(tmp_path / "mended"), "--language", "en").exit_code == 0


def test_each_examines_every_file_for_itself(tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / f"{name}.bpmn").write_text(SIGNING, encoding="utf-8")
    assert "[process-twice]" in run(str(tmp_path), "--language", "en").output
    assert "[process-twice]" not in run(str(tmp_path), "--each", "--language", "en").output
