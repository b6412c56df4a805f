"""Almaty oblast after act N 421: its successor as another edition, over the package of act N 421."""

from pathlib import Path

from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Assigning housing assistance in Almaty oblast after 2 June 2014, when act N 421 was repealed.",
    region="almaty_oblast",
)
