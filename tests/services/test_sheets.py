"""A table that somebody sends is read whole, or it is said what would have been left out."""

import io
from datetime import date
from typing import Any

import pytest
from openpyxl import Workbook

from services.errors import Invalid, InvalidAnswers
from services.sheets import (
    MOST_COLUMNS,
    MOST_ROWS,
    CellsBeyond,
    ColumnTwice,
    NoTable,
    NotReckoned,
    SeveralSheets,
    SheetTooLarge,
    UnknownColumn,
    as_text,
    read_rows,
)

COLUMNS, NEEDED = ("name", "role", "phone"), ("name", "role")


def rows(text: str, *, others: bool = False) -> list[dict[str, str]]:
    return [cells for _, cells in read_rows(text, COLUMNS, NEEDED, others=others)]


def saved(book: Workbook) -> bytes:
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def workbook(*lines: list[Any]) -> Workbook:
    book = Workbook()
    for line in lines:
        book.worksheets[0].append(line)
    return book


def test_a_workbook_reads_as_its_table() -> None:
    data = saved(workbook(["name", "role", "phone"], ["Асан", "head", 12], [None, None, None], ["Әсем", "clerk", 3.0]))
    assert rows(as_text(data)) == [
        {"name": "Асан", "role": "head", "phone": "12"},
        {"name": "Әсем", "role": "clerk", "phone": "3"},
    ]


def test_a_day_in_a_cell_reads_as_it_is_written_here() -> None:
    assert as_text(saved(workbook([date(2013, 12, 31)]))) == "31.12.2013\n"


def test_lines_and_columns_beyond_the_most_are_refused_and_not_cut_off() -> None:
    long = workbook()
    long.worksheets[0].cell(row=MOST_ROWS + 1, column=1, value="Асан")
    wide = workbook()
    wide.worksheets[0].cell(row=1, column=MOST_COLUMNS + 1, value="Асан")
    for book in (long, wide):
        with pytest.raises(SheetTooLarge, match=str(MOST_ROWS)):
            as_text(saved(book))


def test_columns_and_lines_that_were_only_coloured_are_not_counted() -> None:
    book = workbook(["name", "role"], ["Асан", "head"])
    book.worksheets[0].cell(row=3, column=MOST_COLUMNS + 5).number_format = "0.00"
    assert rows(as_text(saved(book))) == [{"name": "Асан", "role": "head", "phone": ""}]


def test_a_second_sheet_that_holds_something_is_not_passed_over() -> None:
    book = workbook(["name", "role"], ["Асан", "head"])
    more = book.create_sheet("Қалғандары")
    assert rows(as_text(saved(book))), "an empty sheet says nothing"
    more.append(["Әсем", "clerk"])
    with pytest.raises(SeveralSheets, match="Қалғандары"):
        as_text(saved(book))


def test_a_formula_without_its_result_is_not_read_as_nothing() -> None:
    with pytest.raises(NotReckoned, match="B2"):
        as_text(saved(workbook(["name", "role"], ["Асан", '=CONCAT("he";"ad")'])))


def test_a_column_named_twice_is_refused_and_neither_wins() -> None:
    with pytest.raises(ColumnTwice, match="role"):
        rows("name,role,Role \nАсан,head,clerk\n")


def test_a_column_that_nobody_reads_is_named_unless_others_are_wanted() -> None:
    with pytest.raises(UnknownColumn, match="phon"):
        rows("name,role,phon\nАсан,head,1\n")
    assert rows("name,role,phon\nАсан,head,1\n", others=True)[0]["phon"] == "1"


def test_cells_beyond_the_last_column_are_named_by_their_line_and_empty_ones_pass() -> None:
    with pytest.raises(CellsBeyond, match="2"):
        rows("name,role\nАсан,head,lost\n")
    with pytest.raises(CellsBeyond, match="3"):
        rows("name,role,\nӘсем,clerk,\nАсан,head,lost\n")
    assert rows("name;role;;\nАсан;head;;;\n") == [{"name": "Асан", "role": "head", "phone": ""}]


@pytest.mark.parametrize("text", ["", "\n", "name\nАсан\n", "\0", "a,b\n1,2\n"])
def test_what_is_no_table_says_so(text: str) -> None:
    with pytest.raises(NoTable):
        rows(text)


@pytest.mark.parametrize("data", [b"PK\x03\x04", b"PK\x03\x04" + b"x" * 50, b"\xff" * 2_000_000])
def test_a_damaged_or_endless_file_says_so(data: bytes) -> None:
    with pytest.raises((Invalid, InvalidAnswers)):
        as_text(data)
