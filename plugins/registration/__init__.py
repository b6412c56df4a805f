"""The counter and the resolution: an application is taken in, registered, and given to an executor."""

from pathlib import Path

from plugins.registration.application import application, psc_application
from plugins.registration.receive import pass_on, receive
from plugins.registration.register import accepting, registering, taking_in
from plugins.registration.resolution import resolution
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Takes an application in, gives it its number and talon or receipt, and names the executor.",
    in_step={"register": registering, "accept": accepting, "take_in": taking_in},
    forms={
        "application": application,
        "psc_application": psc_application,
        "receive": receive,
        "pass_on": pass_on,
        "resolution": resolution,
    },
)
