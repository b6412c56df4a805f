"""What one scan does: custody and case together, in one transaction."""

from services.desk.pages import (
    ConsignmentPage,
    ConsignmentRow,
    DeskPage,
    PaperRow,
    Round,
    consignment_page,
    consignments_page,
    desk_page,
    print_discrepancy_act,
    print_registry,
    round_page,
)
from services.desk.service import (
    Scanned,
    close_registry,
    finish_receiving,
    hand_over,
    note_damage,
    scan,
    scan_all,
    take_in_stray,
    take_off_registry,
)

__all__ = [
    "ConsignmentPage",
    "ConsignmentRow",
    "DeskPage",
    "PaperRow",
    "Round",
    "Scanned",
    "close_registry",
    "consignment_page",
    "consignments_page",
    "desk_page",
    "finish_receiving",
    "hand_over",
    "note_damage",
    "print_discrepancy_act",
    "print_registry",
    "round_page",
    "scan",
    "scan_all",
    "take_in_stray",
    "take_off_registry",
]
