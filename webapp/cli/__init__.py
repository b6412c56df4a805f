"""The `komek` command."""

import os
import sys
from dataclasses import replace
from importlib import import_module

import click

from services.config import BadSetting, Config, NoRegionNamed, unheard
from services.regions import BadRegions
from services.registry import NotOneRegion
from webapp.cli.regions import config_of, for_each, region_list, runs_for_each

#: where each of the other commands is, in `webapp.cli`: only the one that was typed is loaded
ELSEWHERE = {
    "archive": "archive:archive",
    "backup": "backup:backup",
    "db": "tables:tables",
    "deploy": "deploying:deploy",
    "doctor": "doctor:doctor",
    "figures": "figures:figures",
    "i18n": "languages:i18n",
    "journal": "journal:journal_group",
    "law": "law:law_group",
    "new-region": "new_region:new_region",
    "office": "office:office",
    "plugin": "plugins:plugin_group",
    "region": "region:region",
    "restore": "backup:restore",
    "seed": "deploying:seed",
    "staff": "staff:staff",
    "templates": "templates:templates",
}


class Commands(click.Group):
    """Every command begins with the plugins; where they can be nobody's law it ends with a sentence."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in ELSEWHERE:
            return super().get_command(ctx, cmd_name)
        module, _, name = ELSEWHERE[cmd_name].partition(":")
        command: click.Command = getattr(import_module(f"webapp.cli.{module}"), name)
        return command

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """The words are kept as they were typed: a command for every region is typed once for each."""
        ctx.meta["typed"] = list(args)
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> object:
        try:
            return super().invoke(ctx)
        except (BadSetting, NoRegionNamed, NotOneRegion, BadRegions) as fault:
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
    for line in unheard(context.obj, os.environ).values():
        click.echo(line, err=True)


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
    from services import last_calls
    from webapp import create_app
    from webapp.serve.fork import work_in_a_fork
    from webapp.serve.worker import work

    app = create_app(config)
    last_calls.keep(config.var / "calls")
    work_in_a_fork()
    sys.exit(work(app, log_level))


komek.add_command(region_list)
