"""`komek i18n`: the catalogues of the screens, kept up to date and complete."""

import re
import sys
from pathlib import Path

import click
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from services.config import ROOT
from services.processes.names import MIXED
from webapp.cli.diagram_names import faults_of_names, update_names
from webapp.extract import extract

LANGUAGES = ("kk", "ru")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]")


@click.group()
def i18n() -> None:
    """The languages of the screens."""


@i18n.command()
def update() -> None:
    """Take every msgid of code and templates into the catalogues; words nobody uses any more leave them."""
    wanted = extract()
    for language in LANGUAGES:
        known = _read(_file(language))
        fresh = Catalog(locale=language, domain="messages", project="Komek", fuzzy=False)
        for msgid, places in wanted.items():
            old = known.get(msgid)
            fresh.add(msgid, old.string if old else "", locations=[(place, 0) for place in places])
        _file(language).parent.mkdir(parents=True, exist_ok=True)
        with _file(language).open("wb") as stream:
            write_po(stream, fresh, width=120, sort_output=True, omit_header=False, include_lineno=False)
        _drop_dates(_file(language))
    click.echo(f"{len(wanted)} texts")


@i18n.command()
def diagrams() -> None:
    """Take every name drawn in diagrams, decisions and forms into the catalogues beside them."""
    click.echo(f"{update_names()} names")


@i18n.command()
def check() -> None:
    """Exit code 1, and what is missing or wrong, unless every language is complete."""
    faults = [fault for language in LANGUAGES for fault in faults_of(language)]
    for file in sorted([*ROOT.glob("bpmn/translations/*/*/*.po"), *ROOT.glob("plugins/*/bpmn/translations/*/*/*.po")]):
        faults += [f"{file.relative_to(ROOT)}: {fault}" for fault in _texts_at_fault(_read(file))]
    faults += faults_of_names()
    for fault in faults:
        click.echo(fault, err=True)
    click.echo(f"translations: {len(faults)} faults" if faults else "translations: complete")
    sys.exit(1 if faults else 0)


def faults_of(language: str) -> list[str]:
    """What is missing, left over, or wrong in that language's catalogue of the screens."""
    catalogue, wanted = _read(_file(language)), extract()
    known = {str(message.id) for message in catalogue if message.id}
    faults = [f"{language}: not in the catalogue: {msgid!r}; run komek i18n update" for msgid in wanted.keys() - known]
    faults += [f"{language}: nobody uses {msgid!r} any more; run komek i18n update" for msgid in known - wanted.keys()]
    return faults + [f"{language}: {fault}" for fault in _texts_at_fault(catalogue)]


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


def _file(language: str) -> Path:
    return ROOT / "webapp" / "translations" / language / "LC_MESSAGES" / "messages.po"


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
