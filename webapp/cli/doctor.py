"""`komek doctor`: what is wrong with diagrams, decisions and forms, before anybody deploys them."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from flask_babel import gettext

from services import loading, processes, soundness
from services.config import PLUGINS, ROOT, Config
from services.languages import LANGUAGES
from services.processes.doctor import Finding, Report, examine, repaired
from webapp.cli.doctor_data import look_through
from webapp.cli.spoken import of_terminal, speaking
from webapp.cli.system import examine_system

COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


@click.command()
@click.argument("files", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="For programs: every finding with rule, place and path.")
@click.option("--language", type=click.Choice(LANGUAGES), help="kk, ru or en; that of the terminal when not given.")
@click.option("--each", is_flag=True, help="Every file for itself, not as parts of one deployment.")
@click.option("--repair", type=click.Path(file_okay=False, path_type=Path),
              help="Write the files, corrected where that is certain, into this folder.")  # fmt: skip
@click.option("--system", is_flag=True, help="Look through the installation: clocks, disks, backups, versions …")
@click.option("--data", is_flag=True, help="Look through the database: whether its rows agree with each other.")
@click.pass_obj
def doctor(
    config: Config,
    files: tuple[Path, ...],
    as_json: bool,
    language: str | None,
    each: bool,
    repair: Path | None,
    data: bool,
    system: bool,
) -> None:
    """Examine diagrams, decisions and forms; exit code 1 when something must be corrected before deployment.

    FILES are examined together, as one deployment; of a folder all that it holds. What the switched-on plugins bring
    (called processes, decisions, forms) counts as being there. With --data, the rows of the database instead; with
    --system, the installation.
    """
    with speaking(language or of_terminal()):
        if data:
            sys.exit(look_through(config, as_json=as_json))
        if system:
            sys.exit(0 if examine_system(config, as_json) else 1)
        if not files:
            raise click.UsageError("name files or folders, or ask for --data or --system")
        groups = [[file] for file in _found(files)] if each else [list(_found(files))]
        sys.exit(0 if _examine(config, groups, as_json, repair) else 1)


def _examine(config: Config, groups: list[list[Path]], as_json: bool, repair: Path | None) -> bool:
    """Whether all of these may be deployed; each group is one deployment."""
    plugins = loading.load(config.plugins or PLUGINS, ROOT)
    ours = processes.brought(plugins)
    sound = True
    if told := soundness.table_faults(plugins):  # to stderr: what stands on stdout may be JSON
        click.echo(soundness.RegionFaults(told).said(gettext), err=True)
        sound = not soundness.errors(told)
    for group in groups:
        contents = {str(file): file.read_bytes() for file in group}
        names = {Path(name).name for name in contents}
        beside = {name: content for name, content in ours.items() if name not in names}
        report = examine(contents, plugins, beside=beside)
        sound = sound and report.deployable
        _print_json(report) if as_json else _print(report, len(contents))
        if repair is not None:
            _write(repair, repaired(contents, report.findings), contents)
    return sound


def _found(files: tuple[Path, ...]) -> Iterator[Path]:
    for file in files:
        if file.is_dir():
            yield from sorted(processes.files_to_deploy(file.rglob("*")))
        else:
            yield file


def _print(report: Report, count: int) -> None:
    resource = None
    for finding in report.findings:
        if finding.resource != resource:
            resource = finding.resource
            click.secho(resource, bold=True)
        label = {"error": gettext("error"), "warning": gettext("warning"), "info": gettext("note")}[finding.severity]
        click.echo(f"  {click.style(label, fg=COLOURS[finding.severity])} {_line(finding)} [{finding.rule}]")
        if finding.repair:
            click.echo(f"      {gettext('--repair does it:')} {gettext(finding.repair)}")
    errors = len(report.errors)
    warnings = len([each for each in report.findings if each.severity == "warning"])
    total = {"files": count, "errors": errors, "warnings": warnings}
    click.echo(gettext("Files: %(files)s; errors: %(errors)s; warnings: %(warnings)s", **total))


def _line(finding: Finding) -> str:
    return finding.said(gettext).removeprefix("* ")


def _print_json(report: Report) -> None:
    for finding in report.findings:
        click.echo(json.dumps(finding.as_dict(gettext), ensure_ascii=False, default=str))


def _write(folder: Path, files: dict[str, bytes], before: dict[str, bytes]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / Path(name).name).write_bytes(content)
        if content != before[name]:
            click.echo(gettext("corrected: %(file)s", file=str(folder / Path(name).name)), err=True)
