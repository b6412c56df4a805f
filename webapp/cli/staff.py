"""People who work in Komek, from the console."""

import click

from services import directory, factors
from services.config import Config
from services.db import transaction
from webapp.cli.office import import_staff
from webapp.cli.tables import over_the_database
from webapp.cli.typed import WORDS


def _id_of(login: str) -> int:
    """Whose sign-in name that is. Raises NoSuchStaff."""
    staff_id = directory.id_of(login)
    if staff_id is None:
        raise directory.NoSuchStaff
    return staff_id


@click.group()
def staff() -> None:
    """People who work in Komek."""


@staff.command()
@click.argument("login", type=WORDS)
@click.argument("full_name", type=WORDS)
@click.argument("office", type=WORDS)
@click.argument("role", type=WORDS)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.pass_obj
def add(config: Config, login: str, full_name: str, office: str, role: str, password: str) -> None:
    """Add a person with a ROLE at an OFFICE (keys of the region's tables); the first administrator, too."""
    with over_the_database(config), transaction():
        first = role == directory.ADMIN and not directory.has_administrator()  # who types it is that person
        staff_id = directory.add_staff(login, full_name, password, actor="console", config=config, own_password=first)
        directory.appoint(staff_id, office, role, actor="console")
    click.echo(f"{login}: {role} at {office}")


@staff.command()
@click.argument("login", type=WORDS)
@click.pass_obj
def unlock(config: Config, login: str) -> None:
    """Let a person try to sign in again at once, after too many wrong passwords."""
    with over_the_database(config):
        directory.unlock(_id_of(login), actor="console")
    click.echo(f"{login}: may sign in")


@staff.command()
@click.argument("login", type=WORDS)
@click.pass_obj
def slip(config: Config, login: str) -> None:
    """A code by which a person who forgot their password chooses another on /slip; shown once."""
    with over_the_database(config):
        code, ends_at = directory.make_slip(_id_of(login), actor="console")
    click.echo(f"{login}: {code} (holds until {ends_at:%Y-%m-%d %H:%M} UTC)")


@staff.command()
@click.argument("login", type=WORDS)
@click.pass_obj
def reset(config: Config, login: str) -> None:
    """Take away a person's passkeys and one-time codes, when the device is lost; they set up others at the door."""
    with over_the_database(config):
        factors.forget_factors(_id_of(login), actor="console")
    click.echo(f"{login}: signs in with the password alone, once")


@staff.command()
@click.argument("login")
@click.argument("topic", nargs=-1)
@click.option("--none", "no_topics", is_flag=True, help="Take every topic away.")
@click.pass_obj
def topics(config: Config, login: str, topic: tuple[str, ...], no_topics: bool) -> None:
    """Give a program's account the external tasks of these TOPICs and no others; without a TOPIC, list them."""
    with over_the_database(config):
        staff_id = _id_of(login)
        if topic or no_topics:
            directory.give_topics(staff_id, () if no_topics else topic, actor="console")
        for each in directory.topics_of(staff_id):
            click.echo(each)


staff.add_command(import_staff)
