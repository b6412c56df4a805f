"""`komek plugin check`: the imports of a plugin, ours or a stranger's, are an allow-list."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from services.soundness import code_faults
from webapp.cli import komek
from webapp.cli.extract import plugin_folders


@pytest.mark.parametrize("folder", plugin_folders(), ids=lambda folder: folder.name)
def test_every_plugin_of_ours_keeps_to_the_contract(folder: Path) -> None:
    assert code_faults(folder) == []


def check(folder: Path, text: str) -> tuple[int, str]:
    (folder / "inside").mkdir(parents=True, exist_ok=True)
    (folder / "__init__.py").write_text("from services.plugin import Plugin\nfrom .inside import x\n", encoding="utf-8")
    (folder / "inside/__init__.py").write_text(text, encoding="utf-8")
    done = CliRunner().invoke(komek, ["plugin", "check", str(folder)])
    return done.exit_code, done.output


@pytest.mark.parametrize(
    "text",
    [
        "import requests, json", "from services.errors import Invalid", "from services import plugin, errors",
        "from .other import y", "from .. import x", "from visits.inside import y", "import visits.inside as z",
        "from importlib import import_module\nimport_module('json')", "servicesque = 'services.db'",
    ],
)  # fmt: skip
def test_what_the_contract_lets_it_see_is_let_pass(tmp_path: Path, text: str) -> None:
    assert check(tmp_path / "visits", text) == (0, "plugins: within the contract\n")


@pytest.mark.parametrize(
    "text",
    [
        "import services", "import services.db", "from services import db", "from services.cases import open_case",
        "from services.registry import current", "from services import plugin, registry", "import webapp",
        "from webapp.language.words import t", "from plugins.assessment import figures",
        "from services.plugins import x",
        "from importlib import import_module\nimport_module('services.db')", "__import__('services.db')",
        "import importlib\nimportlib.import_module('ser' + 'vices.db')", "def f():\n    from services import clock",
        "from services import *",
    ],
)  # fmt: skip
def test_what_lies_beyond_it_is_refused_with_file_and_line(tmp_path: Path, text: str) -> None:
    code, said = check(tmp_path / "visits", text)
    assert code == 1 and f"visits/inside/__init__.py:{len(text.splitlines())}: It imports " in said


def test_an_installed_package_is_found_by_its_name_and_another_word_is_told() -> None:
    assert CliRunner().invoke(komek, ["plugin", "check", "click"]).exit_code == 0
    done = CliRunner().invoke(komek, ["plugin", "check", "no-such.package"])
    assert done.exit_code == 1 and "neither a folder" in done.output
