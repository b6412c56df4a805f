"""A known state comes back to the row, whatever was done to it meanwhile; what was left alone is not written again."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from komek.testing.owner import as_owner
from komek.testing.rows import Kept, empty, look
from services.db import db

TABLES = ("office", "staff", "appointment", "saved_list")
ADDED = """INSERT INTO saved_list (office_key, made_by_id, made_at, name, list, sort, wanted)
    SELECT (SELECT min(key) FROM office), id, now(), id, 'mine', '', '{}' FROM staff LIMIT 2"""
DONE = {
    "nothing": "SELECT",
    "added": ADDED,
    "changed": "UPDATE staff SET login = login || 'x'",
    "taken out": "DELETE FROM appointment",
    "put in again": "WITH gone AS (DELETE FROM appointment RETURNING *) INSERT INTO appointment SELECT * FROM gone",
}


def said() -> dict[str, str]:
    """All that stands in those tables, by table."""
    each = "SELECT coalesce(md5(string_agg(row::text, '' ORDER BY row::text)), '') FROM {} AS row"
    return {table: db.session.execute(text(each.format(table))).scalar_one() for table in TABLES}


def written_by(table: str) -> set[str]:
    """The transactions whose rows a table holds."""
    return set(db.session.scalars(text(f"SELECT DISTINCT xmin::text FROM {table}")))


def do(*done: str) -> None:
    for each in done:
        db.session.execute(text(each))
    db.session.commit()


@pytest.mark.parametrize("done", DONE)
def test_whatever_was_done_to_a_known_state_is_undone_to_the_row(house: Flask, kept_house: Kept, done: str) -> None:
    before, numbers = said(), look()[1]
    do(DONE[done])
    kept_house.restore()
    assert (said(), look()[1]) == (before, numbers)


def test_what_was_left_alone_and_what_was_added_to_is_not_written_again(house: Flask, kept_house: Kept) -> None:
    before = {table: written_by(table) for table in ("office", "staff", "appointment")}
    do("UPDATE staff SET login = login || 'x'", "INSERT INTO appointment SELECT * FROM appointment WHERE false")
    kept_house.restore()
    after = {table: written_by(table) for table in before}
    assert {table for table in before if before[table] == after[table]} == {"office", "appointment"}


def test_a_state_made_from_another_keeps_what_differs_and_both_come_back(house: Flask, kept_house: Kept) -> None:
    before = said()
    do(ADDED, "UPDATE staff SET login = login || 'x'")
    changed, later = said(), Kept("kept_for_this_test")
    assert {name for name, (copy, _) in later.copies.items() if later.schema in copy} == {"staff", "saved_list"}
    for kept, there in ((kept_house, before), (later, changed), (kept_house, before)):
        kept.restore()
        assert said() == there
    empty()
    assert not any(every for every, _ in look()[0].values()) and not look()[1]
    later.restore()
    assert said() == changed


def test_two_states_kept_under_one_name_are_two_states(house: Flask, kept_house: Kept) -> None:
    before, first = said(), Kept("kept_twice")
    do(ADDED, "UPDATE staff SET login = login || 'x'")
    changed, second = said(), Kept("kept_twice")
    for kept, there in ((first, before), (second, changed), (first, before)):
        kept.restore()
        assert said() == there


def test_a_state_that_another_process_wrote_down_is_put_back_to_the_row(
    house: Flask, kept_house: Kept, tmp_path: Path
) -> None:
    do(ADDED, "UPDATE staff SET login = login || 'x'")
    there, made = said(), Kept("kept_elsewhere")
    made.write(tmp_path / "rows")
    as_owner("DROP SCHEMA kept_elsewhere CASCADE")
    kept_house.restore()
    assert said() != there
    read = Kept.read(tmp_path / "rows")
    assert (read.copies, read.numbers, read.name) == (made.copies, made.numbers, made.name)
    read.restore()
    assert (said(), look()[1]) == (there, made.numbers)
