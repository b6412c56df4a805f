"""What one scan does: custody and case together, in one transaction."""

from services.desk.pages import (
    ConsignmentPage,
    ConsignmentRow,
    DeskPage,
    PaperRow,
    consignment_page,
    consignments_page,
    desk_page,
    print_discrepancy_act,
    print_registry,
)
from services.desk.service import (
    Scanned,
    close_registry,
    finish_receiving,
    hand_over,
    scan,
    scan_all,
    take_off_registry,
)

__all__ = [
    "ConsignmentPage",
    "ConsignmentRow",
    "DeskPage",
    "PaperRow",
    "Scanned",
    "close_registry",
    "consignment_page",
    "consignments_page",
    "desk_page",
    "finish_receiving",
    "hand_over",
    "print_discrepancy_act",
    "print_registry",
    "scan",
    "scan_all",
    "take_off_registry",
]
