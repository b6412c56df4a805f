"""`komek doctor --data`: whether the rows of the database agree with each other, whatever happened to it."""

import json

import click
from flask_babel import gettext

from services import invariants
from services.config import Config
from webapp.cli.tables import over_the_database


def look_through(config: Config, *, as_json: bool) -> int:
    """Say every invariant that does not hold, and where; the exit code: 1 when there is one."""
    with over_the_database(config):
        found = list(invariants.broken())
    for each in found:
        if as_json:
            told = {"key": each.key, "says": gettext(each.says), "count": each.count, "places": each.places}
            click.echo(json.dumps(told, ensure_ascii=False))
            continue
        click.echo(f"{click.style(gettext('does not hold'), fg='red')} {said(each)}")
    if not as_json:
        told = {"looked": len(invariants.INVARIANTS), "broken": len(found)}
        click.echo(gettext("Invariants: %(looked)s; of them broken: %(broken)s", **told))
    return 1 if found else 0


def said(breach: invariants.Breach) -> str:
    """What does not hold, and in how many places: two lines in the reader's language."""
    more = " …" if breach.count > len(breach.places) else ""
    return f"{gettext(breach.says)} [{breach.key}]\n  {breach.count}: {', '.join(breach.places)}{more}"
