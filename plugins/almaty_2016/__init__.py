"""Almaty oblast of 2016: the State Corporation took the centres' place; an edition over the package of 2014."""

from pathlib import Path

from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Assigning housing assistance in Almaty oblast from 2016, when the State Corporation took applications in.",
    region="almaty_oblast",
)
