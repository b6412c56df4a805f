"""What a file really is, and what is kept of it. Every file is hostile until it was looked at.

Pictures are drawn anew. A PDF stays byte for byte (it may be signed), and is refused when opening it could do anything
but show pages: scripts, actions, forms that send, files and films inside (ISO 32000-2, 12.6, 12.7, 7.11.4, 13).
"""

import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services import pictures
from services.attachments.refusals import ACTS, BROKEN, LOCKED, NO_BYTES, NOT_ASKED, NOT_HELD, TOO_LARGE
from services.filekinds import ENDINGS, JPEG, PDF
from services.letters import LOST, tidy

if TYPE_CHECKING:
    from pyhanko.pdf_utils.generic import DictionaryObject
    from pyhanko.pdf_utils.reader import PdfFileReader

#: what looking at a PDF loads
LATE = ("pyhanko.pdf_utils.reader",)
MOST_BYTES = pictures.MOST_BYTES
LONGEST_SIDE = 2400  #: of a sheet of A4 that is 200 dots an inch
LONGEST_NAME = 100
#: names by which a PDF does something, or carries something
_ACTS = frozenset(
    ["/JavaScript", "/JS", "/AA", "/EmbeddedFiles", "/EmbeddedFile", "/EF", "/AF", "/RichMedia", "/XFA", "/Movie",
     "/Sound", "/Rendition", "/3D", "/RichMediaContent"]
)  # fmt: skip
#: actions that only go to a page of the same file, or show an address
_HARMLESS = frozenset(["/GoTo", "/URI", "/Named", "/Thread"])
_ACTION_KEYS = ("/OpenAction", "/A", "/Next")
MOST_PARTS = 2_000_000
_SEPARATORS = re.compile(r"[/\\]")
_BAD = re.compile(r'[\x00-\x1f\x7f<>:"|?*]')


@dataclass(frozen=True)
class Sent:
    """A file as somebody sent it."""

    name: str
    content: bytes


@dataclass(frozen=True)
class KeptFile:
    """What is kept of it."""

    name: str
    media_type: str
    content: bytes


def check(sent: Sent, wanted: frozenset[str]) -> KeptFile:
    """What is kept of that file. Raises ValueError with a msgid."""
    content = sent.content
    if not content:
        raise ValueError(NO_BYTES)
    if len(content) > MOST_BYTES:
        raise ValueError(TOO_LARGE)
    media_type = PDF if content.startswith(b"%PDF-") else JPEG
    if media_type == PDF:
        _check_pdf(content)
    else:
        try:
            content = pictures.redraw(content, LONGEST_SIDE)
        except pictures.NoPicture:
            raise ValueError(NOT_HELD) from None
    if media_type not in wanted:
        raise ValueError(NOT_ASKED)
    return KeptFile(clean_name(sent.name, ENDINGS[media_type]), media_type, content)


def clean_name(name: str, ending: str) -> str:
    """The file's own name, of letters that are seen, without folders, and ending as what it is."""
    own = _BAD.sub("", _SEPARATORS.split(tidy(name).replace(LOST, ""))[-1]).rstrip(" .")
    stem = re.sub(r"\.[A-Za-z0-9]{1,8}$", "", own).strip(" .") or "file"
    return stem[: LONGEST_NAME - len(ending)] + ending


def _check_pdf(content: bytes) -> None:
    """Raises ValueError unless opening it only shows pages."""
    if b"%%EOF" not in content[-1024:] or content.rpartition(b"%%EOF")[2].strip(b"\r\n \t\0"):
        raise ValueError(BROKEN)  # nothing stands behind the end: no second file
    from pyhanko.pdf_utils.reader import PdfFileReader

    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        if reader.encrypted:
            raise ValueError(LOCKED)
        pages, acts = int(reader.root["/Pages"]["/Count"]), _acts(reader)
    except ValueError as error:
        if str(error) == LOCKED:
            raise
        raise ValueError(BROKEN) from None
    except Exception:  # a hostile or broken file, whichever way
        raise ValueError(BROKEN) from None
    if acts:
        raise ValueError(ACTS)
    if pages < 1:
        raise ValueError(BROKEN)


def _acts(reader: "PdfFileReader") -> bool:
    """Whether anything in it does more than show pages."""
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject, IndirectObject

    seen: set[tuple[int, int]] = set()
    todo: list[object] = [reader.trailer_view]
    for _ in range(MOST_PARTS):
        if not todo:
            return False
        part = todo.pop()
        if isinstance(part, IndirectObject):
            if (part.idnum, part.generation) in seen:
                continue
            seen.add((part.idnum, part.generation))
            part = part.get_object()  # type: ignore[no-untyped-call]
        if isinstance(part, DictionaryObject):
            if not _ACTS.isdisjoint(part) or any(_is_act(part, key) for key in _ACTION_KEYS if key in part):
                return True
            todo += [part.raw_get(key) for key in part]
        elif isinstance(part, ArrayObject):
            todo += [part.raw_get(at) for at in range(len(part))]
    return True


def _is_act(part: "DictionaryObject", key: str) -> bool:
    """Whether an action, or one of several, does more than go somewhere."""
    from pyhanko.pdf_utils.generic import ArrayObject, DictionaryObject

    found = part[key]
    each = [found[at] for at in range(len(found))] if isinstance(found, ArrayObject) and key == "/Next" else [found]
    return any(isinstance(one, DictionaryObject) and one.get("/S", "/GoTo") not in _HARMLESS for one in each)


def look(files: Mapping[str, bytes], beside: object, registry: object, known: object) -> Sequence[KeptFile | str]:
    """Each of them, as it is kept or why not; in the process for strangers' files. A name begins with its number."""
    found: list[KeptFile | str] = []
    for numbered, content in files.items():
        _, wanted, name = numbered.split("\n", 2)
        try:
            found.append(check(Sent(name, content), frozenset(wanted.split())))
        except ValueError as fault:
            found.append(str(fault))
    return found
