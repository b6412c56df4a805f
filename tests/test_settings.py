"""Settings are written once: `Config` alone has them, and what administrators read says the same."""

import re
from dataclasses import fields
from pathlib import Path

import pytest

from services.config import ROOT, Config
from webapp.serve.web_processes import THREADS

ROW = re.compile(r"^\| (?P<names>[^|]*KOMEK_[^|]*)\| (?P<defaults>[^|]*)\|", re.M)
SETTINGS = {f"KOMEK_{each.name.upper()}": each.default for each in fields(Config) if each.name != "testing"}


def told() -> dict[str, str]:
    """Variable -> default, as the table of docs/administrators.md says it."""
    text = (ROOT / "docs" / "administrators.md").read_text()
    table = text[text.index("| variable | default | meaning |") :]
    found = {}
    for row in ROW.finditer(table[: table.index("\n\n")]):
        names, defaults = (
            re.findall(r"`(KOMEK_\w+)`", row["names"]),
            re.findall(r"`([^`]*)`|\bempty\b", row["defaults"]),
        )
        assert len(names) == len(defaults), row[0]
        found.update(zip(names, defaults, strict=True))
    return found


def said(default: object) -> str:
    if isinstance(default, Path):
        return f"{default.relative_to(ROOT)}/"
    if isinstance(default, tuple):
        return ", ".join(default)
    return str(int(default)) if isinstance(default, bool) else str(default)


def test_the_table_for_administrators_has_every_setting_and_its_default() -> None:
    assert told() == {name: said(default) for name, default in SETTINGS.items()}


@pytest.mark.parametrize("name", sorted(SETTINGS))
def test_every_setting_is_read_from_the_environment(name: str) -> None:
    default = SETTINGS[name]
    given = {bool: "0" if default else "1", int: "7", tuple: "one,two"}.get(type(default), "/somewhere/else")
    read = getattr(Config.from_env({name: given}), name.removeprefix("KOMEK_").lower())
    assert read != default and type(read) is type(default)


def test_a_setting_may_stand_in_a_file_and_the_variable_itself_goes_before(tmp_path: Path) -> None:
    (tmp_path / "it").write_text("postgresql://here\n", encoding="utf-8")
    for name in ("DATABASE_URL", "KOMEK_DATABASE_URL"):
        assert Config.from_env({f"{name}_FILE": f"{tmp_path}/it"}).database_url == "postgresql://here"
    assert Config.from_env({"KOMEK_SECRET_KEY": "", "KOMEK_SECRET_KEY_FILE": f"{tmp_path}/it"}).secret_key == ""
    with pytest.raises(ValueError, match="KOMEK_PROXIES"):
        Config.from_env({"KOMEK_PROXIES_FILE": f"{tmp_path}/it"})
    with pytest.raises(ValueError, match=r"KOMEK_SECRET_KEY_FILE: .*not-there cannot be read: No such file"):
        Config.from_env({"KOMEK_SECRET_KEY_FILE": f"{tmp_path}/not-there"})


def test_no_other_place_says_a_default_of_its_own() -> None:
    """The Makefile hands on what it is given; commands to be copied have the threads that the supervisor gives."""
    makefile = (ROOT / "Makefile").read_text()
    assert not re.findall(r"^(?:HOST|PORT|WORKERS|KOMEK_\w+) *\??:?=", makefile, re.M)
    for page in ("README.md", "docs/administrators.md"):
        assert set(re.findall(r"--threads (\d+)", (ROOT / page).read_text())) <= {str(THREADS)}, page
