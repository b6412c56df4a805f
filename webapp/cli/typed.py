"""What is typed at a console, as one writing."""

import click

from services.letters import tidy


class _Words(click.ParamType[str]):
    name = "text"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        return tidy(value).strip()


WORDS = _Words()
