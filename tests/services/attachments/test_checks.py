"""What is kept of a file that somebody attached: what it really is, drawn anew or only pages; all else is refused."""

import io
import struct
import zlib
from collections.abc import Callable

import pytest
import typst
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from services.attachments import checks, refusals
from services.attachments.checks import JPEG, PDF, Sent, check, clean_name
from services.filekinds import accepted

ALL = frozenset([JPEG, PDF])
PAGE = typst.compile("Анықтама № 12".encode())


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 480), mode: str = "RGB", **more: object) -> bytes:
    made = io.BytesIO()
    Image.new(mode, size, 120 if mode in "LP" else (120, 40, 40, 0)[: len(mode)]).save(made, kind, **more)
    return made.getvalue()


def refused(content: bytes, name: str = "a.pdf") -> str:
    with pytest.raises(ValueError) as why:
        check(Sent(name, content), ALL)
    return str(why.value)


def test_a_picture_is_drawn_anew_and_nothing_that_was_hidden_in_it_is_kept() -> None:
    exif = Image.Exif()
    exif[0x010E] = "жасырын"
    behind = b"PK\x03\x04 a whole archive <script>alert(1)</script>"
    for sent in (picture(exif=exif) + behind, picture("PNG", mode="RGBA") + behind, picture("WEBP")):
        held = check(Sent("скан.png", sent), ALL)
        assert (held.media_type, held.name) == (JPEG, "скан.jpg")
        assert b"script" not in held.content and behind not in held.content
        drawn = Image.open(io.BytesIO(held.content))
        assert (drawn.format, drawn.size, dict(drawn.getexif())) == ("JPEG", (640, 480), {})


def test_what_shows_through_is_paper_and_a_large_scan_is_made_smaller() -> None:
    drawn = Image.open(io.BytesIO(check(Sent("a.png", picture("PNG", mode="RGBA")), ALL).content))
    assert drawn.getpixel((5, 5)) == (255, 255, 255)
    large = Image.open(io.BytesIO(check(Sent("a.jpg", picture(size=(4000, 5000))), ALL).content))
    assert max(large.size) == checks.LONGEST_SIDE


def test_a_pdf_that_only_shows_pages_is_kept_byte_for_byte() -> None:
    held = check(Sent("анықтама.PDF", PAGE), ALL)
    assert held == checks.KeptFile("анықтама.pdf", PDF, PAGE)
    linked = typst.compile(b'#link("https://egov.kz")[egov] #outline() = One')
    assert check(Sent("a.pdf", linked), ALL).content == linked


def pdf(change: Callable[[PdfWriter], object]) -> bytes:
    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(PAGE)))
    change(writer)
    made = io.BytesIO()
    writer.write(made)
    return made.getvalue()


def script(kind: str = "/JavaScript") -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind), NameObject("/JS"): TextStringObject("app.alert(1)")})


def action(kind: str) -> DictionaryObject:
    return DictionaryObject({NameObject("/S"): NameObject(kind)})


def put(name: str, value: object) -> Callable[[PdfWriter], object]:
    return lambda writer: writer.root_object.__setitem__(NameObject(name), value)


def on_page(name: str, value: DictionaryObject) -> Callable[[PdfWriter], object]:
    return lambda writer: writer.pages[0].__setitem__(NameObject(name), value)


def films(writer: PdfWriter) -> None:
    stream = DecodedStreamObject()
    stream.set_data(b"MZ")
    writer.root_object[NameObject("/RichMedia")] = writer._add_object(stream)


ACTING = {
    "script when opened": put("/OpenAction", script()),
    "launch": put("/OpenAction", action("/Launch")),
    "a form that sends": on_page("/A", action("/SubmitForm")),
    "another file": put("/OpenAction", action("/GoToR")),
    "on a page": on_page("/AA", DictionaryObject({NameObject("/O"): script()})),
    "file inside": lambda writer: writer.add_attachment("virus.exe", b"MZ"),
    "film": films,
    "data of a form": put("/AcroForm", DictionaryObject({NameObject("/XFA"): TextStringObject("<xdp/>")})),
    "one after another": put("/OpenAction", DictionaryObject(
        {NameObject("/S"): NameObject("/GoTo"), NameObject("/Next"): action("/ImportData")})),
}  # fmt: skip


@pytest.mark.parametrize("what", ACTING)
def test_a_pdf_that_does_more_than_show_pages_is_refused(what: str) -> None:
    assert refused(pdf(ACTING[what])) == refusals.ACTS


def test_a_name_that_a_pdf_writes_in_other_letters_is_read_all_the_same() -> None:
    spelled = pdf(put("/OpenAction", script())).replace(b"/JavaScript", b"/Java#53cript").replace(b"/JS", b"/#4a#53")
    assert b"/JavaScript" not in spelled
    with pytest.raises(ValueError):
        check(Sent("a.pdf", spelled), ALL)


def test_a_pdf_with_a_password_is_refused() -> None:
    assert refused(pdf(lambda writer: writer.encrypt("secret"))) == refusals.LOCKED


def test_a_pdf_with_another_file_behind_it_or_before_it_is_refused() -> None:
    assert refused(PAGE + b"PK\x03\x04" + b"x" * 100) == refusals.BROKEN
    assert refused(b"<html>" + PAGE) == refusals.NOT_HELD


def bomb() -> bytes:
    """A PNG of 60,000 by 60,000 pixels in a few bytes."""

    def part(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + part(b"IHDR", head) + part(b"IDAT", zlib.compress(b"\0" * 100_000)) + part(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", refusals.NO_BYTES),
        (b"x" * (checks.MOST_BYTES + 1), refusals.TOO_LARGE),
        (b"MZ\x90\0" + b"\0" * 200, refusals.NOT_HELD),
        (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", refusals.NOT_HELD),
        (b"GIF89a" + b"\0" * 40, refusals.NOT_HELD),
        (picture()[:300], refusals.NOT_HELD),
        (bomb(), refusals.NOT_HELD),
        (b"%PDF-1.7\n", refusals.BROKEN),
        (b"%PDF-1.7\n" + b"1 0 obj <<" * 1000 + b"%%EOF", refusals.BROKEN),
        (PAGE[: len(PAGE) // 2] + b"%%EOF", refusals.BROKEN),
    ],
)
def test_what_is_no_good_file_is_refused_in_words(content: bytes, why: str) -> None:
    assert refused(content) == why


def test_only_what_the_form_asks_for_is_taken() -> None:
    assert accepted("") == ALL
    assert accepted(".PDF , .docx") == {PDF}
    assert accepted("image/*") == {JPEG}
    assert accepted(".docx") == frozenset()
    with pytest.raises(ValueError, match="not asked here"):
        check(Sent("a.pdf", PAGE), accepted("image/png"))


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\x\\скан 1.PDF", "скан 1.pdf"),
        ("a\0b\u202efdp.exe", "abfdp.pdf"),
        ("…", "….pdf"),
        ("", "file.pdf"),
        (".pdf", "file.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("қ" * 300 + ".pdf", "қ" * 96 + ".pdf"),
    ],
)
def test_a_name_is_kept_without_what_a_name_must_not_have(sent: str, kept: str) -> None:
    assert clean_name(sent, ".pdf") == kept
