"""`komek figures`: what the worker keeps of days that are over, counted anew at once."""

from datetime import date

import click
from flask_babel import gettext

from services import cases, directory
from services import figures as verbs
from services.config import Config
from services.days import read_day
from services.errors import KomekError
from webapp.cli.tables import over_the_database
from webapp.errors import sentences_of


@click.group(name="figures")
def figures() -> None:
    """Figures that are kept so that nobody counts them again: of days that are over, and of where cases wait."""


def _day(text: str) -> date:
    try:
        return read_day(text)
    except ValueError as error:
        raise click.BadParameter(text) from error


@figures.command()
@click.option("--from", "since", required=True, help="The first day, as 2026-01-31.")
@click.option("--to", "until", help="The last one; yesterday when it is not given.")
@click.pass_obj
def recount(config: Config, since: str, until: str | None) -> None:
    """Count days that are over anew, day by day; says which were otherwise. ^C or kill leaves whole days."""
    with over_the_database(config):
        days, other = 0, 0
        last = _day(until) if until else directory.today()
        try:
            for on, offices in verbs.recount(_day(since), last):
                days, other = days + 1, other + bool(offices)
                if offices:
                    click.echo(gettext("%(on)s: otherwise at %(offices)s offices", on=on, offices=offices))
        except KomekError as error:
            raise click.ClickException(" ".join(sentences_of(error))) from error
        click.echo(gettext("days counted: %(days)s; of them otherwise than kept: %(other)s", days=days, other=other))


@figures.command()
@click.pass_obj
def places(config: Config) -> None:
    """Count for each open case at how many places it waits at its body, and put right what is otherwise."""
    with over_the_database(config):
        click.echo(gettext("cases put right: %(cases)s", cases=cases.recount_places()))
