"""What an installation goes by is put in force from the console: diagrams, tables, and the demo's people."""

from pathlib import Path

import click

from services import cases, directory, editions, migrations, processes, registry, soundness
from services.config import Config
from services.db import transaction
from webapp.cli.tables import over_the_database
from webapp.language.words import said_in


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), required=False)
@click.pass_obj
def deploy(config: Config, folder: Path | None) -> None:
    """Put diagrams and decisions in force: those of FOLDER, or all of the switched-on plugins.

    Without FOLDER the offices and the calendar are filled as well.
    """
    with over_the_database(config):
        if migrations.standing().state == "ahead":
            click.echo("the tables are of a newer version, which deploys: nothing was deployed")
            return
        plugins = registry.shipped()
        soundness.check_start(plugins)
        if folder is None:
            with transaction():
                told = editions.receive(plugins, at_once=config.demo)
                editions.import_offices()
            for received in told:
                click.echo(_of_edition(received))

            cases.fill_calendar(range(2012, directory.today().year + 3))
            done = editions.install(actor="console")
            processes.keep_words(registry.current(), said_in)
        else:
            resources = {file.name: file.read_bytes() for file in processes.files_to_deploy(folder.iterdir())}
            done = processes.install(resources, plugins, name=folder.name, actor="console")
    for each in done.definitions:
        click.echo(f"{each.key} {each.version}: {_standing(each.version, done.law.get(each.key), done.new)}")


def _of_edition(received: editions.Received) -> str:
    """What became of an edition of the region's act, in one line."""
    name = received.edition.act.get("number") or received.edition.key or received.edition.region
    said = {
        "in force": "in force",
        "to come": "comes into force on its day",
        "known": "as it was deployed before",
        "candidate": "a candidate: the act in force stays until somebody puts it in force under «The act»",
    }
    return f"act {name}: {said[received.state]}"


def _standing(version: int, law: int | None, new: bool) -> str:
    """Whether that version is the law now, and else why not."""
    if version == law:
        return "in force"
    why = "a candidate" if new else "NOT in force, these files were deployed before"
    stays = f"version {law} stays in force" if law else "no version is in force"
    return f"{why}; {stays} until somebody puts another one in force under «Diagrams»"


@click.command()
@click.pass_obj
def seed(config: Config) -> None:
    """Make the demo staff, every role at several offices, and invented cases of the last weeks. Only in demo mode."""
    if not config.demo:
        raise click.ClickException("demo staff have a known password: only with --demo")
    from services.directory.demo import seed_demo_staff
    from webapp.cli.demo_cases import play_demo_cases

    with over_the_database(config):
        seed_demo_staff(registry.current())
        played = play_demo_cases(registry.current()) if config.demo_cases else 0
    click.echo(f"demo staff: there; cases played: {played}")
