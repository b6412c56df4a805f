"""`komek backup` and `komek restore`: the whole database, copied, kept change by change, and brought back."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from datetime import timedelta
from importlib.metadata import version
from pathlib import Path
from threading import Event

import click
from flask_babel import gettext

from services import backups, clock, invariants
from services.backups.errors import NoBackups, NothingKept
from services.config import Config
from services.errors import KomekError
from services.languages import LANGUAGES
from services.postgres import MAJOR, CannotStart, at_hand
from webapp.cli.proving import ReturnProof, prove
from webapp.cli.spoken import of_terminal, speaking
from webapp.errors import message_of

MB = 1_000_000
_language = click.option("--language", type=click.Choice(LANGUAGES), help="kk, ru or en; that of the terminal.")


@click.group(invoke_without_command=True)
@_language
@click.pass_context
def backup(context: click.Context, language: str | None) -> None:
    """Copy the whole database into KOMEK_BACKUPS, prove the copy, and throw away what is older than needed.

    Killed at any moment, it leaves the former copies whole.
    """
    if context.invoked_subcommand is not None:
        return
    config: Config = context.obj
    with _said(language):
        kept = _repository(config)
        with source_of(config) as source:
            base = backups.make(source, kept, komek=version("komek"), keep_days=config.backup_days)
        click.echo(_of(base))


@backup.command()
@_language
@click.option("--name", default="", hidden=True, help="A mark for whoever looks at the list of processes.")
@click.pass_obj
def keep(config: Config, language: str | None, name: str) -> None:
    """Keep every change as it happens, and a whole copy every KOMEK_BACKUP_EVERY_H hours, until told to stop."""
    stop = Event()
    for kind in (signal.SIGTERM, signal.SIGINT):
        signal.signal(kind, lambda number, frame: stop.set())

    def told(what: KomekError | str) -> None:
        said = message_of(what) if isinstance(what, KomekError) else gettext("backup %(name)s: made", name=what)
        click.echo(said, err=isinstance(what, KomekError))

    with _said(language):
        kept = _repository(config)
        with source_of(config) as source:
            backups.keep(
                backups.Keeping(
                    source, kept, config.backup_every_h, config.backup_days, komek=version("komek"), told=told
                ),
                stop,
            )


@backup.command(name="list")
@click.option("--json", "as_json", is_flag=True, help="For programs: a line for each.")
@_language
@click.pass_obj
def list_(config: Config, as_json: bool, language: str | None) -> None:
    """Every whole copy, the oldest first; exit code 1 when there is none."""
    with _said(language):
        kept = _repository(config)
        found = [base for _, base in kept.bases]
        for base in found:
            click.echo(json.dumps(asdict(base), ensure_ascii=False) if as_json else _of(base))
        if not found:
            raise NothingKept(folder=str(kept.folder))
        if not as_json:
            said = kept.rehearsed()
            click.echo(gettext("last rehearsal: %(at)s, %(base)s", at=said["at"], base=said["base"]) if said
                       else gettext("no backup was rehearsed yet: komek backup rehearse"))  # fmt: skip


@backup.command()
@click.option("--seals", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Kept outside.")
@_language
@click.pass_obj
def rehearse(config: Config, seals: Path | None, language: str | None) -> None:
    """Bring the newest copy back beside the living database, look whether it is whole, and throw it away.

    Exit code 1 when it is not. How it went is told by `komek doctor --system`.
    """
    with _said(language):
        kept = _repository(config)
        found = kept.bases
        if not found:
            raise NothingKept(folder=str(kept.folder))
        line, base = found[-1]
        reachable = base.witness is not None and any(line.wal.iterdir())
        target = backups.Target(lsn=base.witness.lsn if reachable and base.witness else "")
        expected = base.witness.rows if reachable and base.witness else None
        with (
            backups.rehearsing(kept) as home,
            _as_rehearsal(kept, base) as faults,
            backups.restored(kept, target, home, programs=config.postgres_programs, keep=False) as back,
        ):
            proof = prove(config, back, seals, expected)
            faults += proof.faults
        _tell(proof)
    sys.exit(1 if proof.faults else 0)


@click.command()
@click.option("--to", "moment", required=True, help="A moment with its zone, 2026-11-30T14:05:00+05:00, or latest.")
@click.option("--into", required=True, type=click.Path(file_okay=False, path_type=Path), help="A new folder.")
@click.option("--seals", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="Kept outside.")
@_language
@click.pass_obj
def restore(config: Config, moment: str, into: Path, seals: Path | None, language: str | None) -> None:
    """Bring the database back as it was at a moment, into a new folder, and look whether it is whole.

    The living database is not touched. Exit code 1 when what came back is not whole; it stays, for who looks.
    """
    with _said(language):
        kept = _repository(config)
        target = backups.read_moment(moment)
        with backups.restored(kept, target, into, programs=config.postgres_programs) as back:
            proof = prove(config, back, seals)
        _tell(proof)
        click.echo(gettext("restored into %(folder)s, from backup %(name)s", folder=back.folder, name=back.base.name))
        if back.base.version // 10000 == MAJOR:
            click.echo(gettext("to work with it: KOMEK_VAR=%(folder)s komek serve", folder=into.absolute()))
    sys.exit(1 if proof.faults else 0)


@contextmanager
def source_of(config: Config) -> Iterator[backups.LivingServer]:
    """The database that is backed up; the one under `var/` where no address is set, whether Komek runs or not."""
    address = config.backup_url or config.database_owner_url or config.database_url
    if address:
        yield backups.LivingServer(address, config.postgres_programs)
        return
    with at_hand(config.var.resolve()) as owner:
        yield backups.LivingServer(owner, config.postgres_programs)


@contextmanager
def _said(language: str | None) -> Iterator[None]:
    """Every error as a sentence in the language of whoever reads it."""
    with speaking(language or of_terminal()):
        try:
            yield
        except KomekError as fault:
            raise click.ClickException(message_of(fault)) from fault
        except CannotStart as fault:
            raise click.ClickException(str(fault)) from fault


@contextmanager
def _as_rehearsal(kept: backups.Repository, base: backups.WholeCopy) -> Iterator[list[str]]:
    """Written down however it ends: what was found, or what hindered it."""
    faults: list[str] = []
    try:
        yield faults
    except (KomekError, click.ClickException) as fault:
        faults.append(str(fault))
        raise
    finally:
        at = clock.real().isoformat(timespec="seconds")
        backups.write(
            kept.folder / "rehearsed.json", {"base": base.name, "at": at, "ok": not faults, "faults": faults[:20]}
        )


def _repository(config: Config) -> backups.Repository:
    if not config.backups:
        raise NoBackups
    return backups.Repository(Path(config.backups))


def _of(base: backups.WholeCopy) -> str:
    took: timedelta = base.ended - base.began
    said: str = gettext(
        "backup %(name)s: whole at %(at)s, %(mb)s MB in %(seconds)s s, PostgreSQL %(version)s, tables %(revision)s",
        name=base.name, at=base.ended.isoformat(timespec="seconds"), mb=base.bytes // MB,
        seconds=round(took.total_seconds()), version=base.version // 10000, revision=base.revision or "–",
    )  # fmt: skip
    return said


def _tell(proof: ReturnProof) -> None:
    for fault in proof.faults:
        click.echo(fault, err=True)
    if proof.other_tables:
        said = gettext(
            "its tables are of another version, %(revision)s: komek db upgrade, then komek journal verify and "
            "komek doctor --data",
            revision=proof.other_tables,
        )
        click.echo(said)
    else:
        click.echo(gettext(
            "looked at: the journal, %(things)s attested values, %(rules)s invariants",
            things=proof.things, rules=len(invariants.INVARIANTS),
        ))  # fmt: skip
    click.echo(gettext("rows: %(rows)s in %(tables)s tables", rows=sum(proof.rows.values()), tables=len(proof.rows)))
    if proof.compared:
        click.echo(gettext("rows of every table were held against those counted when the backup was made"))
    click.echo(gettext("faults: %(count)s", count=len(proof.faults)) if proof.faults else gettext("whole"))
