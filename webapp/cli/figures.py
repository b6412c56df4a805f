"""`komek figures`: what the worker keeps of days that are over, counted anew at once."""

import click
from flask_babel import gettext

from services import boards, cases, directory
from services import figures as verbs
from services.config import Config
from services.errors import KomekError
from webapp.cli.tables import over_the_database
from webapp.errors import sentences_of


@click.group(name="figures")
def figures() -> None:
    """Figures that are kept so that nobody counts them again: of days that are over, and of where cases wait."""


@figures.command()
@click.option("--from", "since", required=True, help="The first day, as 2026-01-31.")
@click.option("--to", "until", help="The last one, at most three years later; yesterday when none is given.")
@click.pass_obj
def recount(config: Config, since: str, until: str | None) -> None:
    """Count days that are over anew, day by day; says which were otherwise. ^C or kill leaves whole days."""
    with over_the_database(config):
        days, other = 0, 0
        try:
            asked = boards.period(since, until or directory.today().isoformat())
            for on, offices in verbs.recount(asked.since, asked.until):
                days, other = days + 1, other + bool(offices)
                if offices:
                    click.echo(gettext("%(on)s: otherwise at %(offices)s offices", on=on, offices=offices))
        except KomekError as error:
            raise click.ClickException(sentences_of(error)) from error
        click.echo(gettext("days counted: %(days)s; of them otherwise than kept: %(other)s", days=days, other=other))


@figures.command()
@click.pass_obj
def places(config: Config) -> None:
    """Count for each open case at how many places it waits at its body, and put right what is otherwise."""
    with over_the_database(config):
        click.echo(gettext("cases put right: %(cases)s", cases=cases.recount_places()))
