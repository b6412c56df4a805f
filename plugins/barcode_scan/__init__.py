"""A scan in a task: the code on the paper must be the case's own."""

from pathlib import Path

from plugins.barcode_scan.confirm import confirm
from services.plugin import Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Confirms by a scanned barcode that the folder in hand belongs to the case on the screen.",
    forms={"confirm": confirm},
)
