"""Every row of the table is played through the engine's door; those that are not true yet are listed and still fail."""

import pytest

from tests.oracle.play import Different, play
from tests.oracle.table import Row, not_yet, rows

OPEN = not_yet()


@pytest.mark.parametrize("row", [each for each in rows() if each.id not in OPEN], ids=lambda row: row.id)
def test_what_is_drawn_is_what_runs(row: Row) -> None:
    play(row)


@pytest.mark.parametrize("row", [each for each in rows() if each.id in OPEN], ids=lambda row: row.id)
def test_what_is_listed_as_not_true_yet_still_is_not(row: Row) -> None:
    with pytest.raises(Different):
        play(row)


def test_the_list_of_what_is_not_true_yet_names_rows_and_reasons() -> None:
    assert OPEN.keys() <= {row.id for row in rows()}
    assert all(OPEN.values())
