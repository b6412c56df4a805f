"""The counter and the resolution: an application is taken in, registered, and given to an executor."""

from pathlib import Path

from plugins.registration.application import application
from plugins.registration.register import register
from plugins.registration.resolution import resolution
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Takes an application in, gives it its number and talon, and names the executor.",
    in_step={"register": register},
    forms={"application": application, "resolution": resolution},
)
