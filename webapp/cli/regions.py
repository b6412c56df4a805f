"""Which region a command is for, where several stand beside each other: the one that is named, or each in its turn."""

import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import click

from services.config import Config
from services.regions import BadRegions, configured, read
from webapp.serve.web_processes import answers

#: what is done for every region when none is named: by the first words of the command
FOR_EACH = (("db", "upgrade"), ("db", "revision"), ("deploy",), ("seed",), ("doctor",), ("journal", "verify"),
            ("journal", "seal"), ("archive", "run"))  # fmt: skip
#: what is about no region, or about all at once
FOR_NONE = frozenset({"serve", "regions", "i18n", "templates", "plugin", "new-region"})


def runs_for_each(config: Config, region: str | None, typed: list[str]) -> bool:
    """Whether that command is to be done for every region, one after the other."""
    if not config.regions or config.region or region or "--help" in typed:
        return False
    words = [word for word in typed if not word.startswith("-")]
    return any(tuple(words[: len(each)]) == each for each in FOR_EACH)


def for_each(config: Config, typed: list[str]) -> int:
    """Do it for each, in a process of its own: what fails for one hinders no other. The exit code is the worst."""
    worst = 0
    for key in read(Path(config.regions)).regions:
        click.echo(f"· {key}", err=True)
        ended = subprocess.run(
            [sys.executable, "-m", "webapp.cli", "--region", key, *typed], check=False, env=os.environ
        )
        worst = max(worst, abs(ended.returncode))
    return worst


def config_of(config: Config, region: str | None, typed: list[str]) -> Config:
    """The configuration of the region that is meant. Raises BadRegions when it is not said."""
    if region:
        return configured(replace(config, region=region, settled=config.settled and config.region == region))
    if config.regions and not config.region and "--help" not in typed and not FOR_NONE & set(typed):
        keys = ", ".join(read(Path(config.regions)).regions)
        raise BadRegions(f"which region? komek --region KEY …, of {keys}")
    return configured(config)


@click.command(name="regions")
@click.pass_obj
def region_list(config: Config) -> None:
    """The regions of KOMEK_REGIONS: key, address, port, and whether its pages answer. Exit code 1 when one does not."""
    if not config.regions:
        raise BadRegions("there is one region here: KOMEK_REGIONS names no file")
    silent = False
    for each in read(Path(config.regions)).regions.values():
        here = answers("127.0.0.1", each.port)
        silent = silent or not here
        click.echo(f"{each.key}\t{each.address}\t{each.port}\t{'answers' if here else 'does not answer'}")
    sys.exit(1 if silent else 0)
