"""What became of a template is kept beside it, and asked for by the next process."""

import sys
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader

from webapp.compiled import KeptTemplates


class Compiler(Environment):
    """As a process that begins: it has compiled nothing yet, and counts what it compiles."""

    def __init__(self, folder: Path) -> None:
        super().__init__(loader=FileSystemLoader(folder), bytecode_cache=KeptTemplates())
        self.compiled = 0

    def compile(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        self.compiled += 1
        return super().compile(*args, **kwargs)

    def says(self) -> str:
        return self.get_template("page.html").render(who="Асан")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "page.html").write_text("Сәлем, {{ who }}", "utf-8")
    return tmp_path


def kept(folder: Path) -> list[Path]:
    return list((folder / "__pycache__").iterdir())


def test_a_template_is_compiled_by_the_first_process_and_read_by_the_next(folder: Path) -> None:
    first, second = Compiler(folder), Compiler(folder)
    assert [first.says(), second.says()] == ["Сәлем, Асан"] * 2
    assert [first.compiled, second.compiled] == [1, 0]
    assert [each.name.startswith("page.html.") and each.suffix for each in kept(folder)] == [".pyc"]


def test_a_template_that_was_changed_or_is_compiled_by_another_release_is_compiled_anew(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Compiler(folder).says()
    monkeypatch.setattr("jinja2.__version__", "another")
    upgraded = Compiler(folder)
    assert (upgraded.says(), upgraded.compiled) == ("Сәлем, Асан", 1)
    (folder / "page.html").write_text("Сау бол, {{ who }}", "utf-8")
    changed = Compiler(folder)
    assert (changed.says(), changed.compiled) == ("Сау бол, Асан", 1)


@pytest.mark.parametrize("length", [0, 3, 40, 100])
def test_what_is_kept_and_cut_off_is_compiled_anew(folder: Path, length: int) -> None:
    Compiler(folder).says()
    (file,) = kept(folder)
    file.write_bytes(file.read_bytes()[:length])
    after = Compiler(folder)
    assert (after.says(), after.compiled) == ("Сәлем, Асан", 1)
    assert Compiler(folder).says() == "Сәлем, Асан" and len(kept(folder)) == 1


def test_where_nothing_may_be_written_each_process_compiles_for_itself(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "__pycache__").write_text("no folder")
    assert Compiler(folder).says() == "Сәлем, Асан"
    (folder / "__pycache__").unlink()
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    assert Compiler(folder).says() == "Сәлем, Асан"
    assert not (folder / "__pycache__").exists()
