"""`komek law`: two laws side by side, and what stands for each clause of one, from files alone."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from flask import g
from flask_babel import gettext

from services import editions, loading, processes, registry, soundness
from services.config import PLUGINS, ROOT, Config
from services.errors import KomekError
from services.languages import LANGUAGES
from services.registry import Registry
from webapp.act.looking import by_table, said_of_changes
from webapp.act.said import column
from webapp.cli.spoken import of_terminal, speaking
from webapp.errors import message_of
from webapp.language import words
from webapp.language.i18n import language as language_read

SIGNS = {"added": "+", "removed": "-", "changed": "~"}
COLOURS = {"added": "green", "removed": "red", "changed": "yellow"}
in_language = click.option(
    "--language", type=click.Choice(LANGUAGES), help="kk, ru or en; that of the terminal when not given."
)


@click.group(name="law")
def law_group() -> None:
    """The law of regions, as their files say it: editions of their acts, and their clauses.

    A law is called by an edition of the switched-on region (its key or number), by the folder of a region's package,
    or by the name of an installed one; folder and name may be followed by @ and an edition's key, else it is the last.
    """


@law_group.command()
@click.argument("a")
@click.argument("b")
@in_language
@click.pass_obj
def diff(config: Config, a: str, b: str, language: str | None) -> None:
    """What the law B says otherwise than A, each row with its clause."""
    with _reading(config, language):
        before, after = _law(a), _law(b)
        found = editions.beside(before, after)
        _tell_changes(found, before, after)
        told = {"rows": len(found.rows), "bare": len(found.without_clause), "files": len(found.files)}
        click.echo(
            gettext("Rows: %(rows)s, of these without a clause: %(bare)s; files: %(files)s", **told) if found
            else gettext("They say the same.")
        )  # fmt: skip


@law_group.command()
@click.argument("law", required=False, default="")
@in_language
@click.pass_obj
def coverage(config: Config, law: str, language: str | None) -> None:
    """Clauses of LAW (that of the switched-on region, when none is named) for which nothing stands, and the reverse.

    Exit code 1 when a clause that asks for something has nothing, or something names a clause that is not there.
    """
    with _reading(config, language):
        of = _law(law) if law else registry.shipped()
        wrong = _tell_coverage(soundness.coverage(of), of)
    sys.exit(1 if wrong else 0)


@contextmanager
def _reading(config: Config, language: str | None) -> Iterator[None]:
    """The switched-on region and the catalogues of the screens, without a database."""
    registry.use(loading.load(config.plugins or PLUGINS, ROOT))
    spoken = language or of_terminal()
    try:
        with speaking(spoken):
            g.reading_in, g.names = spoken, processes.translations_of_files(spoken, registry.shipped())
            yield
    except KomekError as error:
        raise click.ClickException(message_of(error)) from None


def _law(name: str) -> Registry:
    """Raises ClickException, NoSuchLaw, BadRegion."""
    place, _, key = name.partition("@")
    if Path(place).is_dir():
        return editions.law_of_package(Path(place).resolve(), key)
    if (folder := editions.regions_at_hand().get(place)) is not None:
        return editions.law_of_package(folder, key)
    return editions.law_of_package(registry.shipped().folders[0], name)


def _tell_changes(found: editions.TwoLaws, before: Registry, after: Registry) -> None:
    said = said_of_changes(before, after)
    sentence, cell, route = said["sentence"], said["cell"], said["route_of"]
    for table, rows in groupby(found.rows, key=lambda each: each.table):
        click.secho(words.word("table", table), bold=True)
        for row in rows:
            was = f"{words.clause(row.was_clause, before)} -> " if row.was_clause else ""
            named = words.clause(row.clause, before if row.kind == "removed" else after)
            clause = was + (named or gettext("no clause"))
            _line(row.kind, " · ".join(filter(None, (row.names[language_read()], route(row), clause))))
            _under(f"{column(each.column)}: {cell(each, 'before')} -> {cell(each, 'after')}" for each in row.cells)
    for file in found.files:
        _line(file.kind, file.place)
        _under(f"{column(each.column)}: {cell(each, 'before')} -> {cell(each, 'after')}" for each in file.cells)
        _under(map(sentence, file.drawn))
        for lines in file.printed:
            _under([*(f"- {text}" for text in lines.before), *(f"+ {text}" for text in lines.after)])
        _under([gettext("This cannot be read as a diagram.")] if file.unread else ())
        _under([gettext("Nothing happens otherwise: how it is drawn, or a remark.")] if file.laid_out else ())


def _under(lines: Iterable[str]) -> None:
    for each in lines:
        click.echo(f"      {each}")


def _line(kind: str, text: str) -> None:
    click.echo(f"  {click.style(SIGNS[kind], fg=COLOURS[kind])} {text}")


def _tell_coverage(found: soundness.ActCoverage, law: Registry) -> int:
    """How much is wrong."""
    if not found.clauses:
        click.echo(gettext("The region has no table of its act’s clauses (clauses.csv)."))
    _listed(
        gettext("Nothing stands for these"),
        [f"{words.clause(each.clause.key, law)}: {each.clause.words[language_read()]}" for each in found.missing],
    )
    _listed(gettext("These name a clause that the act does not have"), [f"{who}: {key}" for who, key in found.unknown])
    nobody = gettext("No clause names")
    for table, rows in by_table(found.rows_without):
        _listed(f"{nobody}: {words.word('table', table)}", [each.key for each in rows])
    steps = [f"{each.process} · {each.name.text or each.id}" for each in found.elements_without]
    _listed(nobody + ": " + gettext("Steps of the diagrams"), steps)
    _listed(nobody + ": " + gettext("Printed forms"), found.papers_without)
    told = {"count": len(found.clauses), "asking": sum(each.clause.asks for each in found.clauses)}
    click.echo(gettext("Clauses: %(count)s; of these %(asking)s ask something of the process.", **told))
    return len(found.missing) + len(found.unknown)


def _listed(heading: str, lines: Sequence[Any]) -> None:
    if lines:
        click.secho(f"{heading} ({len(lines)})", bold=True)
        for each in lines:
            click.echo(f"  {each}")
