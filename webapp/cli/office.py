"""`komek office` and `komek staff import`: an office's first day at the console."""

import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from services import beginning, directory, documents, takeover
from services.config import Config
from services.db import transaction
from services.errors import InvalidAnswers
from services.letters import as_cell
from services.sheets import BadLines, as_text
from webapp.cli.tables import over_the_database
from webapp.cli.typed import WORDS


class BookNumber(click.ParamType[tuple[tuple[str, str], int]]):
    """OFFICE:SERIES:LAST, as TALDYKORGAN:in:1204."""

    name = "office:series:last"

    def convert(
        self, value: str, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[tuple[str, str], int]:
        office_key, _, rest = value.partition(":")
        series, _, last = rest.partition(":")
        if series not in documents.MARKS or not (last.isascii() and last.isdigit()):
            self.fail(f"{value!r} is not OFFICE:SERIES:LAST, SERIES being one of {', '.join(documents.MARKS)}")
        return (office_key, series), int(last)


@click.group()
def office() -> None:
    """An office's first day with Komek, and what is still missing."""


@office.command()
@click.option("--once", is_flag=True, help="Only where there is no administrator and no secret yet.")
@click.pass_obj
def secret(config: Config, once: bool) -> None:
    """Make the setup secret by which a browser makes the first administrator; the one before is void."""
    with over_the_database(config):
        if once and beginning.has_begun():
            return
        made = "" if once and beginning.has_secret() else beginning.make_secret()
    if not made:
        return click.echo("nobody is administrator yet; the setup secret was shown before: komek office secret")
    click.echo(f"setup secret, shown this once and good for three days: {made}")


@office.command()
@click.argument("login", type=WORDS)
@click.argument("full_name", type=WORDS)
@click.option("--password", prompt=True, hide_input=True, confirmation_prompt=True)
@click.option("--use", "offices", multiple=True, type=WORDS, help="Key of an office in use; give it several times.")
@click.option("--staff", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path),
              help="A list of staff: CSV or XLSX.")  # fmt: skip
@click.option("--continue", "numbers", multiple=True, type=BookNumber(),
              help="The last number of a paper book of this year, as TALDYKORGAN:in:1204.")  # fmt: skip
@click.option("--passwords", type=click.Path(dir_okay=False, path_type=Path),
              help="Where the first passwords are written; else they are printed.")  # fmt: skip
@click.pass_obj
def begin(
    config: Config, login: str, full_name: str, password: str, offices: Sequence[str], file: Path | None,
    numbers: Sequence[tuple[tuple[str, str], int]], passwords: Path | None,
) -> None:  # fmt: skip
    """Make the first administrator and, all or nothing, the offices, the staff and the numbers of an office."""
    _make_ready(passwords)
    with over_the_database(config), _lines(), transaction():
        beginning.first_administrator(login, full_name, password, actor="console", config=config)
        if offices:
            beginning.use_offices(offices, actor="console")
        made = beginning.add_staff_of(_read(file), actor="console", config=config) if file else []
        beginning.continue_numbers(dict(numbers), actor="console")
    click.echo(f"{login}: admin")
    _write(made, passwords)


@office.command()
@click.pass_obj
def missing(config: Config) -> None:
    """What is still missing for a case to be opened; exit code 1 when something stops it."""
    with over_the_database(config):
        found = beginning.missing()
    for each in found:
        click.echo(_said(each))
    sys.exit(1 if any(each.stops for each in found) else 0)


@office.command("takeover")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--by", required=True, type=WORDS, help="Sign-in name of the administrator who answers for it.")
@click.option("--dry-run", is_flag=True, help="Only say what each line would come to; exit code 1 when one is wrong.")
@click.pass_obj
def take_over(config: Config, file: Path, by: str, dry_run: bool) -> None:
    """Take cases that were begun on paper over from FILE (CSV or XLSX): all of it once, or nothing."""
    with over_the_database(config), _lines():
        person = directory.person(directory.id_of(by) or 0)
        if person is None:
            raise directory.NoSuchStaff
        if dry_run:
            verdicts = takeover.look(_read(file), file.name, person=person)
            for each in verdicts:
                wrong = "; ".join(map(takeover.said, each.faults))
                click.echo(f"{each.line}: {each.number}: {wrong or each.outcome or each.step}")
            sys.exit(1 if any(each.faults for each in verdicts) else 0)
        number = takeover.take(_read(file), file.name, person=person)
    click.echo(f"taken as file {number}: confirm or undo it on the page of cases from paper")


@click.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what each line would do; exit code 1 when one is wrong.")
@click.option("--passwords", type=click.Path(dir_okay=False, path_type=Path),
              help="Where the first passwords are written; else they are printed.")  # fmt: skip
@click.pass_obj
def import_staff(config: Config, file: Path, dry_run: bool, passwords: Path | None) -> None:
    """Add the staff of a list (CSV or XLSX): all of it, or nothing when a line is wrong."""
    with over_the_database(config), _lines():
        if dry_run:
            lines = beginning.look_at_staff(_read(file), actor="console")
            for line in lines:
                click.echo(f"{line.number}: {line.login}: {line.fault or line.does}")
            sys.exit(1 if any(line.does == "wrong" for line in lines) else 0)
        _make_ready(passwords)
        made = beginning.add_staff_of(_read(file), actor="console", config=config)
    _write(made, passwords)


def _read(file: Path) -> str:
    try:
        return as_text(file.read_bytes())
    except InvalidAnswers as error:
        raise click.ClickException(f"{file.name}: {'; '.join(error.errors.values())}") from None


@contextmanager
def _lines() -> Iterator[None]:
    """Wrong lines are said one by one."""
    try:
        yield
    except BadLines as error:
        for number, fault in error.faults:
            click.echo(f"line {number}: {fault}", err=True)
        raise


def _make_ready(passwords: Path | None) -> None:
    """The file for the first passwords, its owner's alone; before anybody is added whose password would be lost."""
    if passwords is None:
        return
    try:
        passwords.touch(mode=0o600)
        passwords.chmod(0o600)
        passwords.open("a").close()
    except OSError as error:
        raise click.ClickException(f"{passwords}: {error.strerror}; nothing was done") from None


def _write(made: Sequence[beginning.FirstPassword], passwords: Path | None) -> None:
    """Name, sign-in name and first password of everybody who is new, for a spreadsheet or the console."""
    if passwords is None:
        for each in made:
            click.echo(f"{each.full_name}\t{each.login}\t{each.password}")
        return
    with passwords.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["full_name", "login", "password"])
        writer.writerows([as_cell(each.full_name), each.login, each.password] for each in made)
    click.echo(f"{len(made)} added, their first passwords are in {passwords}")


def _said(each: beginning.Missing) -> str:
    """One line, by keys, for people and scripts."""
    where = "/".join(filter(None, (each.office_key, each.role, each.route, str(each.year or ""))))
    count = f" ({each.there} of {each.needed})" if each.needed else ""
    return f"{'missing' if each.stops else 'to be looked at'}: {each.what} {where}{count}".rstrip()
