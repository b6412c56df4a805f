"""Every diagram is a file that Camunda Modeler itself saved, and Modeler finds nothing wrong with it."""

import json
import os
import subprocess
from pathlib import Path
from typing import Any

import playwright
import pytest

from komek.testing.browser import CHROMIUM
from tests.bpmn.drawing import ROOT, Box, diagrams, find_labels_in_the_way, read_drawing
from webapp.cli.beginnings import routes_of
from webapp.cli.new_region import package

pytestmark = pytest.mark.modeler

OPEN = Path(__file__).parent / "modeler/open.mjs"
RENDER = Path(__file__).parent / "modeler/render.mjs"
DECISIONS = sorted([*ROOT.glob("bpmn/*.dmn"), *ROOT.glob("plugins/**/bpmn/*.dmn")])
DMN_EDITOR = ROOT / "node_modules/camunda-dmn-js"
ICON = 25  #: a task's icon takes a square of that many points


def run_node(script: Path, *arguments: object) -> subprocess.CompletedProcess[str]:
    package = Path(playwright.__file__).parent / "driver/package"
    browser = {"CHROMIUM": CHROMIUM} if CHROMIUM else {}
    return subprocess.run(
        ["node", script, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=300,
        env={"PLAYWRIGHT_PACKAGE": str(package), **os.environ, **browser},
    )


def open_files(*arguments: object) -> dict[Path, dict[str, Any]]:
    """File -> what Modeler says of it: two folders may have files of one name."""
    result = run_node(OPEN, *arguments)
    said = [json.loads(line) for line in result.stdout.splitlines()]
    assert said, result.stderr
    return {Path(one["file"]): one for one in said}


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """What a new region begins with."""
    folder = tmp_path_factory.mktemp("taza")
    for place, content in package("taza", routes_of("direct,psc")).items():
        if place.endswith((".bpmn", ".dmn")):
            (folder / Path(place).name).write_bytes(content)
    return sorted(folder.iterdir())


@pytest.fixture(scope="module")
def spoilt(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with diagrams in each of which something else is wrong."""
    folder = tmp_path_factory.mktemp("spoilt")
    text = (ROOT / "bpmn/signing.bpmn").read_text(encoding="utf-8")
    (folder / "unknown.bpmn").write_text(text.replace('targetRef="Task_Sign"', 'targetRef="Nowhere"'), "utf-8")
    (folder / "by_hand.bpmn").write_text(text.replace("  <bpmn:", "\t<bpmn:"), "utf-8")
    (folder / "broken.bpmn").write_text(text[:2000], "utf-8")
    return folder


@pytest.fixture(scope="module")
def said(begun: list[Path], spoilt: Path) -> dict[Path, dict[str, Any]]:
    """What Modeler says of each file of the house, and of those: it is begun once, for all of them."""
    return open_files("--words", *diagrams(), *DECISIONS, *begun, *sorted(spoilt.iterdir()))


def test_what_a_new_region_begins_with_is_as_modeler_would_save_it(said: dict[Path, Any], begun: list[Path]) -> None:
    for file in begun:
        told = said[file]
        assert (told["warnings"], told["reports"], told["unchanged"]) == ([], [], True), file.name


@pytest.mark.parametrize("file", diagrams(), ids=lambda file: file.stem)
class TestADiagram:
    def test_opens_without_a_warning_and_passes_the_linter(self, said: dict[Path, Any], file: Path) -> None:
        assert "error" not in said[file]
        assert said[file]["warnings"] == []
        assert said[file]["reports"] == []

    def test_is_saved_byte_for_byte_as_it_is(self, said: dict[Path, Any], file: Path) -> None:
        assert said[file]["unchanged"]
        assert said[file]["stable"]

    def test_has_the_words_of_a_task_within_it_and_clear_of_its_icon(self, said: dict[Path, Any], file: Path) -> None:
        tasks, words, lines = read_drawing(file).tasks(), words_of(said[file]), lines_of(said[file])
        assert tasks
        for key, task in tasks.items():
            assert task.contains(words[key]), key
            assert not any(line.overlaps(Box(task.x, task.y, ICON, ICON)) for line in lines[key]), key

    def test_has_its_labels_clear_of_everything_once_they_are_drawn(self, said: dict[Path, Any], file: Path) -> None:
        words = words_of(said[file])
        labels = {key: box for key, box in words.items() if key.endswith("_label")}
        assert find_labels_in_the_way(read_drawing(file), labels) == []

    def test_has_the_names_of_pools_and_lanes_on_one_line_within_them(self, said: dict[Path, Any], file: Path) -> None:
        drawn, words = read_drawing(file), words_of(said[file])
        for key, box in (drawn.pools | drawn.lanes).items():
            assert box.contains(words[key]), key
            assert min(words[key].width, words[key].height) < 20, key


def words_of(said: dict[str, Any]) -> dict[str, Box]:
    return {word["element"]: box_of(word) for word in said["words"]}


def lines_of(said: dict[str, Any]) -> dict[str, list[Box]]:
    return {word["element"]: [box_of(line) for line in word["lines"]] for word in said["words"]}


def box_of(measured: dict[str, float]) -> Box:
    return Box(*(measured[name] for name in ("x", "y", "width", "height")))


def test_a_spoilt_diagram_is_found_out(said: dict[Path, Any], spoilt: Path) -> None:
    assert said[spoilt / "unknown.bpmn"]["warnings"]
    assert not said[spoilt / "by_hand.bpmn"]["unchanged"]
    assert said[spoilt / "broken.bpmn"]["error"]
    assert not any(said[file]["ok"] for file in spoilt.iterdir())


def test_modeler_saves_what_was_written_by_hand(tmp_path: Path) -> None:
    text = (ROOT / "bpmn/resolution.bpmn").read_text(encoding="utf-8")
    file = tmp_path / "resolution.bpmn"
    file.write_text(text.replace(">\n", ">\n  "), "utf-8")
    assert open_files("--write", file, file)[file]["unchanged"], "the second time there is nothing to save"
    assert file.read_text(encoding="utf-8") == text


def test_a_picture_of_every_diagram_can_be_drawn(tmp_path: Path) -> None:
    files = {file.name: file for file in diagrams()}  # the region's in place of the common ones
    result = run_node(RENDER, tmp_path, *files.values())
    assert result.returncode == 0, result.stderr
    for file in files.values():
        assert (tmp_path / f"{file.stem}.png").read_bytes().startswith(b"\x89PNG")
        assert "Сызба актінің бөлігі емес" in (tmp_path / f"{file.stem}.svg").read_text(encoding="utf-8")


@pytest.mark.skipif(not DMN_EDITOR.exists(), reason="camunda-dmn-js is not installed")
@pytest.mark.parametrize("file", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_opens_without_a_warning_and_is_saved_byte_for_byte(said: dict[Path, Any], file: Path) -> None:
    assert said[file]["ok"]
