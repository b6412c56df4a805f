"""`komek region`: whether a region can be law, from its package alone; no database is asked."""

import json
import sys
from collections.abc import Sequence

import click
from flask_babel import gettext

from services import loading, soundness
from services.config import PLUGINS, ROOT, Config
from services.languages import LANGUAGES
from services.registry import Registry
from webapp.cli.plugins import folder_of
from webapp.cli.spoken import of_terminal, speaking

COLOURS = {"error": "red", "warning": "yellow"}


@click.group()
def region() -> None:
    """Regions: packages of tables, diagrams and printed forms."""


@region.command()
@click.argument("what", required=False)
@click.option("--json", "as_json", is_flag=True, help="For programs: a line for each fault, with file and line.")
@click.option("--language", type=click.Choice(LANGUAGES), help="kk, ru or en; that of the terminal when not given.")
@click.option("--grade", is_flag=True, help="Also how far the region has come, and what is missing for the next grade.")
@click.pass_obj
def check(config: Config, what: str | None, as_json: bool, language: str | None, grade: bool) -> None:
    """Look through all of a region's package; exit code 1 when something refuses its deployment.

    WHAT is its folder, or the key of one that is installed; without it, the region that is switched on.
    """
    plugins = region_of(config, what)
    found = soundness.faults_of(plugins)
    wrong = len(soundness.errors(found))
    with speaking(language or of_terminal()):
        (_print_json if as_json else _print)(found)
        total = {"region": plugins.region, "errors": wrong, "warnings": len(found) - wrong}
        if grade:
            _print_grade(soundness.grade_of(plugins, found))
        click.echo(gettext("%(region)s: errors: %(errors)s; warnings: %(warnings)s", **total), err=as_json)
    sys.exit(1 if wrong else 0)


def region_of(config: Config, what: str | None) -> Registry:
    """The region named on the command line beside the plugins that are switched on. Raises ClickException."""
    names = config.plugins or PLUGINS
    if what is None:
        return loading.load(names, ROOT)
    folder = ROOT / "plugins" / what
    return loading.load_folder(folder if (folder / "__init__.py").is_file() else folder_of(what), names, ROOT)


def _print(found: Sequence[soundness.RegionFault]) -> None:
    for each in found:
        label = {"error": gettext("error"), "warning": gettext("warning")}[each.severity]
        click.echo(f"{click.style(label, fg=COLOURS[each.severity])} {each.said(gettext)}")
        if advice := each.what_to_do(gettext):
            click.echo(f"    {advice}")


def _print_grade(grade: soundness.Grade) -> None:
    """To stderr: what stands on stdout may be JSON."""
    name = {each: gettext(called) for each, called in soundness.CALLED.items()}
    click.secho(gettext("Grade: %(grade)s", grade=name[grade.name]), bold=True, err=True)
    if grade.missing:
        click.echo(gettext("Missing for %(grade)s:", grade=name[grade.next]), err=True)
    for each in grade.missing:
        click.echo(f"  {each.said(gettext)}\n      {each.what_to_do(gettext)}", err=True)


def _print_json(found: Sequence[soundness.RegionFault]) -> None:
    for each in found:
        click.echo(json.dumps(each.as_dict(gettext), ensure_ascii=False))
