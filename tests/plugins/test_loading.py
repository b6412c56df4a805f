"""Plugins are loaded by name; what does not load, or is there twice, is kept out and told."""

import sys
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from services import guarded, loading, packages, registry
from services.config import PLUGINS, ROOT
from services.plugin import Outcome, Plugin
from webapp.cli import komek


def told(*names: str) -> dict[str, str]:
    """Name -> why it was kept out; the rest is loaded."""
    loaded = loading.load([*PLUGINS, *names], ROOT)
    assert {each.name for each in loaded.plugins} >= set(PLUGINS)
    return {each.name: each.reason for each in loaded.rejected}


def package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, **files: str) -> None:
    for name, text in files.items():
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)


def points(monkeypatch: pytest.MonkeyPatch, **brought: Any) -> None:
    given = [EntryPoint(name.rstrip("_"), value, "komek.plugins") for name, value in brought.items()]
    monkeypatch.setattr(packages, "entry_points", lambda group: given)


def test_two_packages_with_a_plugin_of_one_name_are_told_and_neither_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, visits="one:plugin", visits_="other:plugin")
    assert "several packages" in told("visits")["visits"] and "other:plugin" in told("visits")["visits"]


def test_komeks_own_plugin_stays_beside_a_package_of_its_name_and_that_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    points(monkeypatch, assessment="stranger:plugin")
    assert "stranger:plugin" in told()["assessment"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("raise RuntimeError('no')", "RuntimeError: no"),
        ("raise SystemExit(3)", "PluginFailed"),
        ("plugin = 7", "not a Plugin"),
        ("while True:\n    pass", "did not answer"),
    ],
)
def test_what_goes_wrong_at_its_import_keeps_it_out(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, why: str
) -> None:
    monkeypatch.setattr(guarded, "LIMIT_S", 5 if "while" not in text else 0.3)
    package(monkeypatch, tmp_path, stranger=text)
    points(monkeypatch, visits="stranger:plugin")
    sys.modules.pop("stranger", None)
    assert why in told("visits")["visits"]


def test_a_region_that_does_not_load_says_its_own_error_and_nothing_starts_without_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    package(monkeypatch, tmp_path, stranger="raise KeyError('steps')")
    points(monkeypatch, steppe="stranger:plugin")
    sys.modules.pop("stranger", None)
    with pytest.raises(
        registry.NotOneRegion,
        match=r"^Switched on as regions: none\. .*\nThe plugin steppe was kept out: KeyError: 'steps'$",
    ):
        loading.load([*PLUGINS[:-1], "steppe"], ROOT)
    answer = CliRunner(env={"KOMEK_PLUGINS": "registration,steppe"}).invoke(komek, ["worker"])
    assert answer.exit_code == 1 and isinstance(answer.exception, SystemExit), "a sentence, and no traceback"
    assert "The plugin steppe was kept out: KeyError: 'steps'" in answer.output


def test_of_two_regions_none_is_in_force() -> None:
    regions = [Plugin(ROOT / name, "A.", region=name) for name in ("steppe", "valley")]
    with pytest.raises(registry.NotOneRegion, match=r"^Switched on as regions: steppe, valley\. Name exactly"):
        registry.Registry(regions, ROOT)


def test_a_plugin_under_another_name_than_its_folder_or_with_others_words_is_kept_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    home = Path("/nowhere/visits")
    own = {"plugins.visits": Plugin(home, "A."), "plugins.other": Plugin(home, "A."),
           "plugins.rude": Plugin(home.with_name("rude"), "A.", outcomes={"signed": Outcome("lost")})}  # fmt: skip
    for name, plugin in own.items():
        monkeypatch.setitem(sys.modules, name, SimpleNamespace(plugin=plugin))
    kept_out = told("visits", "other", "rude", "visits")
    assert kept_out.keys() == {"other", "rude"}
    assert "its folder is called visits" in kept_out["other"]
    assert "notice_signing says otherwise of signed" in kept_out["rude"]
