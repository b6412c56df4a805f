"""The catalogues of names beside the diagrams: extracted, kept up to date, checked complete."""

from collections.abc import Iterator
from pathlib import Path

from services.config import ROOT
from services.processes import LANGUAGES, TextDrawn, texts_of
from services.processes.catalogues import read_catalogue, write_catalogue


def folders() -> list[Path]:
    """Every folder of diagrams, decisions and forms: the common one and the plugins'."""
    return [each for each in sorted([*ROOT.glob("bpmn"), *ROOT.glob("plugins/*/bpmn")]) if _drawn(each)]


def update_names() -> int:
    """Take every name that is drawn into the catalogues; names nobody draws any more leave them. How many there are."""
    count = 0
    for folder in folders():
        texts = _drawn(folder)
        count += len(texts)
        for language in LANGUAGES:
            file, known = _file(folder, language), _known(folder, language)
            file.parent.mkdir(parents=True, exist_ok=True)
            said = [(text, known.get((text.context, text.msgid), "")) for text in texts]
            file.write_bytes(write_catalogue(said, language))
    return count


def faults_of_names() -> Iterator[str]:
    """What is drawn and not in a catalogue, or in a catalogue and not drawn."""
    for folder in folders():
        drawn = {(text.context, text.msgid) for text in _drawn(folder)}
        for language in LANGUAGES:
            place = _file(folder, language).relative_to(ROOT)
            known = _known(folder, language)
            for context, msgid in sorted(drawn - known.keys()):
                yield f"{place}: not in the catalogue: {msgid!r} of {context}; run komek i18n diagrams"
            for context, msgid in sorted(known.keys() - drawn):
                yield f"{place}: nobody draws {msgid!r} of {context} any more; run komek i18n diagrams"


def _drawn(folder: Path) -> list[TextDrawn]:
    files = [each for kind in ("bpmn", "dmn", "form") for each in sorted(folder.glob(f"*.{kind}"))]
    return texts_of({each.name: each.read_bytes() for each in files})


def _known(folder: Path, language: str) -> dict[tuple[str, str], str]:
    file = _file(folder, language)
    return dict(read_catalogue(file.read_bytes(), language)) if file.is_file() else {}


def _file(folder: Path, language: str) -> Path:
    return folder / "translations" / language / "LC_MESSAGES" / "diagrams.po"
