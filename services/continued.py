"""A region's package that goes on with another's: the same region, after its act.

`region.toml` of such a package says one thing, `continues = "almaty_oblast"`: the name of the package whose act was
in force before. It brings `editions.csv` with the rows of the later acts and a folder `editions/<key>/` for each of
them, worked cases, and no other file of the law. Together they are one package, laid out in a folder of its own: the
former one's files, whose editions come first, and this one's after them.
"""

import atexit
import csv
import shutil
import tempfile
import tomllib
from functools import lru_cache
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path

from services.letters import tidy
from services.tables import is_law

FACTS, TABLE = "region.toml", "editions.csv"
#: what diagrams say in other languages
WORDS = "bpmn/translations/*/LC_MESSAGES/*.po"
#: what was tried of the former is said of the former alone
_UNSEEN = shutil.ignore_patterns("__pycache__", "*.py", "tests", "conformance.json")
#: folder in which two packages are laid out as one -> the later package's own
_LAID: dict[Path, Path] = {}


class CannotContinue(ValueError):
    """A package cannot go on with another: why, in a sentence for whoever made it."""


def whole(folder: Path) -> Path:
    """The folder with all of that region's files: the package's own, unless it continues another. No code is run.

    Raises CannotContinue.
    """
    before = _continues(folder)
    return _laid_out(folder, before) if before else folder


def package_of(folder: Path) -> Path:
    """The package's own folder: what was laid out as one with a former's is of the later package."""
    return _LAID.get(folder, folder)


def former_of(folder: Path) -> Path | None:
    """The folder of the package that the one in this folder goes on with. Raises CannotContinue."""
    before = _continues(folder)
    return _package(before) if before else None


def _continues(folder: Path) -> str:
    """Name of the package that it goes on with; empty for none."""
    file = folder / FACTS
    if not file.is_file():
        return ""
    try:
        said = tomllib.loads(tidy(file.read_text(encoding="utf-8-sig")))
    except (UnicodeError, tomllib.TOMLDecodeError):  # the check of the package says it with its line
        return ""
    return str(said["continues"]) if set(said) == {"continues"} else ""


@lru_cache(maxsize=8)
def _laid_out(folder: Path, before: str) -> Path:
    """Raises CannotContinue."""
    former = _package(before)
    wrong = [each for file in sorted(folder.rglob("*")) if _is_former_law(each := file.relative_to(folder).as_posix())]
    if wrong:
        raise CannotContinue(f"{', '.join(wrong)}: a package that continues {before} changes its act by editions alone")
    if not (former / TABLE).is_file() or not (folder / TABLE).is_file():
        raise CannotContinue(f"both {before} and what continues it list their editions in {TABLE}")
    home = Path(tempfile.mkdtemp(prefix="komek-region-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    laid = Path(shutil.copytree(whole(former), home / folder.name, ignore=_UNSEEN))
    own = {folder.as_posix(): {FACTS, TABLE}}

    def ignored(place: str, names: list[str]) -> set[str]:
        return {each for each in names if each == "__pycache__" or each in own.get(Path(place).as_posix(), ())}

    shutil.copytree(folder, laid, ignore=ignored, dirs_exist_ok=True)
    for file in sorted(folder.glob(WORDS)):
        _add_words(whole(former) / file.relative_to(folder), file, laid / file.relative_to(folder))
    _go_on(laid / TABLE, folder / TABLE)
    _LAID[laid] = folder
    return laid


def _is_former_law(place: str) -> bool:
    return is_law(place) and place != FACTS


def _package(name: str) -> Path:
    """The folder of a package, of ours or installed. Raises CannotContinue."""
    points = [each.module for each in entry_points(group="komek.plugins") if each.name == name]
    for module in (f"plugins.{name}", *points):
        spec = find_spec(module) if all(each.isidentifier() for each in module.split(".")) else None
        for place in (spec.submodule_search_locations or ()) if spec is not None else ():
            return Path(place)
    raise CannotContinue(f"it continues {name}, which is not installed")


def _add_words(former: Path, own: Path, laid: Path) -> None:
    """The catalogue's own texts, without its head, behind the former's."""
    if former.is_file():
        _, _, texts = own.read_text(encoding="utf-8").partition("\n\n")
        laid.write_text(f"{former.read_text(encoding='utf-8').rstrip()}\n\n{texts}", encoding="utf-8")


def _go_on(table: Path, later: Path) -> None:
    """The rows of the later acts behind the former's, under its headings."""
    with later.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(map(tidy, stream)))
    with table.open(encoding="utf-8-sig", newline="") as stream:
        headings = next(csv.reader(stream))
    if unknown := {name for row in rows for name in row} - set(headings):
        raise CannotContinue(f"{TABLE}: {', '.join(map(str, sorted(unknown, key=str)))} is no column of the former's")
    with table.open("a", encoding="utf-8", newline="") as stream:
        csv.DictWriter(stream, headings, lineterminator="\n").writerows(rows)
