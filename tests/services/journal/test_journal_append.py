"""Writing and reading lines."""

from collections.abc import Callable
from datetime import UTC, datetime
from threading import Barrier, Thread

import pytest
from flask import Flask
from sqlalchemy import event, text
from sqlalchemy.exc import DBAPIError

from komek.testing.owner import owner
from services import journal
from services.db import db, transaction
from services.journal import BadLine, NewLine

AT = datetime(2013, 3, 4, 4, 0, 0, 123456, tzinfo=UTC)


def test_lines_are_read_back_newest_first(write: Callable[..., None]):
    write("case:1", 3)
    write("case:2")
    read = journal.read("case:1")
    assert [line.position for line in read] == [3, 2, 1]
    assert read[0] == journal.Recorded("case:1", 3, AT, "staff:7", "case.noted", {"field": "iin", "task": 2})


def test_a_page_goes_on_where_the_last_one_ended(write: Callable[..., None]):
    write("case:1", 5)
    first = journal.read("case:1", limit=2)
    following = journal.read("case:1", before=first[-1].position, limit=2)
    assert [line.position for line in first + following] == [5, 4, 3, 2]
    assert journal.read("case:1", before=1) == journal.read("case:none") == []


def test_any_number_of_lines_takes_at_most_three_statements(write: Callable[..., None]):
    statements: list[str] = []
    listen = (db.engine, "before_cursor_execute", lambda *call: statements.append(call[2]))
    event.listen(*listen)
    try:
        write("case:1", 1)
        assert len(statements) <= 3
        statements.clear()
        write("case:1", 200)
        assert len(statements) <= 3
    finally:
        event.remove(*listen)
    assert journal.verify() == []


def test_no_lines_leave_no_trace(write: Callable[..., None]):
    write("case:1", 0)
    assert db.session.scalar(text("SELECT count(*) FROM journal_stream")) == 0


def test_what_is_rolled_back_was_never_written():
    with pytest.raises(ZeroDivisionError), transaction():
        journal.append("case:1", [NewLine("case.opened", "staff:1", {})], at=AT)
        _ = 1 / 0
    assert journal.read("case:1") == [] == journal.verify()


def test_several_appends_of_one_transaction_follow_each_other():
    with transaction():
        for number in range(3):
            journal.append("staff", [NewLine("staff.noted", "console", {"n": number})], at=AT)
            journal.append("case:1", [NewLine("case.noted", "console", {"n": number})], at=AT)
    assert [line.details["n"] for line in journal.read("staff")] == [2, 1, 0]
    assert journal.verify() == []


def test_many_who_write_to_one_stream_leave_no_gap_and_no_fork(app: Flask):
    together, failed = Barrier(8, timeout=60), []

    def work(worker: int) -> None:
        with app.app_context():
            together.wait()
            try:
                for turn in range(10):
                    with transaction():
                        line = NewLine("case.noted", f"staff:{worker}", {"turn": turn})
                        journal.append("case:1", [line, line], at=AT)
            except BaseException as error:
                failed.append(error)

    threads = [Thread(target=work, args=(worker,)) for worker in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    read = journal.read("case:1", limit=1000)
    assert [line.position for line in read] == list(range(160, 0, -1))
    for worker in range(1, 9):
        mine = [line.details["turn"] for line in reversed(read) if line.actor == f"staff:{worker}"]
        assert mine == [turn for turn in range(10) for _ in range(2)]
    assert journal.verify() == []


@pytest.mark.parametrize(
    "details",
    [{"iin": "850101100012"}, {"surname": "Үлгібаев"}, {"phone": ""}, {"at": AT}, {"n": float("nan")}, {"n": {1, 2}},
     {"lone": "\ud800"}, {"long": "x" * 9_000}],
)  # fmt: skip
def test_a_line_with_personal_values_or_no_plain_json_is_refused(details: dict[str, object]):
    with pytest.raises(BadLine), transaction():
        journal.append("case:1", [NewLine("case.noted", "staff:1", details)], at=AT)
    assert journal.read("case:1") == []


@pytest.mark.parametrize(("what", "who"), [("", "staff:1"), ("case.noted", ""), ("a\nb", "staff:1"), ("x", "a" * 201)])
def test_a_line_needs_an_event_and_an_actor(what: str, who: str):
    with pytest.raises(BadLine):
        journal.append("case:1", [NewLine(what, who, {})], at=AT)


def test_a_moment_without_a_zone_is_refused():
    with pytest.raises(Exception, match="no time zone"), transaction():
        journal.append("case:1", [NewLine("case.noted", "staff:1", {})], at=datetime(2013, 3, 4))


def test_kazakh_text_and_strange_keys_come_back_as_they_were():
    details = {"түр": "құжат \u0000 'қ' %s :x", "list": [1, None, True, {"b": 1, "a": 2}]}
    with transaction():
        journal.append("case:1", [NewLine("case.noted", "staff:1", details)], at=AT)
    assert journal.read("case:1")[0].details == details
    assert journal.verify() == []


@pytest.mark.parametrize(
    "sql", ["UPDATE journal_entry SET actor = 'x'", "DELETE FROM journal_entry", "TRUNCATE journal_entry"]
)
def test_the_database_refuses_to_change_a_line(write: Callable[..., None], sql: str):
    write("case:1", 2)
    with pytest.raises(DBAPIError, match="only ever added to"), owner().begin() as connection:
        connection.execute(text(sql))
    assert len(journal.read("case:1")) == 2
