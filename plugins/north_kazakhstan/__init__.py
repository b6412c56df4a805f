"""North Kazakhstan oblast, acts N 483 of 2015 and N 182 of 2016: three routes, and a question to a register."""

from pathlib import Path

from plugins.north_kazakhstan.register import dwellings
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Assigning housing assistance in North Kazakhstan oblast, under acts N 483 of 2015 and N 182 of 2016.",
    region="north_kazakhstan",
    outbound={"dwellings": dwellings},
)
