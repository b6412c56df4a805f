"""`komek db`: the tables, version by version; and how every command reaches the database."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import click
from sqlalchemy.exc import OperationalError

from services import directory, law, migrations, registry
from services.config import Config
from services.db import let_go
from services.errors import KomekError
from services.migrations.making import make as write_next
from services.postgres import CannotStart, as_application, at_hand


@click.group(name="db")
def tables() -> None:
    """The database's tables."""


@tables.command()
@click.pass_obj
def upgrade(config: Config) -> None:
    """Bring the tables to this version of Komek."""
    with over_the_database(config, any_tables=True):
        migrations.upgrade(told=_tell)
        now = migrations.standing()
    newer = f"tables: {now.found}, of a newer version; left as they are"
    click.echo("tables: up to date" if now.state == "ok" else newer)


@tables.command()
@click.argument("revision")
@click.confirmation_option(prompt="What the newer tables alone hold is lost. Is there a backup, and is Komek stopped?")
@click.pass_obj
def downgrade(config: Config, revision: str) -> None:
    """Take the tables back to an earlier REVISION, for an earlier version of Komek."""
    with over_the_database(config, any_tables=True):
        migrations.downgrade(revision, told=_tell)
    click.echo(f"tables: back at {revision}")


@tables.command()
@click.pass_obj
def revision(config: Config) -> None:
    """The revision of the tables, and the one that this version of Komek needs; exit code 1 when it cannot work."""
    with over_the_database(config, any_tables=True):
        now = migrations.standing()
        owns = migrations.application_owns()
    click.echo(f"tables: {now.found or 'none'}; needed: {now.needed}")
    if owns:
        click.echo("the application works as the owner of the tables: docs/administrators.md, «Two roles»")
    if now.state == "ahead":
        click.echo("of a newer version, and made so that this one goes on beside it")
    sys.exit(0 if now.usable else 1)


@tables.command()
@click.argument("message")
@click.option("--topic", default="", help="Names the file; the first words of MESSAGE when it is not given.")
def make(message: str, topic: str) -> None:
    """Write the next migration: what the models say and the tables do not have yet. MESSAGE: what it is, a sentence.

    For developers. It works on a PostgreSQL of its own, which is thrown away; read what it wrote before you keep it.
    """
    try:
        made = write_next(message, topic)
    except CannotStart as error:
        raise click.ClickException(str(error)) from error
    click.echo(made.file or "models and migrations agree: nothing to write")
    for each in made.by_hand:
        click.echo(f"  by hand: {each}")


def _tell(revision: str, connection: object) -> None:
    click.echo(f"tables: {revision or 'none'}")


@contextmanager
def over_the_database(config: Config, *, any_tables: bool = False) -> Iterator[None]:
    """The application over its database, and errors as one sentence. A command may take its time: it is no click.

    Without DATABASE_URL it is the database under `var/`, whether `komek serve` runs or not. `any_tables`: those of
    another revision, or none, will do.
    """
    from webapp import create_app

    config = replace(config, database_statement_s=0, database_lock_s=0, database_idle_s=0)
    try:
        with _database(config, make=any_tables) as told, create_app(told).app_context():
            if not any_tables:
                migrations.check_tables()
                directory.check_region(registry.current())
                law.read()
            yield
            let_go()
    except (KomekError, CannotStart) as error:
        raise click.ClickException(str(error)) from error
    except OperationalError as error:
        said = str(error.orig).strip().partition("\n")[0]
        raise click.ClickException(f"the database does not answer: {said}") from error


@contextmanager
def _database(config: Config, *, make: bool) -> Iterator[Config]:
    """With the addresses given, else those of the database under `var/`: the application's, and its owner's."""
    if config.database_url:
        yield config
        return
    with at_hand(config.var.resolve(), make=make) as owner:
        yield replace(config, database_url=as_application(owner), database_owner_url=owner)
