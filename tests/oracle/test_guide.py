"""The designers' guide says of every kind of element what runs, with its proof."""

from tests.oracle.guide import GUIDE, KINDS, written
from tests.oracle.table import rows


def test_every_kind_of_row_has_a_line_in_the_guide() -> None:
    assert list(KINDS) == list(dict.fromkeys(KINDS)) and KINDS.keys() == {row.kind for row in rows()}


def test_the_table_of_elements_in_the_guide_is_made_from_the_rows() -> None:
    assert GUIDE.read_text() == written(), "run python -m tests.oracle.guide"
