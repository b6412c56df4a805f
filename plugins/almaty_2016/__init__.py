"""Almaty oblast of 2016: the State Corporation took the centres' place; an edition over the package of 2014."""

from pathlib import Path

from plugins.almaty_2016.copies import send_copies
from services.plugin import Outcome, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Assigning housing assistance in Almaty oblast from 2016, when the State Corporation took applications in.",
    region="almaty_oblast",
    forms={"send_copies": send_copies},
    outcomes={"copies_sent": Outcome("the copies were sent")},
)
