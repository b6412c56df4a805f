"""A region's own operations are offered to whoever draws beside its own diagrams, as its package declares them."""

import json
import subprocess

from click.testing import CliRunner

from services.config import ROOT
from services.processes.element_templates import place_of
from webapp.cli import komek


def test_a_region_s_own_operation_is_offered_beside_its_own_diagrams_and_modeler_reads_it() -> None:
    done = CliRunner().invoke(komek, ["templates", "check", "north_kazakhstan"])
    assert (done.exit_code, done.output) == (0, "element templates: as declared\n")
    file = ROOT / "plugins/north_kazakhstan" / place_of("north_kazakhstan")
    (template,) = json.loads(file.read_text(encoding="utf-8"))
    assert (template["id"], template["version"]) == ("north_kazakhstan.dwellings", 1)
    topics = [each["value"] for each in template["properties"] if each["binding"].get("name") == "camunda:topic"]
    assert topics == [template["id"]]
    validator = ROOT / "tests/modeler/validate.mjs"
    checked = subprocess.run(["node", validator, file], capture_output=True, text=True, timeout=60, cwd=ROOT)
    assert json.loads(checked.stdout) == [], checked.stderr


def test_a_package_that_declares_nothing_has_nothing_to_offer() -> None:
    done = CliRunner().invoke(komek, ["templates", "write", "almaty_oblast"])
    assert (done.exit_code, done.output) == (1, "Error: almaty_oblast: declares no operation and no form\n")
