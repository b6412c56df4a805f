"""`komek i18n`: the words of the screens and of every plugin, kept up to date, complete, and compiled.

Komek's own stand in `webapp/translations`, a plugin's in its own folder, under its own name: ours as a stranger's.
"""

import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from services.config import ROOT
from services.processes import MIXED
from webapp.cli.diagram_names import faults_of_names, update_names
from webapp.cli.extract import extract_core, extract_plugin, plugin_folders, unmarked

LANGUAGES = ("kk", "ru")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")
FOLDER = click.Path(exists=True, file_okay=False, resolve_path=True, path_type=Path)


@dataclass(frozen=True)
class Wordbook:
    """The words of Komek itself, or of one plugin."""

    folder: Path  #: its `translations/` lies there
    is_plugin: bool = True

    @cached_property
    def wanted(self) -> Mapping[str, Sequence[str]]:
        """Msgid -> the files it stands in."""
        return extract_plugin(self.folder) if self.is_plugin else extract_core()

    @property
    def domain(self) -> str:
        return self.folder.name if self.is_plugin else "messages"

    def file(self, language: str) -> Path:
        return self.folder / "translations" / language / "LC_MESSAGES" / f"{self.domain}.po"

    def known(self, language: str) -> dict[str, str]:
        """Msgid -> what it says in that language."""
        return {str(each.id): str(each.string or "") for each in _read(self.file(language)) if each.id}

    def said(self, language: str) -> str:
        """What a fault of it begins with."""
        return f"{self.domain}/{language}" if self.is_plugin else language


CORE = Wordbook(ROOT / "webapp", is_plugin=False)


def whose(folders: Sequence[Path]) -> list[Wordbook]:
    """Catalogues of these plugins; of none: Komek's own, and those of every plugin in `plugins/`."""
    return [Wordbook(each) for each in folders] or [CORE, *map(Wordbook, plugin_folders())]


@click.group()
def i18n() -> None:
    """The languages of the screens, and of the plugin in FOLDER where one is named."""


@i18n.command()
@click.argument("folder", type=FOLDER, nargs=-1)
def update(folder: tuple[Path, ...]) -> None:
    """Take every msgid of code and templates into the catalogues; words nobody uses any more leave them."""
    every = whose(folder)
    for language in LANGUAGES:
        said = {msgid: text for each in (*every, CORE) for msgid, text in each.known(language).items() if text}
        fresh = {each: _fresh(each, language, {**said, **each.known(language)}) for each in every}
        for each, catalogue in fresh.items():
            if each.wanted:
                _write(each.file(language), catalogue)
            else:
                each.file(language).unlink(missing_ok=True)
    click.echo(f"{sum(len(each.wanted) for each in every)} texts")


def _fresh(words: Wordbook, language: str, known: Mapping[str, str]) -> Catalog:
    project = words.domain if words.is_plugin else "Komek"
    fresh = Catalog(locale=language, domain=words.domain, project=project, fuzzy=False)
    for msgid, places in words.wanted.items():
        fresh.add(msgid, known.get(msgid, ""), locations=[(place, 0) for place in places])
    return fresh


def _write(file: Path, catalogue: Catalog) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("wb") as stream:
        write_po(stream, catalogue, width=120, sort_output=True, omit_header=False, include_lineno=False)
    _drop_dates(file)


@i18n.command()
def diagrams() -> None:
    """Take every name drawn in diagrams, decisions and forms into the catalogues beside them."""
    click.echo(f"{update_names()} names")


@i18n.command()
@click.argument("folder", type=FOLDER, nargs=-1)
def compile(folder: tuple[Path, ...]) -> None:
    """Make of every catalogue what Komek reads, the `.mo` beside the `.po`."""
    for words in whose(folder):
        for language in LANGUAGES:
            if (file := words.file(language)).is_file():
                with file.with_suffix(".mo").open("wb") as stream:
                    write_mo(stream, _read(file))


@i18n.command()
@click.argument("folder", type=FOLDER, nargs=-1)
def check(folder: tuple[Path, ...]) -> None:
    """Exit code 1, and what is missing or wrong, unless every language is complete."""
    faults = [fault for language in LANGUAGES for fault in faults_of(language, folder)]
    if not folder:
        for file in sorted(
            [*ROOT.glob("bpmn/translations/*/*/*.po"), *ROOT.glob("plugins/*/bpmn/translations/*/*/*.po")]
        ):
            faults += [f"{file.relative_to(ROOT)}: {fault}" for fault in _texts_at_fault(_read(file))]
        faults += faults_of_names()
        faults += [f"{each}: mark it with _()" for each in unmarked()]
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"translations: {len(faults)} faults" if faults else "translations: complete")
    sys.exit(1 if faults else 0)


def faults_of(language: str, folders: Sequence[Path] = ()) -> list[str]:
    """What is missing, left over, wrong, or said in two ways in that language's catalogues."""
    faults, said = [], {msgid: (CORE, text) for msgid, text in CORE.known(language).items()}
    for words in whose(folders):
        known = words.known(language)
        for msgid in words.wanted.keys() - known.keys():
            faults.append(f"{words.said(language)}: not in the catalogue: {msgid!r}; run komek i18n update")
        for msgid in known.keys() - words.wanted.keys():
            faults.append(f"{words.said(language)}: nobody uses {msgid!r} any more; run komek i18n update")
        faults += [f"{words.said(language)}: {fault}" for fault in _texts_at_fault(_read(words.file(language)))]
        faults += [f"{words.said(language)}: {fault}" for fault in _otherwise(words, known, said)]
    return faults


def _otherwise(words: Wordbook, known: Mapping[str, str], said: dict[str, tuple[Wordbook, str]]) -> Iterator[str]:
    """What is said otherwise than elsewhere: one English sentence has one translation on a page."""
    for msgid, text in known.items():
        other, before = said.setdefault(msgid, (words, text))
        if text and before and text != before:
            yield f"{other.domain} says {before!r} for {msgid!r}, not {text!r}: one sentence, one translation"


def _texts_at_fault(catalogue: Catalog) -> list[str]:
    faults = []
    for message in catalogue:
        msgid, text = str(message.id), str(message.string or "")
        if not msgid:
            continue
        if not text or message.fuzzy:
            faults.append(f"not translated: {msgid!r}")
        elif set(PLACEHOLDER.findall(msgid)) != set(PLACEHOLDER.findall(text)):
            faults.append(f"other placeholders: {msgid!r} and {text!r}")
        elif MIXED.search(PLACEHOLDER.sub(" ", text)):
            faults.append(f"Latin and Cyrillic letters in one word: {text!r}")
    return faults


def _read(file: Path) -> Catalog:
    if not file.is_file():
        return Catalog()
    with file.open("rb") as stream:
        return read_po(stream, abort_invalid=True)


def _drop_dates(file: Path) -> None:
    """Lines that would differ at every run."""
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [
        line for line in lines if not re.match(r'"(POT-Creation|PO-Revision)-Date|"Generated-By|# .* [0-9]{4}', line)
    ]
    file.write_text("".join(kept), encoding="utf-8")
