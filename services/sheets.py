"""Tables that somebody sends: CSV as any spreadsheet saves it, or XLSX; read in one place. Pure."""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from itertools import islice

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from services.errors import Invalid, InvalidAnswers
from services.letters import from_cell, tidy

MARKS = (",", ";", "\t")
MOST_BYTES = 1_000_000
#: an XLSX is packed: what comes out of it, and how many cells a line may have
MOST_UNPACKED, MOST_COLUMNS, MOST_ROWS = 30_000_000, 100, 20_000
MOST_ERRORS = 50
_TOLD_MARK = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)

#: what the library raises on a workbook that is none, a damaged one, or one that a password locks
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, InvalidFileException, LookupError, ValueError, OSError, SyntaxError,
    TypeError, AttributeError, RuntimeError,
)  # fmt: skip

#: one line: its number in the file, and what stands in it under each heading
Row = tuple[int, dict[str, str]]


class BadLines(Invalid):
    """The file was not taken: %(count)s lines are wrong."""

    def __init__(self, wrong: list[tuple[int, str]]) -> None:
        super().__init__(count=len(wrong))
        self.faults = wrong[:MOST_ERRORS]  #: (line, what is wrong with it)


class NoTable(Invalid):
    """This is no table: its first line names the columns %(columns)s."""


class TooManyLines(Invalid):
    """The table has %(lines)s lines, and at most %(most)s are taken at once: send it in parts."""


class UnreadableLine(Invalid):
    """Line %(line)s of the table cannot be read."""


def text_of(data: bytes) -> str:
    """The file's letters: UTF-8, UTF-16, else as old spreadsheets write Kazakh and Russian. Raises InvalidAnswers."""
    if len(data) > MOST_BYTES:
        raise InvalidAnswers({"file": "This is too long."})
    utf16 = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))  # "Unicode text" of a spreadsheet
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1251"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise InvalidAnswers({"file": "These are not letters: save the file as UTF-8."})


def as_text(data: bytes) -> str:
    """A file as the text of a table: an XLSX as the CSV of its first sheet. Raises InvalidAnswers."""
    return _xlsx(data) if data.startswith(b"PK\x03\x04") else text_of(data)


def read_rows(text: str, columns: Sequence[str], needed: Sequence[str], *, others: bool = False) -> Iterator[Row]:
    """The table's rows, whatever marks part its cells; rows with nothing in them are none.

    Columns that are not named are left out, unless `others` are wanted.

    Raises NoTable, UnreadableLine.
    """
    whole = tidy(text)
    text = whole.lstrip("\n")
    told = _TOLD_MARK.match(text)
    text, before = (text[told.end() :], 1) if told else (text, 0)
    before += len(whole) - len(whole.lstrip("\n"))
    first = text.partition("\n")[0]
    mark = told[1] if told else max(MARKS, key=first.count)
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=mark)
    try:
        reader.fieldnames = [name.strip().lower() for name in reader.fieldnames or ()]
        if not set(needed) <= set(reader.fieldnames):
            raise NoTable(columns=", ".join(columns))
        for row in reader:
            named = dict.fromkeys([*columns, *reader.fieldnames]) if others else columns
            cells = {name: from_cell((row.get(name) or "").strip()) for name in named}
            if any(cells.values()):
                yield reader.line_num + before, cells
    except csv.Error:
        raise UnreadableLine(line=reader.line_num + before) from None


def _xlsx(data: bytes) -> str:
    """The first sheet as CSV, days as they are written here. Raises InvalidAnswers."""
    refused = InvalidAnswers({"file": "This workbook cannot be read: save its first sheet as CSV."})
    if len(data) > MOST_BYTES:
        raise InvalidAnswers({"file": "This is too long."})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise InvalidAnswers({"file": "This is too long."})
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row in islice(book.worksheets[0].iter_rows(values_only=True, max_col=MOST_COLUMNS), MOST_ROWS):
            writer.writerow([_cell(each) for each in row])
    except InvalidAnswers:
        raise
    except UNREADABLE:
        raise refused from None
    return text.getvalue()


def _cell(value: object) -> str:
    """What a cell holds, as it is typed: 31.12.2013, 12, or a text."""
    if value is None:
        return ""
    if isinstance(value, datetime) and (value.hour or value.minute):
        return f"{value:%d.%m.%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d.%m.%Y}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\n", " ")
