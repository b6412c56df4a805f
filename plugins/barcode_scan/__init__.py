"""Barcodes: a paper gets one, and a scan in a task confirms that the paper in hand is the case's own."""

from pathlib import Path

from plugins.barcode_scan.confirm import confirm
from plugins.barcode_scan.track import track
from services.plugin import Outcome, Paper, Plugin

plugin = Plugin(
    folder=Path(__file__).parent,
    summary="Gives a folder or a result its barcode; confirms by a scan that the paper in hand is the case's own.",
    in_step={"track": track},
    forms={"confirm": confirm},
    outcomes={"scanned": Outcome("scanned")},
    papers={
        "doc.label": Paper("Folder label", ("number", "applicant_name", "accepted_on", "office_name", "body_name")),
    },
)
