"""Papers of several cases as one PDF, in their order, each as often as it is wanted, with a table of contents."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO


@dataclass(frozen=True)
class Enclosed:
    """A PDF that becomes part of a larger one."""

    title: str  #: in the table of contents
    pdf: bytes
    sheets: int = 1  #: how often it stands there, one after the other


def pages_of(pdf: bytes) -> int:
    """How many pages it has."""
    from pypdf import PdfReader

    return len(PdfReader(BytesIO(pdf)).pages)


def join(parts: Sequence[Enclosed], *, title: str) -> bytes:
    """All of them as one PDF. It is for the printer: a signature made with a key proves the paper it was made in."""
    from pypdf import PdfWriter

    whole = PdfWriter()
    whole.add_metadata({"/Title": title})
    for part in parts:
        at = len(whole.pages)
        for _ in range(part.sheets):
            whole.append(BytesIO(part.pdf), import_outline=False)
        whole.add_outline_item(title=part.title, page_number=at)
    whole.compress_identical_objects()  # the fonts that all papers share stand there once
    written = BytesIO()
    whole.write(written)
    return written.getvalue()
