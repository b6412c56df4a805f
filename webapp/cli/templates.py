"""`komek templates`: what Camunda Modeler offers designers, written beside the diagrams and into our plugin."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import click

from services import registry
from services.config import PLUGINS, ROOT, Config
from services.processes.element_templates import PLACE

#: words of our Modeler plugin, which has no catalogues of its own
WORDS = "modeler/words.json"


@click.group()
def templates() -> None:
    """The element templates of Camunda Modeler, made from what the plugins declare."""


@templates.command()
@click.option("--language", type=click.Choice(["kk", "ru", "en"]), default="kk", show_default=True)
@click.option("--file", type=click.Path(dir_okay=False, path_type=Path), help="The templates alone, into that file.")
@click.pass_obj
def write(config: Config, language: str, file: Path | None) -> None:
    """Write them beside the diagrams, whole or not at all. A template of another shape gets its next version."""
    made = _made(config, language)
    if file is not None:
        made = {file: made[ROOT / PLACE]}
    for target, text in made.items():
        target.parent.mkdir(parents=True, exist_ok=True)
        fresh = target.with_suffix(".new")  # Modeler reads every .json it finds, and at any moment
        fresh.write_text(text, encoding="utf-8")
        fresh.replace(target)
        click.echo(f"written: {target}")


@templates.command()
@click.pass_obj
def check(config: Config) -> None:
    """Exit code 1, and which file, unless the files say what the plugins declare."""
    stale = [file for file, text in _made(config, "kk").items() if _kept(file) != text]
    for file in stale:
        click.echo(f"{file.relative_to(ROOT)}: not what is declared; run komek templates write", err=True)
    click.echo(f"element templates: {len(stale)} files are stale" if stale else "element templates: as declared")
    sys.exit(1 if stale else 0)


def _made(config: Config, language: str) -> dict[Path, str]:
    """File -> what belongs into it."""
    from webapp import create_app
    from webapp.designer import modeler

    with create_app(replace(config, plugins=config.plugins or PLUGINS)).app_context():
        found = modeler.element_templates(registry.current(), language)
        return {ROOT / PLACE: _as_json(found), ROOT / WORDS: _as_json(modeler.plugin_words())}


def _as_json(content: object) -> str:
    return json.dumps(content, ensure_ascii=False, indent=1) + "\n"


def _kept(file: Path) -> str:
    return file.read_text(encoding="utf-8") if file.exists() else ""
