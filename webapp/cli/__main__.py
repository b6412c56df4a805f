"""`python -m webapp.cli`: the same as `komek`."""

from webapp.cli import komek

komek(prog_name="komek")
