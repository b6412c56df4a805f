"""`komek plugin`: whether a plugin keeps to the contract, wherever its code lies."""

import sys
from importlib.util import find_spec
from pathlib import Path

import click

from services import soundness


@click.group(name="plugin")
def plugin_group() -> None:
    """Plugins, ours and others'."""


@plugin_group.command()
@click.argument("plugin", nargs=-1, required=True)
def check(plugin: tuple[str, ...]) -> None:
    """Look through the code of each PLUGIN, a folder or the name of an installed package.

    Exit code 1, and each file and line, where one sees more of Komek than the contract, or calls the world without a
    time limit.
    """
    found = [fault for each in plugin for fault in _faults_of(folder_of(each))]
    for fault in found:
        click.echo(fault, err=True)
    click.echo(f"plugins: {len(found)} faults" if found else "plugins: within the contract")
    sys.exit(1 if found else 0)


def folder_of(named: str) -> Path:
    """Raises ClickException for what is neither a package's folder nor an installed package."""
    path = Path(named)
    if (path / "__init__.py").is_file():
        return path.resolve()
    spec = find_spec(named) if all(part.isidentifier() for part in named.split(".")) else None
    if spec is None or not spec.submodule_search_locations:
        raise click.ClickException(f"{named}: neither a folder with an __init__.py nor an installed package")
    return Path(next(iter(spec.submodule_search_locations)))


def _faults_of(folder: Path) -> list[str]:
    found = soundness.code_faults(folder)
    return [f"{folder.name}/{each.file}:{each.line}: {each.what()} {each.what_to_do()}" for each in found]
