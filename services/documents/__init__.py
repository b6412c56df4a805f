"""Numbers, papers, their printed forms and their barcodes."""

from services.documents.barcodes import (
    Misread,
    badge_payload,
    barcode_payload,
    barcode_svg,
    plain_code,
    read_badge,
    read_payload,
)
from services.documents.models import Paper
from services.documents.numbers import NoSuchSeries, next_number, next_numbers
from services.documents.printing import Mark, NoSuchPrintedForm, draw_codes, print_form
from services.documents.required import FieldMissing, FieldUnreadable, NotAPaper, check_content
from services.documents.service import (
    NoSuchPaper,
    Printed,
    case_of_outgoing,
    draw_paper,
    look_at_paper,
    make_paper,
    newest_of,
    outgoing_numbers,
    paper,
    paper_of_code,
    papers_of,
    print_paper,
    sign_with_key,
)

__all__ = [
    "FieldMissing",
    "FieldUnreadable",
    "Mark",
    "Misread",
    "NoSuchPaper",
    "NoSuchPrintedForm",
    "NoSuchSeries",
    "NotAPaper",
    "Paper",
    "Printed",
    "badge_payload",
    "barcode_payload",
    "barcode_svg",
    "case_of_outgoing",
    "check_content",
    "draw_codes",
    "draw_paper",
    "look_at_paper",
    "make_paper",
    "newest_of",
    "next_number",
    "next_numbers",
    "outgoing_numbers",
    "paper",
    "paper_of_code",
    "papers_of",
    "plain_code",
    "print_form",
    "print_paper",
    "read_badge",
    "read_payload",
    "sign_with_key",
]
