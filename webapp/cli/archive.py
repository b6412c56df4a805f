"""`komek archive`: what the worker does every night, at once or only told."""

import click

from services import archive as verbs
from services.config import Config
from webapp.cli.tables import over_the_database

#: of what would go, so many are listed
LISTED = 1000


@click.group(name="archive")
def archive() -> None:
    """Cases closed long ago leave the working tables."""


@archive.command()
@click.option("--dry-run", is_flag=True, help="Only say which cases would go.")
@click.option("--most", type=click.IntRange(min=1), help="No more than so many cases.")
@click.pass_obj
def run(config: Config, dry_run: bool, most: int | None) -> None:
    """Put every closed case whose time is over into the archive, in small steps; ^C or kill leaves whole cases."""
    with over_the_database(config):
        if dry_run:
            found = verbs.ripe(min(most or LISTED, LISTED))
            for each in found:
                click.echo(f"{each.number or each.case_id}\t{each.office_key}\tsince {each.since}")
            click.echo(f"archive: {len(found)}{'+' if len(found) == LISTED else ''} cases would go", err=True)
            return
        done = 0
        while most is None or done < most:
            step = verbs.archive_step(min(verbs.STEP, most - done) if most is not None else verbs.STEP)
            if not step:
                break
            done += step
            click.echo(f"archive: {done} cases", err=True)
    click.echo(f"archive: {done} cases put in")
