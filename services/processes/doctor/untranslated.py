"""Names that are drawn in Kazakh, and not yet translated."""

from collections.abc import Iterator
from functools import lru_cache
from gettext import GNUTranslations

from lxml import etree

from services.bpmn import B, in_bpmn, local_name
from services.processes.doctor import catalogue
from services.processes.doctor.bench import Bench, executable_of
from services.processes.doctor.note import Note, Notes
from services.processes.doctor.sheet import Sheet
from services.registry import Registry

LANGUAGES = ("ru", "en")
MOST_LISTED = 5
#: what has a name that nobody sees on the drawing
UNSEEN = frozenset({"definitions", "message", "signal", "error", "escalation", "category", "dataObject"})


def notes_on_names(bench: Bench, sheet: Sheet) -> Notes:
    """One note for each language in which names are missing."""
    if not executable_of(sheet):
        return
    for language in LANGUAGES:
        missing = list(missing_names(bench, sheet, language))
        if missing:
            names = list(dict.fromkeys(name for _, name in missing))
            listed = "; ".join(f"«{name}»" for name in names[:MOST_LISTED]) + (" …" if len(names) > MOST_LISTED else "")
            details = {"count": len(names), "language": language, "names": listed}
            path = tuple(node.get("id") or "" for node, _ in missing)
            yield Note(catalogue.UNTRANSLATED, missing[0][0], details, path)


@lru_cache(maxsize=8)
def catalogues(language: str, registry: Registry) -> tuple[GNUTranslations, ...]:
    """What stands beside the diagrams."""
    found = []
    for file in registry.files(f"bpmn/translations/{language}/LC_MESSAGES/diagrams.mo"):
        with file.open("rb") as stream:
            found.append(GNUTranslations(stream))
    return tuple(found)


def missing_names(bench: Bench, sheet: Sheet, language: str) -> Iterator[tuple[etree._Element, str]]:
    """Every element of the diagram whose name has no translation in that language, with the name as drawn."""
    if sheet.root is None:
        return
    first = sheet.root.find(f"{B}process")
    context = f"bpmn:{first.get('id', '') if first is not None else ''}"
    known = catalogues(language, bench.registry)
    for node in sheet.root.iter(etree.Element):
        name = node.get("name") if in_bpmn(node) and local_name(node) not in UNSEEN else None
        if not name or any(f"{context}\x04{name}" in each._catalog for each in known):  # type: ignore[attr-defined]
            continue
        if language not in bench.translated or not bench.translated[language].find(context, name):
            yield node, name
