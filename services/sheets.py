"""Tables that somebody sends: CSV as any spreadsheet saves it, or XLSX; read in one place. Pure."""

import codecs
import csv
import io
import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any

from services.errors import Invalid, InvalidAnswers
from services.letters import from_cell, tidy
from services.msgids import _

MARKS = (",", ";", "\t")
MOST_BYTES = 1_000_000
#: an XLSX is packed: what comes out of it, and how many cells a line may have
MOST_UNPACKED, MOST_COLUMNS, MOST_ROWS = 30_000_000, 100, 20_000
MOST_ERRORS = 50
TOO_LARGE = _("The table is too large: at most 1 MB are taken, 30 MB unpacked.")
#: letters of a heading in a message
MOST_SHOWN = 60
_TOLD_MARK = re.compile(r'"?sep=([,;\t|])"?\r?\n', re.IGNORECASE)

#: what the library raises on a workbook that is none, a damaged one, or one that a password locks
UNREADABLE = (
    zipfile.BadZipFile, zlib.error, EOFError, LookupError, ValueError, OSError, SyntaxError,
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


class SheetTooLarge(Invalid):
    """The first sheet has more than %(rows)s lines or %(columns)s columns, and none is left out: send it in parts."""


class SeveralSheets(Invalid):
    """The workbook's sheet «%(sheet)s» is not empty either, and only the first one is read: send it by itself."""


class NotReckoned(Invalid):
    """The workbook's cell %(cell)s holds a formula without its result: open the file, let it be reckoned, save it."""


class ColumnTwice(Invalid):
    """The table's first line names the column %(column)s twice."""


class UnknownColumn(Invalid):
    """Nobody reads the table's column %(column)s: it has the columns %(columns)s."""


class CellsBeyond(Invalid):
    """Line %(line)s of the table has more cells than its first line names columns."""


class UnreadableLine(Invalid):
    """Line %(line)s of the table cannot be read."""


def text_of(data: bytes) -> str:
    """The file's letters: UTF-8, UTF-16, else as old spreadsheets write Kazakh and Russian. Raises InvalidAnswers."""
    if len(data) > MOST_BYTES:
        raise InvalidAnswers({"file": TOO_LARGE})
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

    Columns that are not named are refused, unless `others` are wanted.

    Raises NoTable, ColumnTwice, UnknownColumn, CellsBeyond, UnreadableLine.
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
        _check_heading(reader.fieldnames, columns, needed, others)
        named = [name for name in dict.fromkeys([*columns, *reader.fieldnames]) if name]
        for row in reader:
            if any(beyond.strip() for beyond in [*row.pop(None, ()), row.get("") or ""]):
                raise CellsBeyond(line=reader.line_num + before)
            cells = {name: from_cell((row.get(name) or "").strip()) for name in named}
            if any(cells.values()):
                yield reader.line_num + before, cells
    except csv.Error:
        raise UnreadableLine(line=reader.line_num + before) from None


def _check_heading(heading: Sequence[str], columns: Sequence[str], needed: Sequence[str], others: bool) -> None:
    """Raises NoTable, ColumnTwice, UnknownColumn. A column without a name may stand there, empty."""
    if not set(needed) <= set(heading):
        raise NoTable(columns=", ".join(columns))
    named = [name for name in heading if name]
    twice = next((name for name in named if named.count(name) > 1), None)
    if twice is not None:
        raise ColumnTwice(column=twice[:MOST_SHOWN])
    unknown = next((name for name in named if name not in columns), None)
    if unknown is not None and not others:
        raise UnknownColumn(column=unknown[:MOST_SHOWN], columns=", ".join(columns))


def _xlsx(data: bytes) -> str:
    """The first sheet as CSV, days as they are written here.

    Raises InvalidAnswers, and SheetTooLarge, SeveralSheets, NotReckoned for what would be left out.
    """
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    refused = InvalidAnswers({"file": "This workbook cannot be read: save its first sheet as CSV."})
    if len(data) > MOST_BYTES:
        raise InvalidAnswers({"file": TOO_LARGE})
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            if sum(each.file_size for each in packed.infolist()) > MOST_UNPACKED:
                raise InvalidAnswers({"file": TOO_LARGE})
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        first, *others = book.worksheets
        full = next((each.title for each in others if any(_holds(line) for line in _lines_of(each))), None)
        if full is not None:
            raise SeveralSheets(sheet=full)
        typed = load_workbook(io.BytesIO(data), read_only=True).worksheets[0]
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        for row, formulas in zip(_lines_of(first), _lines_of(typed), strict=True):
            _check_reckoned(row, formulas)
            cells = [_cell(each.value) for each in row]
            writer.writerow(cells[: max((at for at, cell in enumerate(cells, start=1) if cell), default=0)])
    except Invalid:
        raise
    except (*UNREADABLE, InvalidFileException):
        raise refused from None
    return text.getvalue()


def _lines_of(sheet: Any) -> Iterator[tuple[Any, ...]]:
    """Every line of a sheet; empty ones beyond the last that holds something count as little. Raises SheetTooLarge."""
    for number, row in enumerate(sheet.iter_rows(max_col=MOST_COLUMNS + 1), start=1):
        if (number > MOST_ROWS and _holds(row)) or _holds(row[MOST_COLUMNS:]):
            raise SheetTooLarge(rows=MOST_ROWS, columns=MOST_COLUMNS)
        if number <= MOST_ROWS:
            yield row[:MOST_COLUMNS]


def _holds(row: Sequence[Any]) -> bool:
    return any(each.value is not None for each in row)


def _check_reckoned(row: Sequence[Any], typed: Sequence[Any]) -> None:
    """Raises NotReckoned for a formula whose result the file does not hold."""
    for value, formula in zip(row, typed, strict=True):
        if value.value is None and formula.data_type == "f":
            raise NotReckoned(cell=formula.coordinate)


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
