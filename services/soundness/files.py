"""The files of a region's package beside its tables: whether they can be read, and whether anything reads them."""

from collections.abc import Iterator
from difflib import get_close_matches
from gettext import GNUTranslations
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import PoFileError, read_po

from services.registry import Registry
from services.soundness import sentences as say
from services.soundness.columns import TABLES
from services.soundness.fault import RegionFault
from services.soundness.reading import read_toml, text_of
from services.soundness.sentences import fault

#: what is read as text; what is XML says its own encoding
TEXTS = ("documents/*.typ", "documents/samples/*.json", "cases/*.yaml")
#: files of the package's folder that something reads by their names
NAMED = (*(f"{name}.csv" for name in TABLES), "editions.csv", "region.toml", "demo.toml")
FOLDERS = ("documents", "bpmn", "editions", "translations", "cases", "templates")


def file_faults(registry: Registry) -> Iterator[RegionFault]:
    """Of the region's own folder."""
    folder = registry.folders[0]
    found: list[RegionFault] = []
    for pattern in TEXTS:
        for file in sorted(folder.glob(pattern)):
            text_of(file, file.relative_to(folder).as_posix(), found)
    demo = folder / "demo.toml"
    if demo.is_file() and (text := text_of(demo, "demo.toml", found)) is not None:
        read_toml(text, "demo.toml", found)
    yield from found
    yield from _misnamed(folder)
    yield from word_faults(folder)


def _misnamed(folder: Path) -> Iterator[RegionFault]:
    """Files and folders that nothing reads, and that were probably meant as one that something does."""
    for each in sorted(folder.iterdir()):
        known = FOLDERS if each.is_dir() else NAMED
        table = each.is_dir() or each.suffix.lower() in (".csv", ".toml")
        if each.name in known or each.name.startswith(("_", ".")) or not table:
            continue
        if near := get_close_matches(each.name, known, 1, 0.75):
            yield fault(each.name, 0, say.NO_FILE_READS, {"near": near[0]})


def catalogues(folder: Path) -> list[Path]:
    """The `.po` of a package: of its words, and of its diagrams' names."""
    return sorted([*folder.glob("translations/*/*/*.po"), *folder.glob("bpmn/translations/*/*/*.po")])


def word_faults(folder: Path) -> Iterator[RegionFault]:
    """Translations that cannot be read, are incomplete, or of which nothing is made yet."""
    for file in catalogues(folder):
        place = file.relative_to(folder).as_posix()
        try:
            with file.open("rb") as stream:
                catalogue = read_po(stream, abort_invalid=True)
        except (PoFileError, UnicodeError, ValueError) as error:
            line = getattr(error, "lineno", 0) or 0
            yield fault(place, line + 1 if line else 0, say.UNREADABLE, {"why": str(error)})
            continue
        if missing := _untranslated(catalogue):
            yield fault(place, 0, say.UNTRANSLATED, {"count": len(missing), "first": missing[0]})
        if not _is_compiled(file.with_suffix(".mo")):
            yield fault(place, 0, say.NOT_COMPILED)


def _untranslated(catalogue: Catalog) -> list[str]:
    return [str(each.id) for each in catalogue if each.id and (not each.string or each.fuzzy)]


def _is_compiled(file: Path) -> bool:
    try:
        with file.open("rb") as stream:
            GNUTranslations(stream)
    except (OSError, ValueError, UnicodeError):
        return False
    return True
