"""The journal from the console: verified, sealed, and read by request."""

import json
import sys
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from services import cases, clock, journal, registry
from services.config import Config
from services.db import transaction
from webapp.cli.tables import over_the_database


@click.group(name="journal")
def journal_group() -> None:
    """The history that cannot be changed unnoticed."""


@journal_group.command()
@click.option(
    "--seals", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Seals kept outside the database."
)
@click.pass_obj
def verify(config: Config, seals: Path | None) -> None:
    """Look through every line, and every answer, applicant, paper and outcome that lines attest; exit code 1 when one
    was changed, removed, put in or reordered, or a tail was cut. What was written before it was attested is told."""
    outside = [line for line in seals.read_text(encoding="utf-8").splitlines() if line.strip()] if seals else []
    with over_the_database(config):
        faults = journal.verify(outside)
        values = cases.verify_values()
    faults += values.faults
    for fault in faults:
        click.echo(str(fault), err=True)
    click.echo(_verdict(len(faults), values.things, values.uncovered, values.uncovered_cases))
    sys.exit(1 if faults else 0)


def _verdict(faults: int, things: int, uncovered: int, cases: int) -> str:
    """Whole is only what could be looked at whole."""
    if uncovered:
        told = f"lines whole, {things} attested values as they were written" if not faults else f"{faults} faults"
        return f"journal: {told}; NOT COVERED: {uncovered} values of {cases} cases, written before values were attested"
    return f"journal: {faults} faults" if faults else f"journal: whole, with {things} attested values"


@journal_group.command(name="request")
@click.argument("request")
@click.pass_obj
def of_request(config: Config, request: str) -> None:
    """Every line of that request and of what workers did because of it, as the access log or X-Request-ID names it."""
    with over_the_database(config):
        lines = journal.of_request(request)
    for line in lines:
        told = json.dumps(dict(line.details), ensure_ascii=False)
        click.echo(f"{line.at.isoformat()} {line.stream} {line.position} {line.actor} {line.event} {told}")
    sys.exit(0 if lines else 1)


@journal_group.command()
@click.pass_obj
def seal(config: Config) -> None:
    """Seal every stream as it stands today, and print all seals, to be kept outside the database."""
    with over_the_database(config):
        with transaction():
            journal.seal(clock.now().astimezone(ZoneInfo(str(registry.current().facts()["time_zone"]))))
        click.echo(journal.export_seals())
