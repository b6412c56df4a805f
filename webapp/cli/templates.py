"""`komek templates`: what Camunda Modeler offers designers, written beside the diagrams and into our plugin."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click
from flask import Flask

from services import loading, registry
from services.config import PLUGINS, ROOT, Config
from services.processes.element_templates import PLACE, place_of
from services.registry import Registry
from webapp.cli.plugins import folder_of
from webapp.cli.region import region_of

#: words of our Modeler plugin, which has no catalogues of its own
WORDS = "modeler/words.json"


@click.group()
def templates() -> None:
    """The element templates of Camunda Modeler, made from what the plugins declare."""


@templates.command()
@click.argument("package", required=False)
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="kk", show_default=True)
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="The templates alone, into that file.")
@click.pass_obj
def write(config: Config, package: str | None, language: str, file: Path | None) -> None:
    """Write them beside the diagrams, whole or not at all. A template of another shape gets its next version.

    PACKAGE is the folder of a region, or the key of a plugin that is installed: its own operations and forms alone,
    beside its own diagrams. Without it, Komek's.
    """
    made = _made_of(config, package, language) if package else _made(config, language)
    if file is not None:
        made = {file: next(iter(made.values()))}
    for target, text in made.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")  # Modeler reads every .json it finds, and at any moment
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
        click.echo(f"written: {target}")


@templates.command()
@click.argument("package", required=False)
@click.pass_obj
def check(config: Config, package: str | None) -> None:
    """Exit code 1, and which file, unless the files say what the plugins declare, or that PACKAGE does."""
    made = _made_of(config, package, "kk") if package else _made(config, "kk")
    stale = [file for file, text in made.items() if _kept(file) != text]
    for file in stale:
        place = file.relative_to(ROOT) if file.is_relative_to(ROOT) else file
        click.echo(f"{place}: not what is declared; run komek templates write", err=True)
    click.echo(f"element templates: {len(stale)} files are stale" if stale else "element templates: as declared")
    sys.exit(1 if stale else 0)


def _made(config: Config, language: str) -> dict[Path, str]:
    """File -> what belongs into it."""
    from webapp import create_app
    from webapp.designer import modeler

    with create_app(replace(config, plugins=config.plugins or PLUGINS)).app_context():
        found = modeler.element_templates(registry.current(), language)
        return {ROOT / PLACE: _as_json(found), ROOT / WORDS: _as_json(modeler.plugin_words())}


def _made_of(config: Config, package: str, language: str) -> dict[Path, str]:
    """Templates of one package, wherever it lies. Raises ClickException for one that declares nothing."""
    from webapp.designer import modeler
    from webapp.language import i18n

    found, name = _with(config, package), Path(package).resolve().name
    app = Flask(__name__)
    with registry.using(found):
        i18n.init_app(app)  # with the words of that package
        with app.app_context():
            made = modeler.element_templates(found, language, of=name)
    if not made:
        raise click.ClickException(f"{package}: declares no operation and no form")
    return {_folder(package) / place_of(name): _as_json(made)}


def _with(config: Config, package: str) -> Registry:
    """The package beside the plugins that are switched on: a region in the place of theirs. Raises ClickException."""
    folder = _folder(package)
    if (folder / "region.toml").is_file():
        return region_of(config, package)
    return loading.load(tuple(dict.fromkeys((*(config.plugins or PLUGINS), folder.name))), ROOT)


def _folder(package: str) -> Path:
    """Where a package lies itself, also one that continues another's and is read over both. Raises ClickException."""
    named = ROOT / "plugins" / package
    return named if (named / "__init__.py").is_file() else folder_of(package)


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _kept(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
