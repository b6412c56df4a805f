"""Promise 7: any change, deletion, reordering, cut tail or removed stream is found."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import text

from services import journal
from services.db import db, transaction

Tamper = Callable[..., None]
SEALED_AT = datetime(2013, 3, 4, 20, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def written(write: Tamper) -> None:
    write("case:1", 6)
    write("case:2", 3)


def exported() -> list[str]:
    return journal.export_seals().splitlines()


def found() -> list[str]:
    return [str(fault) for fault in journal.verify()]


def test_a_journal_as_it_was_written_has_no_fault():
    assert journal.verify() == []
    journal.seal(SEALED_AT)
    assert journal.verify(exported()) == []


@pytest.mark.parametrize(
    "change",
    ["actor = 'staff:8'", "event = 'case.closed'", "at = at + interval '1 microsecond'", """details = '{"task": 9}'""",
     "hash = sha256('x')", "details = details || ' '"],
)  # fmt: skip
def test_a_changed_line_is_found(tamper: Tamper, change: str):
    tamper(f"UPDATE journal_entry SET {change} WHERE stream = 'case:1' AND position = 3")
    assert any("of case:1 does not fit the line before it" in fault for fault in found())
    assert all("case:2" not in fault for fault in found())


def test_a_changed_last_line_is_found(tamper: Tamper):
    tamper("UPDATE journal_entry SET hash = sha256('x') WHERE stream = 'case:1' AND position = 6")
    assert found() == [
        "Line 6 of case:1 does not fit the line before it: one of the two was changed, moved or put in.",
        "The last line of case:1 is not the one its stream remembers.",
    ]


def test_a_removed_line_is_found(tamper: Tamper):
    tamper("DELETE FROM journal_entry WHERE stream = 'case:1' AND position IN (2, 3)")
    assert found() == ["The lines 2 to 3 of case:1 are missing."]


def test_a_removed_line_whose_gap_was_closed_is_found(tamper: Tamper):
    tamper("DELETE FROM journal_entry WHERE stream = 'case:1' AND position = 5",
           "UPDATE journal_entry SET position = 5 WHERE stream = 'case:1' AND position = 6",
           "UPDATE journal_stream SET count = 5 WHERE name = 'case:1'")  # fmt: skip
    assert found() == ["Line 5 of case:1 does not fit the line before it: one of the two was changed, moved or put in."]


def test_reordered_lines_are_found(tamper: Tamper):
    tamper("UPDATE journal_entry SET position = -2 WHERE stream = 'case:1' AND position = 2",
           "UPDATE journal_entry SET position = 2 WHERE stream = 'case:1' AND position = 3",
           "UPDATE journal_entry SET position = 3 WHERE stream = 'case:1' AND position = -2")  # fmt: skip
    assert any("Line 2 of case:1 does not fit" in fault for fault in found())


def test_a_line_moved_to_another_stream_is_found(tamper: Tamper):
    tamper("UPDATE journal_entry SET stream = 'case:2', position = 4 WHERE stream = 'case:1' AND position = 6")
    assert any("case:1 was cut off: the lines 6 to 6" in fault for fault in found())
    assert any("Line 4 of case:2 does not fit" in fault for fault in found())


def test_a_line_put_in_is_found(tamper: Tamper):
    tamper("INSERT INTO journal_entry (stream, position, at, actor, event, details, hash) "
           "SELECT stream, 7, at, actor, event, details, hash FROM journal_entry "
           "WHERE stream = 'case:1' AND position = 6",
           "INSERT INTO journal_entry (stream, position, at, actor, event, details, hash) "
           "SELECT stream, 0, at, actor, event, details, hash FROM journal_entry "
           "WHERE stream = 'case:2' AND position = 1",
           )  # fmt: skip
    assert "Line 0 of case:2 is out of place." in found()
    assert "The stream case:1 has 7 lines, but counted only 6." in found()


def test_a_cut_tail_is_found_by_the_count(tamper: Tamper):
    tamper("DELETE FROM journal_entry WHERE stream = 'case:1' AND position > 4")
    assert found() == ["The end of case:1 was cut off: the lines 5 to 6 are missing; its own count tells of them."]


def test_lines_without_their_stream_are_found(tamper: Tamper):
    tamper("DELETE FROM journal_stream WHERE name = 'case:2'")
    assert found() == ["The stream case:2 is no longer listed, but has 3 lines."]


def test_a_stream_without_its_lines_is_found(tamper: Tamper):
    tamper("DELETE FROM journal_entry WHERE stream = 'case:2'")
    assert found() == ["The stream case:2 was removed with all its 3 lines; its own count tells of them."]


# ---------------------------------------------------------------- what only a seal can tell


def test_a_tail_cut_with_its_count_is_found_by_the_seal(tamper: Tamper, rewrite: Tamper):
    journal.seal(SEALED_AT)
    tamper("DELETE FROM journal_entry WHERE stream = 'case:1' AND position > 4")
    rewrite("case:1")
    assert found() == ["The end of case:1 was cut off: the lines 5 to 6 are missing; seal 1 tells of them."]


def test_a_removed_stream_is_found_by_the_seal(tamper: Tamper):
    journal.seal(SEALED_AT)
    tamper("DELETE FROM journal_entry WHERE stream = 'case:2'", "DELETE FROM journal_stream WHERE name = 'case:2'")
    assert found() == ["The stream case:2 was removed with all its 3 lines; seal 1 tells of them."]


def test_a_stream_written_anew_with_all_hashes_is_found_by_the_seal(tamper: Tamper, rewrite: Tamper, write: Tamper):
    journal.seal(SEALED_AT)
    write("case:1")
    tamper("UPDATE journal_entry SET actor = 'staff:8' WHERE stream = 'case:1' AND position = 2")
    rewrite("case:1")
    assert found() == ["Line 6 of case:1, or one before it, was rewritten after seal 1."]


@pytest.mark.parametrize(
    "change",
    ["UPDATE journal_sealed_head SET count = 5 WHERE stream = 'case:1'",
     "DELETE FROM journal_sealed_head WHERE stream = 'case:1'",
     "UPDATE journal_seal SET at = at + interval '1 second'", "UPDATE journal_seal SET hash = sha256('x')",
     "UPDATE journal_seal SET \"on\" = \"on\" + 1", "UPDATE journal_seal SET previous = sha256('x')"],
)  # fmt: skip
def test_a_changed_seal_is_found(tamper: Tamper, change: str):
    journal.seal(SEALED_AT)
    tamper(change)
    assert any(fault.startswith("Seal 1 of 2013-03-0") for fault in found())


def test_a_removed_seal_is_found(tamper: Tamper, write: Tamper):
    for days in range(3):
        journal.seal(SEALED_AT + timedelta(days=days))
        write("case:1")
    tamper("DELETE FROM journal_seal WHERE number = 2")
    assert "The seals 2 to 2 are missing." in found()
    tamper("DELETE FROM journal_seal WHERE number = 3")
    assert "Seal 3 is missing." in found()


def test_who_rewrites_lines_heads_and_seals_alike_is_found_by_the_seal_kept_outside(tamper: Tamper, rewrite: Tamper):
    journal.seal(SEALED_AT)
    kept = exported()
    tamper("DELETE FROM journal_entry WHERE stream = 'case:2'", "DELETE FROM journal_stream WHERE name = 'case:2'",
           "DELETE FROM journal_sealed_head", "DELETE FROM journal_seal")  # fmt: skip
    db.session.expunge_all()
    journal.seal(SEALED_AT)
    assert journal.verify() == []
    assert [str(fault) for fault in journal.verify(kept)] == [
        "Seal 1 of 2013-03-04 is not the one that was kept outside: something up to that day was rewritten."
    ]


def test_seals_cut_off_with_all_they_sealed_are_found_by_those_kept_outside(tamper: Tamper, write: Tamper):
    journal.seal(SEALED_AT)
    write("case:3")
    journal.seal(SEALED_AT + timedelta(days=1))
    kept = exported()
    tamper("DELETE FROM journal_entry WHERE stream = 'case:3'", "DELETE FROM journal_stream WHERE name = 'case:3'",
           "DELETE FROM journal_sealed_head WHERE seal = 2", "DELETE FROM journal_seal WHERE number = 2")  # fmt: skip
    assert journal.verify(kept[:1]) == []
    assert [fault.kind for fault in journal.verify(kept)] == ["outside"]


# ---------------------------------------------------------------- seals


def test_a_day_is_sealed_once(write: Tamper):
    almaty = timezone(timedelta(hours=6))
    first = journal.seal(datetime(2013, 3, 5, 0, 30, tzinfo=almaty))
    write("case:1")
    again = journal.seal(datetime(2013, 3, 5, 23, 30, tzinfo=almaty))
    assert (first.number, first.on.isoformat(), first.hash) == (1, "2013-03-05", again.hash)
    back = journal.seal(datetime(2013, 3, 4, 23, 30, tzinfo=almaty))
    assert back.number == 1
    following = journal.seal(datetime(2013, 3, 6, 0, 30, tzinfo=almaty))
    assert (following.number, following.previous, following.streams) == (2, first.hash, 1)
    assert exported()[1:] == journal.export_seals(after=1).splitlines() and len(exported()) == 2
    assert journal.verify(exported()) == []


def test_a_day_on_which_nothing_happened_is_sealed_too():
    journal.seal(SEALED_AT)
    assert journal.seal(SEALED_AT + timedelta(days=1)).streams == 0
    assert journal.verify(exported()) == []


def test_an_exported_seal_is_small_and_tells_no_names():
    journal.seal(SEALED_AT)
    (kept,) = exported()
    assert len(kept) < 400 and "case" not in kept
    assert json.loads(kept)["streams"] == 2


def test_who_seals_inside_a_transaction_seals_what_was_written_in_it():
    with transaction():
        journal.append("case:9", [journal.NewLine("case.opened", "staff:1", {})], at=SEALED_AT)
        assert journal.seal(SEALED_AT).streams == 3
    assert journal.verify(exported()) == []


@pytest.mark.parametrize(
    "kept",
    [
        "",
        "{}",
        "[]",
        "null",
        "nonsense",
        '{"journal":"komek"}',
        '{"journal":"komek","number":"1","hash":"x"}',
        "[" * 10_000,
    ],
)
def test_what_is_no_seal_is_named(kept: str):
    with pytest.raises(journal.BadSeal):
        journal.verify([kept])


def test_the_proof_reports_progress_and_stops_at_its_limit(tamper: Tamper):
    heard: list[int] = []
    assert journal.verify(progress=heard.append) == []
    assert heard[-1] == 9
    tamper("UPDATE journal_entry SET actor = 'x'")
    assert len(journal.verify(limit=4)) == 4


def test_what_is_being_written_meanwhile_does_not_disturb_the_proof():
    journal.append("case:1", [journal.NewLine("case.noted", "staff:1", {})], at=SEALED_AT)
    db.session.flush()
    assert journal.verify() == []
    db.session.rollback()
    assert db.session.scalar(text("SELECT count(*) FROM journal_entry")) == 9
