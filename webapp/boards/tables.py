"""A table of a board: made once, shown on the page, and handed out as CSV and XLSX."""

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from babel.numbers import format_percent
from flask_babel import gettext
from markupsafe import Markup

from services import clock
from services.letters import as_cell
from webapp.language import dates, words
from webapp.language.i18n import language

if TYPE_CHECKING:
    from xlsxwriter import Workbook
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

#: text, case (its number), office (a key), count, share (a part of one), time (seconds of working time), moment
Row = Sequence[object]
SHEET_FORBIDS = str.maketrans("[]:*?/\\'", "        ")


class Leading(int):
    """A figure that leads to the cases it counts; in a file it is a number like any other."""

    address: str

    def __new__(cls, value: int, address: str) -> "Leading":
        """With the address of its cases."""
        made = super().__new__(cls, value)
        made.address = address
        return made


@dataclass(frozen=True)
class Column:
    """A column of a board's table, on the page and in its file."""

    title: str
    kind: str = "text"
    #: columns side by side that belong together say of what they are
    group: str = ""
    order: int = 0  #: of the group

    @property
    def whole(self) -> str:
        return f"{self.group}: {self.title}" if self.group else self.title


@dataclass(frozen=True)
class Table:
    """What stands in it, by column; `total` is the last line."""

    key: str
    title: str
    columns: Sequence[Column]
    rows: Sequence[Row]
    total: Row | None = None
    note: str = ""
    #: office key or case number -> address of its own page; shown on the page only
    links: dict[str, str] = field(default_factory=dict)
    cut: str = ""  #: what its rows leave out: files say it, too

    @property
    def lines(self) -> list[Row]:
        """Rows and total."""
        return [*self.rows, *([self.total] if self.total is not None else [])]


def shown(table: Table, column: Column, value: object) -> str | Markup:
    """A cell as people read it."""
    if value is None or value == "":
        return "—"
    if column.kind == "time":
        return dates.worked(int(str(value)), language())
    if isinstance(value, datetime):
        return words.moment(value, exact=True)
    if column.kind == "share":
        return format_percent(float(str(value)), locale=language())
    if isinstance(value, Leading):
        return Markup('<a href="{}">{}</a>').format(value.address, int(value)) if value else "0"
    if column.kind in ("office", "case"):
        return _linked(table, str(value), words.office_short(str(value)) if column.kind == "office" else str(value))
    return str(value)


def share_said(part: int, whole: int) -> str:
    """A part of a whole in percent, as people read it."""
    return str(format_percent(part / whole, locale=language()))


def as_csv(table: Table) -> bytes:
    """UTF-8 with its mark and semicolons, as a spreadsheet in Kazakh or Russian opens it; times in hours."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([as_cell(_heading(column)) for column in table.columns])
    for row in table.lines:
        writer.writerow([_plain(column, value) for column, value in zip(table.columns, row, strict=True)])
    if table.cut:
        writer.writerow([as_cell(table.cut)])
    return b"\xef\xbb\xbf" + out.getvalue().encode()


def as_xlsx(title: str, period: str, tables: Sequence[Table]) -> bytes:
    """One sheet a table: what it is, of which period, when it was made; then the headings, which stay in sight."""
    from xlsxwriter import Workbook

    out = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with Workbook(out, safe) as book:
        book.set_properties({"title": title, "created": clock.now().replace(tzinfo=None)})
        book.set_size(1600, 1000)
        looks = _Looks(book)
        for table in tables:
            _fill(book, looks, title, period, table)
    return out.getvalue()


class _Looks:
    """Formats of cells."""

    def __init__(self, book: "Workbook") -> None:
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.quiet = book.add_format({"font_color": "#5d5a52"})
        heading = {"bold": True, "text_wrap": True, "valign": "top", "bottom": 1, "bg_color": "#f3f1ea"}
        self.heading = book.add_format(heading)
        kinds = {"time": "[h]:mm", "moment": "dd.mm.yyyy hh:mm", "count": "#,##0", "share": "0%"}
        self.of = {kind: book.add_format({"num_format": given}) for kind, given in kinds.items()}
        self.total = {
            kind: book.add_format({"bold": True, "top": 1, "num_format": kinds.get(kind, "@")})
            for kind in (*kinds, "text", "office")
        }


def _fill(book: "Workbook", looks: _Looks, title: str, period: str, table: Table) -> None:
    sheet = book.add_worksheet(" ".join(table.title.translate(SHEET_FORBIDS).split())[:31])
    sheet.write_string(0, 0, f"{title} · {table.title}", looks.title)
    made = dates.exactly(clock.now(), language(), words.zone_here())
    sheet.write_string(1, 0, f"{period} · " + gettext("Made: %(at)s", at=made), looks.quiet)
    sheet.write_string(2, 0, f"{table.note} {table.cut}".strip(), looks.quiet)
    for at, column in enumerate(table.columns):
        sheet.write_string(3, at, column.whole, looks.heading)
        sheet.set_column(at, at, {"text": 30, "office": 34, "moment": 18}.get(column.kind, 13))
    for line, row in enumerate(table.lines, start=4):
        last = table.total is not None and line == 3 + len(table.lines)
        for at, (column, value) in enumerate(zip(table.columns, row, strict=True)):
            _write(sheet, line, at, column, value, (looks.total if last else looks.of).get(column.kind))
    sheet.freeze_panes(4, 0)
    sheet.autofilter(3, 0, 3 + max(len(table.rows), 1), len(table.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(3)


def _write(sheet: "Worksheet", line: int, at: int, column: Column, value: object, look: "Format") -> None:
    if value is None or value == "":
        sheet.write_blank(line, at, None, look)
    elif column.kind == "time":
        sheet.write_number(line, at, int(str(value)) / 86400, look)
    elif column.kind == "count":
        sheet.write_number(line, at, int(str(value)), look)
    elif column.kind == "share":
        sheet.write_number(line, at, float(str(value)), look)
    elif isinstance(value, datetime):
        sheet.write_datetime(line, at, value.astimezone(words.zone_here()).replace(tzinfo=None), look)
    else:
        sheet.write_string(line, at, _text(column, value), look)


def _heading(column: Column) -> str:
    return gettext("%(title)s, hours", title=column.whole) if column.kind == "time" else column.whole


def _plain(column: Column, value: object) -> str:
    if value is None:
        return ""
    if column.kind == "time":
        return f"{int(str(value)) / 3600:.2f}".replace(".", ",")
    if column.kind == "count":
        return str(value)
    if column.kind == "share":
        return f"{float(str(value)):.3f}".replace(".", ",")
    if isinstance(value, datetime):
        return f"{value.astimezone(words.zone_here()):%d.%m.%Y %H:%M}"
    return as_cell(_text(column, value))


def _text(column: Column, value: object) -> str:
    return words.office_name(str(value)) if column.kind == "office" else str(value)


def _linked(table: Table, key: str, said: str) -> str | Markup:
    return Markup('<a href="{}">{}</a>').format(table.links[key], said) if key in table.links else said
