"""What a case's page says of its answers, and what a paper says, as text."""

from io import BytesIO

from pypdf import PdfReader

from komek.testing.surfer import Surfer


def panel(surfer: Surfer, case_id: int) -> str:
    page = surfer.get(f"/cases/{case_id}")
    assert page.status_code == 200, page.text
    (section,) = surfer.tree.xpath("//section[@id='facts']")
    return str(section.text_content())


def words_of(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
