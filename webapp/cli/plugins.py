"""`komek plugin`: whether a plugin keeps to the contract, wherever its code lies."""

import ast
import sys
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path

import click

from services.config import ROOT

#: packages of Komek, and all that a plugin may see of them
KOMEK = frozenset({"services", "webapp", "plugins", "tests", "bench"})
ALLOWED = frozenset({"services.plugin", "services.errors"})
SAID = "a plugin sees services.plugin and services.errors, and nothing else of Komek"
#: what imports a module by its name
BY_NAME = frozenset({"import_module", "__import__"})


@click.group(name="plugin")
def plugin_group() -> None:
    """Plugins, ours and others'."""


@plugin_group.command()
@click.argument("plugin", nargs=-1, required=True)
def check(plugin: tuple[str, ...]) -> None:
    """Look through the imports of each PLUGIN, a folder or the name of an installed package.

    Exit code 1, and each file and line, where one sees more of Komek than the contract.
    """
    found = [fault for each in plugin for fault in faults_of(_folder(each))]
    for fault in found:
        click.echo(fault, err=True)
    click.echo(f"plugins: {len(found)} faults" if found else "plugins: within the contract")
    sys.exit(1 if found else 0)


def _folder(named: str) -> Path:
    """Raises ClickException for what is neither a package's folder nor an installed package."""
    path = Path(named)
    if (path / "__init__.py").is_file():
        return path.resolve()
    spec = find_spec(named) if all(part.isidentifier() for part in named.split(".")) else None
    if spec is None or not spec.submodule_search_locations:
        raise click.ClickException(f"{named}: neither a folder with an __init__.py nor an installed package")
    return Path(next(iter(spec.submodule_search_locations)))


def faults_of(folder: Path) -> list[str]:
    """Every import of the plugin in that folder that goes beyond the contract, as file:line and why."""
    own = f"plugins.{folder.name}" if folder.parent == ROOT / "plugins" else folder.name
    found = []
    for file in sorted(folder.rglob("*.py")):
        where = file.relative_to(folder.parent)
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError) as error:
            found.append(f"{where}: no Python: {error}")
            continue
        package = (own, *file.relative_to(folder).parent.parts)
        found += [f"{where}:{line}: imports {name or 'what it reckons'}: {SAID}"
                  for line, name in _imported(tree, ".".join(package)) if not _is_allowed(name, own)]  # fmt: skip
    return found


def _imported(tree: ast.AST, package: str) -> Iterator[tuple[int, str]]:
    """Line and module of each import, also by name; an empty name where it is only known when it runs."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, each.name) for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = _absolute(package, node)
            yield from ((node.lineno, f"{base}.{each.name}" if base in KOMEK else base) for each in node.names)
        elif isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in BY_NAME:
            given = node.args[0] if node.args else None
            name = given.value if isinstance(given, ast.Constant) else ""
            yield node.lineno, str(name)


def _absolute(package: str, node: ast.ImportFrom) -> str:
    """The module that is imported from; of one above the plugin's own package, the package it would be in."""
    if not node.level:
        return node.module or ""
    parts = package.split(".")
    above = parts[: len(parts) - node.level + 1]
    return ".".join([*above, *(node.module or "").split(".")]).strip(".")


def _is_allowed(name: str, own: str) -> bool:
    if not name:
        return False
    mine = name == own or name.startswith(f"{own}.")
    return mine or name in ALLOWED or name.partition(".")[0] not in KOMEK
