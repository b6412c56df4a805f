"""`komek doctor --system`: what an administrator would want to know of the machine, in one list."""

import json

import click
from flask_babel import gettext

from services import upkeep
from services.config import Config
from webapp.cli.tables import over_the_database

COLOURS = {"error": "red", "warning": "yellow", "note": "blue"}


def examine_system(config: Config, as_json: bool) -> bool:
    """Print what is wrong, in the language that is spoken; whether nothing of it is an error."""
    found = _found(config)
    for each in found:
        if as_json:
            click.echo(json.dumps(each.as_dict(gettext), ensure_ascii=False))
            continue
        label = {"error": gettext("error"), "warning": gettext("warning"), "note": gettext("note")}[each.severity]
        click.echo(f"{click.style(label, fg=COLOURS[each.severity])}: {each.what.said(gettext)} [{each.rule}]")
        click.echo(f"    {each.to_do.said(gettext)}")
    errors = sum(each.severity == upkeep.ERROR for each in found)
    if not as_json:
        click.echo(gettext("errors: %(errors)s; others: %(others)s", errors=errors, others=len(found) - errors))
    return not errors


def _found(config: Config) -> list[upkeep.SystemFinding]:
    try:
        with over_the_database(config, any_tables=True):
            return upkeep.findings(upkeep.look(config))
    except click.ClickException as fault:
        return [upkeep.away(fault.message)]
