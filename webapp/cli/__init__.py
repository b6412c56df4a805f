"""The `komek` command."""

import json
import sys
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import click

from services import (
    clock,
    directory,
    editions,
    factors,
    journal,
    last_calls,
    migrations,
    processes,
    registry,
    soundness,
)
from services.config import Config, NoRegionNamed
from services.db import transaction
from services.regions import BadRegions
from webapp.cli.archive import archive
from webapp.cli.backup import backup, restore
from webapp.cli.doctor import doctor
from webapp.cli.figures import figures
from webapp.cli.languages import i18n
from webapp.cli.law import law_group
from webapp.cli.new_region import new_region
from webapp.cli.office import import_staff, office
from webapp.cli.plugins import plugin_group
from webapp.cli.region import region
from webapp.cli.regions import config_of, for_each, region_list, runs_for_each
from webapp.cli.tables import over_the_database, tables
from webapp.cli.templates import templates
from webapp.cli.typed import WORDS
from webapp.language.words import said_in


class Commands(click.Group):
    """Every command begins with the plugins; where they can be nobody's law it ends with a sentence."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words are kept as they were typed: a command for every region is typed once for each."""
        ctx.meta["typed"] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (NoRegionNamed, registry.NotOneRegion, BadRegions) as fault:
            raise click.ClickException(str(fault)) from None


@click.group(cls=Commands)
@click.option("--demo", is_flag=True, help="List demo staff on the sign-in page, with their password.")
@click.option("--region", metavar="KEY", help="Of the regions of KOMEK_REGIONS the one that is meant.")
@click.pass_context
def komek(context: click.Context, demo: bool, region: str | None) -> None:
    """Housing assistance as BPMN processes."""
    config = Config.from_env()
    config = replace(config, demo=True, secure_cookies=False) if demo else config
    typed: list[str] = context.meta["typed"]
    if runs_for_each(config, region, typed):
        context.exit(for_each(config, typed))
    context.obj = config_of(config, region, typed)


@komek.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=0, help="Web processes, of each region; as many as cores when 0.")
@click.option("--name", default="", hidden=True, help="A mark for whoever looks at the list of processes.")
@click.pass_obj
def serve(config: Config, host: str, port: int, workers: int, name: str) -> None:
    """Start everything: the embedded PostgreSQL (unless DATABASE_URL is set), the tables, the diagrams, the pages.

    Where KOMEK_REGIONS names several regions: all of that for each, and a door in front at this host and port.
    """
    from webapp.serve.several import supervise_regions
    from webapp.serve.supervisor import supervise

    several = config.regions and not config.region
    sys.exit((supervise_regions if several else supervise)(config, host, port, workers))


@komek.command()
@click.option("--log-level", type=click.Choice(["info", "warning", "error"]), default="info", show_default=True,
              help="info: a line for every job, ids only.")  # fmt: skip
@click.option("--name", default="", help="A mark for whoever looks at the list of processes.")
@click.pass_obj
def worker(config: Config, log_level: str, name: str) -> None:
    """Carry out what is done later, timers and operations outside, until told to stop. Any number may run."""
    from webapp import create_app
    from webapp.serve.fork import work_in_a_fork
    from webapp.serve.worker import work

    app = create_app(config)
    last_calls.keep(config.var / "calls")
    work_in_a_fork()
    sys.exit(work(app, log_level))


@komek.command()
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
            from services import cases

            with transaction():
                told = editions.receive(plugins, at_once=config.demo)
                editions.import_offices()
            for received in told:
                click.echo(_of_edition(received))

            cases.fill_calendar(range(2012, directory.today().year + 3))
            done = editions.install(actor="console")
            processes.keep_words(registry.current(), said_in)
        else:
            files = [file for ending in ("bpmn", "dmn", "form") for file in sorted(folder.glob(f"*.{ending}"))]
            resources = {file.name: file.read_bytes() for file in files}
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


@komek.command()
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


@komek.group(name="journal")
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
        from services import cases

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


@komek.group()
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
        staff_id = directory.id_of(login)
        if staff_id is None:
            raise directory.NoSuchStaff
        directory.unlock(staff_id, actor="console")
    click.echo(f"{login}: may sign in")


@staff.command()
@click.argument("login", type=WORDS)
@click.pass_obj
def slip(config: Config, login: str) -> None:
    """A code by which a person who forgot their password chooses another on /slip; shown once."""
    with over_the_database(config):
        code, ends_at = directory.make_slip(directory.id_of(login) or 0, actor="console")
    click.echo(f"{login}: {code} (holds until {ends_at:%Y-%m-%d %H:%M} UTC)")


@staff.command()
@click.argument("login", type=WORDS)
@click.pass_obj
def reset(config: Config, login: str) -> None:
    """Take away a person's passkeys and one-time codes, when the device is lost; they set up others at the door."""
    with over_the_database(config):
        factors.forget_factors(directory.id_of(login) or 0, actor="console")
    click.echo(f"{login}: signs in with the password alone, once")


@staff.command()
@click.argument("login")
@click.argument("topic", nargs=-1)
@click.option("--none", "no_topics", is_flag=True, help="Take every topic away.")
@click.pass_obj
def topics(config: Config, login: str, topic: tuple[str, ...], no_topics: bool) -> None:
    """Give a program's account the external tasks of these TOPICs and no others; without a TOPIC, list them."""
    with over_the_database(config):
        staff_id = directory.id_of(login)
        if staff_id is None:
            raise directory.NoSuchStaff
        if topic or no_topics:
            directory.give_topics(staff_id, () if no_topics else topic, actor="console")
        for each in directory.topics_of(staff_id):
            click.echo(each)


komek.add_command(tables)
komek.add_command(i18n)
komek.add_command(templates)
komek.add_command(doctor)
komek.add_command(plugin_group)
komek.add_command(region)
komek.add_command(law_group)
komek.add_command(new_region)
komek.add_command(office)
komek.add_command(archive)
komek.add_command(figures)
komek.add_command(backup)
komek.add_command(restore)
komek.add_command(region_list)
staff.add_command(import_staff)
